import { describe, expect, test } from "vitest";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { normaliseSpan } from "../normalise/normalise.ts";
import { readSpan, wireSpan } from "../normalise/wire-span.fixture.ts";
import { joinedEntries, joinedTexts, promptMessages } from "./spring-ai/said.ts";

const boot = (version: string) => ({
  scope: {
    name: "org.springframework.boot",
    version,
    attributes: {},
    droppedAttributesCount: 0,
    schemaUrl: "",
  },
});

test("a tool's call", () => {
  const span = readSpan({
    "spring.ai.kind": "tool_call",
    "spring.ai.tool.definition.name": "weather",
    "spring.ai.tool.definition.description": "Get weather",
    "spring.ai.tool.definition.schema": '{"type":"object"}',
    "spring.ai.tool.call.arguments": '{"city":"Paris"}',
    "spring.ai.tool.call.result": "rainy",
  });
  expect(span).toMatchObject({ kind: "TOOL", displayName: "weather" });
  expect(span.tool).toEqual({
    name: "weather",
    description: "Get weather",
    arguments: { city: "Paris" },
    result: "rainy",
  });
  expect(span.tools).toMatchObject([{ name: "weather", parameters: { type: "object" } }]);
});

test("a vector store's query, and what is none", () => {
  const query = {
    "spring.ai.kind": "vector_store",
    "db.operation.name": "query",
    "db.vector.query.content": "Paris",
    "db.vector.query.top_k": 4,
    "db.vector.query.response.documents": ["Paris is rainy."],
  };
  expect(readSpan(query)).toMatchObject({ kind: "RETRIEVER", query: "Paris", topK: 4 });
  expect(readSpan(query).documents).toEqual([{ rank: 1, text: "Paris is rainy." }]);
  expect(readSpan({ ...query, "db.operation.name": "add" }).kind).toBe("CHAIN");
});

test("a search as the query, its settings, and documents joined into one text", () => {
  const span = readSpan({
    "spring.ai.kind": "vector_store",
    "db.operation.name": "query",
    "db.vector.query.similarity_threshold": "0.5",
    "db.vector.query.filter": "country == 'CH'",
    "db.vector.query.response.documents": '["Zürich has "trams", and more.", "Paris has a metro."]',
  });
  expect(span.documents.map((each) => each.text)).toEqual([
    'Zürich has "trams", and more.',
    "Paris has a metro.",
  ]);
  expect(span.invocationParameters).toEqual({ similarity_threshold: 0.5, filter: "country == 'CH'" });
});

test("below the advisor that calls the model, Spring AI 1 reports tokens with those of the calls before", () => {
  const sums = (version: string, advisor: string) =>
    normaliseSpan(
      {
        ...wireSpan({ "spring.ai.kind": "advisor", "spring.ai.advisor.name": advisor }),
        ...boot(version),
      },
      { project: "p" },
    ).cumulativeUsage;
  expect(sums("3.5.7", "call")).toBe(true);
  expect(sums("3.4.1", "CallAroundAdvisor")).toBe(true);
  expect(sums("3.5.7", "SimpleLoggerAdvisor")).toBeUndefined();
  expect(sums("4.0.7", "call")).toBeUndefined();
});

test("no model is Micrometer's word for it, no provider is Spring AI itself", () => {
  const call = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o" };
  const span = readSpan({ ...call, "gen_ai.response.model": "none", "gen_ai.system": "openai" });
  expect(span).toMatchObject({ requestModel: "gpt-4o", provider: "openai", responseModel: undefined });
  expect(readSpan({ "spring.ai.kind": "advisor", "gen_ai.system": "spring_ai" }).provider).toBeUndefined();
});

test("an image's and an embedding's settings under their usual names", () => {
  const read = (operation: string, name: string, value: string) =>
    readSpan({
      "gen_ai.operation.name": operation,
      "gen_ai.request.model": "m",
      [`gen_ai.request.${name}`]: value,
    });
  const image = read("image", "image.size", "1024x1024");
  expect(image).toMatchObject({ kind: "LLM", invocationParameters: { size: "1024x1024" } });
  const embedding = read("embedding", "embedding.dimensions", "256");
  expect(embedding).toMatchObject({ kind: "EMBEDDING", invocationParameters: { dimensions: 256 } });
});

test("a milestone's chat client: texts, what was put into them, tools, the conversation", () => {
  const span = readSpan({
    "spring.ai.kind": "chat_client",
    "spring.ai.chat.client.system.text": "You are {mood}.",
    "spring.ai.chat.client.system.params": '["mood":"terse"]',
    "spring.ai.chat.client.user.text": "Weather in {city}?",
    "spring.ai.chat.client.user.params": '["city":"Zürich", "day":"today"]',
    "spring.ai.chat.client.tool.function.names": '["time"]',
    "spring.ai.chat.client.tool.function.callbacks": '["weather"]',
    "spring.ai.chat.client.advisor.params": '["chat_memory_conversation_id":"conv-42"]',
  });
  expect(span.inputMessages.map(describeMessage)).toEqual([
    { role: "system", text: "You are {mood}." },
    { role: "user", text: "Weather in {city}?" },
  ]);
  expect(span.promptTemplate).toEqual({
    template: "Weather in {city}?",
    variables: { mood: "terse", city: "Zürich", day: "today" },
  });
  expect(span.tools.map((tool) => tool.name)).toEqual(["time", "weather"]);
  expect(span.sessionId).toBe("conv-42");
});

test("a milestone's model call tells its prompt in one attribute", () => {
  const span = readSpan(
    {
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "gpt-4o",
      "gen_ai.prompt": '["You are terse.\nSay "hi".", "Hello"]',
      "gen_ai.completion": '["One", "Two"]',
      "gen_ai.response.finish_reasons": '["STOP", "STOP"]',
    },
    boot("3.4.2"),
  );
  expect(span.inputMessages.map(describeMessage)).toEqual([
    { role: "system", text: 'You are terse.\nSay "hi".' },
    { role: "user", text: "Hello" },
  ]);
  expect(span.outputMessages.map(describeMessage)).toEqual([
    { role: "assistant", text: "One" },
    { role: "assistant", text: "Two" },
  ]);
});

test("a line of the log tells what was found, and is an event by its logger's name", () => {
  const wire = wireSpan({ "spring.ai.kind": "vector_store", "db.operation.name": "query" }, boot("3.5.7"));
  const log = {
    traceId: wire.traceId,
    spanId: wire.spanId,
    timeNs: "1",
    observedTimeNs: "1",
    severityNumber: 9,
    severityText: "INFO",
    eventName: "",
    body: 'Vector Store Query Response:\n["Zürich has trams.", "Paris\nhas a metro."]',
    attributes: {},
    droppedAttributesCount: 0,
    flags: 0,
    resource: wire.resource,
    scope: {
      ...wire.scope,
      name: "org.springframework.ai.vectorstore.observation.VectorStoreQueryResponseObservationHandler",
    },
    notes: [],
  };
  const span = normaliseSpan(wire, { project: "p", logs: [log] });
  expect(span.documents.map((each) => each.text)).toEqual(["Zürich has trams.", "Paris\nhas a metro."]);
});

describe("texts that were joined without escaping", () => {
  test.each([
    ["[]", []],
    ['["a"]', ["a"]],
    ['["a", "b"]', ["a", "b"]],
    ['["say "a", "b"", "c"]', ['say "a", "b"', "c"]],
    ['["{"k": "x", "l": "y"}", "z"]', ['{"k": "x", "l": "y"}', "z"]],
    ['["an open " quote", "b"]', ['an open " quote", "b']],
    ["no list", []],
  ])("%s", (list, texts) => expect(joinedTexts(list)).toEqual(texts));

  test("entries", () => {
    const told = '["system":"Say "a":"b".", "user":"Hi,\nyou"]';
    expect(joinedEntries(told)).toEqual([
      ["system", 'Say "a":"b".'],
      ["user", "Hi,\nyou"],
    ]);
  });
});

describe("who spoke, by order", () => {
  const roles = (texts: (string | undefined)[], isSystemLast = false) =>
    promptMessages(texts, isSystemLast).map((message) => message.role);

  test.each([
    [["u"], ["user"]],
    [
      ["s", "u"],
      ["system", "user"],
    ],
    [
      ["u", "a", "u"],
      ["user", "assistant", "user"],
    ],
    [
      ["s", "u", "a", "u"],
      ["system", "user", "assistant", "user"],
    ],
    [
      ["s", "u", undefined, undefined],
      ["system", "user"],
    ],
    [
      ["s", "u", "let me look", undefined],
      ["system", "user", "assistant"],
    ],
    [[undefined, undefined], []],
  ])("%j", (texts, expected) => expect(roles(texts)).toEqual(expected));

  test("milestones put the system's words behind what a memory brought", () => {
    expect(roles(["u", "a", "s", "u"], true)).toEqual(["user", "assistant", "system", "user"]);
  });
});
