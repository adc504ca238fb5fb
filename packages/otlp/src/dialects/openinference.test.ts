import { describe, expect, test } from "vitest";
import { plainValue } from "@nightowl/model/span/attribute-reader";
import type { AttributeValue } from "@nightowl/model/span/attributes";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const LLM = { "openinference.span.kind": "LLM" };

describe("lists", () => {
  test("are in numeric order, and gaps close", () => {
    const span = readSpan({
      ...LLM,
      "llm.input_messages.10.message.content": "ten",
      "llm.input_messages.2.message.content": "two",
      "llm.input_messages.0.message.content": "zero",
    });
    expect(span.inputMessages.map((message) => describeMessage(message).text)).toEqual([
      "zero",
      "two",
      "ten",
    ]);
  });

  test("indexed keys win over the whole list, item by item", () => {
    const span = readSpan({
      ...LLM,
      "llm.input_messages": '[{"role":"user","content":"a"},{"role":"user","content":"b"}]',
      "llm.input_messages.1.message.role": "assistant",
      "llm.input_messages.1.message.content": "B",
      "llm.input_messages.2.message.content": "c",
    });
    expect(span.inputMessages.map(describeMessage)).toEqual([
      { role: "user", text: "a" },
      { role: "assistant", text: "B" },
      { role: "user", text: "c" },
    ]);
  });

  test("absurd positions are left alone, with a note", () => {
    const span = readSpan({
      ...LLM,
      "llm.input_messages.0.message.content": "hi",
      "llm.input_messages.4294967295.message.content": "far",
      "llm.input_messages.99999999999999999999.message.content": "farther",
      "llm.input_messages.-1.message.content": "before",
    });
    expect(span.inputMessages.map((message) => describeMessage(message).text)).toEqual(["hi"]);
    expect(span.notes.map((note) => note.attribute)).toEqual([
      "llm.input_messages.4294967295.message.content",
    ]);
    expect(span.claimedKeys).not.toContain("llm.input_messages.4294967295.message.content");
  });

  test("one object counts as a list of one, and an object of positions as a list", () => {
    const one = readSpan({ ...LLM, "llm.input_messages": '{"role":"user","content":"hi"}' });
    expect(one.inputMessages.map(describeMessage)).toEqual([{ role: "user", text: "hi" }]);
    const indexed = readSpan({ ...LLM, "llm.input_messages": { "0": { role: "user", content: "hi" } } });
    expect(indexed.inputMessages.map(describeMessage)).toEqual([{ role: "user", text: "hi" }]);
    expect([...one.notes, ...indexed.notes]).toEqual([]);
  });
});

describe("messages", () => {
  test("parts: reasoning with signature, encrypted reasoning, image, audio, tool use", () => {
    const prefix = "llm.output_messages.0.message.contents";
    const span = readSpan({
      ...LLM,
      "llm.output_messages.0.message.role": "assistant",
      [`${prefix}.0.message_content.type`]: "reasoning",
      [`${prefix}.0.message_content.text`]: "Let me think.",
      [`${prefix}.0.message_content.signature`]: "s1",
      [`${prefix}.1.message_content.type`]: "reasoning",
      [`${prefix}.1.message_content.encrypted_content`]: "gAAAA",
      [`${prefix}.2.message_content.type`]: "image",
      [`${prefix}.2.message_content.image.image.url`]: "s3://bucket/cat.png",
      [`${prefix}.3.message_content.type`]: "audio",
      [`${prefix}.3.message_content.audio.audio.url`]: "https://x.test/a.wav",
      [`${prefix}.3.message_content.audio.audio.mime_type`]: "audio/wav",
      [`${prefix}.3.message_content.audio.audio.transcript`]: "meow",
      [`${prefix}.4.message_content.type`]: "tool_use",
      [`${prefix}.4.tool_call.id`]: "c1",
      [`${prefix}.4.tool_call.function.name`]: "f",
      [`${prefix}.4.tool_call.function.arguments`]: '{"a":1}',
      "llm.output_messages.0.message.tool_calls.0.tool_call.id": "c1",
      "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "f",
      "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": '{"a":1}',
      "llm.output_messages.0.message.tool_calls.1.tool_call.id": "c2",
      "llm.output_messages.0.message.tool_calls.1.tool_call.function.name": "f",
      "llm.output_messages.0.message.tool_calls.1.tool_call.function.arguments": "not json {",
    });
    expect(span.outputMessages).toEqual([
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "Let me think.", signature: "s1" },
          { type: "reasoning", text: "", encrypted: "gAAAA" },
          { type: "image", url: "s3://bucket/cat.png" },
          { type: "audio", url: "https://x.test/a.wav", mimeType: "audio/wav", transcript: "meow" },
          { type: "tool_call", id: "c1", name: "f", arguments: { a: 1 } },
          { type: "tool_call", id: "c2", name: "f", arguments: "not json {" },
        ],
      },
    ]);
    expect(span.notes).toEqual([]);
  });

  test("content beside contents is dropped when it repeats them, kept when it does not", () => {
    const contents = {
      "llm.input_messages.0.message.contents.0.message_content.type": "text",
      "llm.input_messages.0.message.contents.0.message_content.text": "hi",
    };
    const same = readSpan({ ...LLM, ...contents, "llm.input_messages.0.message.content": "hi" });
    expect(same.inputMessages[0]?.parts).toEqual([{ type: "text", text: "hi" }]);
    const different = readSpan({ ...LLM, ...contents, "llm.input_messages.0.message.content": "and more" });
    expect(different.inputMessages[0]?.parts.map((part) => part.type === "text" && part.text)).toEqual([
      "hi",
      "and more",
    ]);
  });

  test("OpenAI and Anthropic shapes inside a JSON list", () => {
    const messages = [
      { role: "developer", content: "Be terse." },
      {
        role: "user",
        content: [
          { type: "text", text: "See" },
          { type: "image_url", image_url: { url: "https://x.test/i.png" } },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "text", text: "Looking." },
          { type: "tool_use", id: "t1", name: "look", input: { at: 1 } },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "t1", content: [{ type: "text", text: '{"ok":true}' }] },
          { type: "tool_result", tool_use_id: "t2", content: "no", is_error: true },
          { type: "text", text: "Go on." },
        ],
      },
    ];
    const span = readSpan({ ...LLM, "llm.input_messages": JSON.stringify(messages) });
    expect(span.inputMessages).toEqual([
      { role: "system", parts: [{ type: "text", text: "Be terse." }] },
      {
        role: "user",
        parts: [
          { type: "text", text: "See" },
          { type: "image", url: "https://x.test/i.png" },
        ],
      },
      {
        role: "assistant",
        parts: [
          { type: "text", text: "Looking." },
          { type: "tool_call", id: "t1", name: "look", arguments: { at: 1 } },
        ],
      },
      {
        role: "tool",
        toolCallId: "t1",
        parts: [{ type: "tool_result", callId: "t1", result: { ok: true } }],
      },
      {
        role: "tool",
        toolCallId: "t2",
        parts: [{ type: "tool_result", callId: "t2", result: "no", isError: true }],
      },
      { role: "user", parts: [{ type: "text", text: "Go on." }] },
    ]);
  });

  test("several choices stay apart", () => {
    const choices = '[{"role":"assistant","content":"a"},{"role":"assistant","content":"b"}]';
    const two = readSpan({ ...LLM, "llm.output_messages": choices, "llm.invocation_parameters": '{"n":2}' });
    expect(two.outputMessages.map((message) => describeMessage(message).text)).toEqual(["a", "b"]);
    const one = readSpan({ ...LLM, "llm.output_messages": choices });
    expect(one.outputMessages.map((message) => describeMessage(message).text)).toEqual(["a\nb"]);
  });

  test("where the SDK dropped attributes, the raw request and answer are asked, and a note says so", () => {
    const request = {
      messages: [1, 2, 3].map((n) => ({ role: "user", content: `m${n}` })),
      tools: [{ name: "look" }],
    };
    const calls = [{ id: "1", type: "function", function: { name: "look", arguments: "{}" } }];
    const attributes = {
      ...LLM,
      "input.value": JSON.stringify(request),
      "llm.input_messages.0.message.content": "m1",
      "output.value": JSON.stringify({ choices: [{ message: { content: "I look.", tool_calls: calls } }] }),
      "llm.output_messages.0.message.content": "I look.",
    };
    const read = (dropped: number) => {
      const span = readSpan(attributes, { droppedAttributesCount: dropped });
      const texts = span.inputMessages.map((each) => describeMessage(each).text);
      const parts = span.outputMessages.flatMap((message) => message.parts.map((part) => part.type));
      return { texts, parts, tools: span.tools.length, notes: span.notes.map((note) => note.message) };
    };
    expect(read(0)).toEqual({ texts: ["m1"], parts: ["text"], tools: 1, notes: [] });
    expect(read(2)).toEqual({
      texts: ["m1", "m2", "m3"],
      parts: ["text", "tool_call"],
      tools: 1,
      notes: [
        "The sender dropped 2 attributes of the span; read from the whole request instead: the conversation, the tools, the answer.",
      ],
    });
  });

  test("a span that lost attributes of which nothing else is known says that it may be cut", () => {
    expect(readSpan(LLM, { droppedAttributesCount: 1 }).notes).toEqual([
      {
        code: "attributes_dropped",
        message:
          "The sender dropped 1 attribute of the span: what was flattened into many attributes may be cut.",
      },
    ]);
  });
});

describe("what is malformed stays, shows, and is noted", () => {
  const cases: [string, AttributeValue][] = [
    ["llm.input_messages", '[{"role":"user","con'],
    ["llm.input_messages", 42],
    ["llm.output_messages", "just words"],
    ["llm.output_messages", { "@double": "NaN" }],
  ];
  test.each(cases)("%s = %j: a raw part", (key, value) => {
    const span = readSpan({ ...LLM, [key]: value });
    const messages = key === "llm.input_messages" ? span.inputMessages : span.outputMessages;
    expect(messages).toHaveLength(1);
    expect(messages[0]?.parts).toEqual([{ type: "raw", value: plainValue(value) }]);
    expect(span.attributes[key]).toEqual(value);
    expect(span.notes).toEqual([
      { code: "malformed_attribute", attribute: key, message: expect.any(String) as string },
    ]);
  });

  test.each([
    ["retrieval.documents", 7],
    ["retrieval.documents", "[{"],
    ["llm.tools", true],
    ["llm.token_count.prompt", "many"],
    ["llm.token_count.prompt", -3],
    ["llm.invocation_parameters", "{temperature"],
    ["metadata", "plain words"],
    ["llm.model_name", { a: 1 }],
    ["llm.cost.total", "free"],
  ] as [string, AttributeValue][])("%s = %j: no field", (key, value) => {
    const span = readSpan({ ...LLM, [key]: value });
    expect(span.notes).toEqual([
      { code: "malformed_attribute", attribute: key, message: expect.any(String) as string },
    ]);
    expect(span.claimedKeys).toEqual(["openinference.span.kind"]);
    const nothing = readSpan(LLM);
    expect({ ...span, notes: [], attributes: {} }).toEqual({ ...nothing, attributes: {} });
  });

  test("JSON input that was cut off is text", () => {
    const span = readSpan({ "input.value": '{"messages": [{"ro', "input.mime_type": "application/json" });
    expect(span.input).toEqual({ value: '{"messages": [{"ro', mimeType: "text/plain" });
    expect(span.notes.map((note) => note.attribute)).toEqual(["input.value"]);
  });

  test("a message that is no message is shown raw among the others", () => {
    const span = readSpan({
      ...LLM,
      "llm.input_messages": '[{"role":"user","content":"hi"}, 5, {"odd":true}]',
    });
    expect(span.inputMessages.map((message) => message.parts)).toEqual([
      [{ type: "text", text: "hi" }],
      [{ type: "raw", value: 5 }],
      [{ type: "raw", value: { odd: true } }],
    ]);
  });
});

describe("tool spans", () => {
  const TOOL = { "openinference.span.kind": "TOOL", "tool.name": "f" };

  test("tool.parameters are arguments when nothing else is and they are no schema", () => {
    expect(readSpan({ ...TOOL, "tool.parameters": '{"city":"Paris"}' }).tool).toEqual({
      name: "f",
      arguments: { city: "Paris" },
    });
    const both = readSpan({
      ...TOOL,
      "tool.parameters": '{"city":"Rome"}',
      "input.value": '{"city":"Paris"}',
    });
    expect(both.tool?.arguments).toEqual({ city: "Paris" });
  });

  test("tool.parameters that are a schema define the tool", () => {
    const schema = { type: "object", properties: { city: { type: "string" } } };
    const span = readSpan({
      ...TOOL,
      "tool.parameters": JSON.stringify(schema),
      "input.value": '{"city":"Paris"}',
    });
    expect(span.tool?.arguments).toEqual({ city: "Paris" });
    expect(span.tools).toEqual([{ name: "f", parameters: schema, raw: schema }]);
  });
});

describe("usage and cost", () => {
  test("details of any name are kept; a cache beside the input is turned inside", () => {
    const span = readSpan({
      ...LLM,
      "llm.token_count.prompt": 193,
      "llm.token_count.completion": 54,
      "llm.token_count.prompt_details.cache_read": 1024,
      "llm.token_count.prompt_details.cache_write": 256,
      "llm.token_count.prompt_details.image": 12,
      "llm.token_count.completion_details": '{"reasoning":60,"accepted":1}',
    });
    expect(span.usage).toEqual({
      inputTokens: 1473,
      outputTokens: 114,
      cacheReadTokens: 1024,
      cacheWriteTokens: 256,
      reasoningTokens: 60,
      other: { "prompt_details.image": 12, "completion_details.accepted": 1 },
    });
    expect(span.cost).toEqual({ source: "unpriced" });
  });

  test("the cost is what was reported, or the sum of its parts; zero without tokens is nothing", () => {
    expect(readSpan({ ...LLM, "llm.cost.prompt": 0.1, "llm.cost.completion": 0.2 }).cost).toEqual({
      source: "reported",
      costUsd: 0.1 + 0.2,
      inputCostUsd: 0.1,
      outputCostUsd: 0.2,
    });
    expect(readSpan({ ...LLM, "llm.cost.total": { "@double": "0" } }).cost).toBeUndefined();
    expect(readSpan({ ...LLM, "llm.cost.total": 0, "llm.token_count.prompt": 5 }).cost).toEqual({
      source: "reported",
      costUsd: 0,
    });
    expect(
      readSpan({ "openinference.span.kind": "CHAIN", "llm.token_count.prompt": 5 }).cost,
    ).toBeUndefined();
  });
});

test("context: session, user, tags, metadata, agent, graph, prompt", () => {
  const span = readSpan({
    ...LLM,
    "session.id": "s",
    "user.id": 42,
    "tag.tags": '["prod","a,b"]',
    metadata: '{"tenant":"acme","n":1}',
    "metadata.n": 2,
    "agent.name": "planner",
    "graph.node.id": "n1",
    "graph.node.parent_id": "n0",
    "prompt.id": "p",
    "llm.prompt_template.version": 3,
    "llm.prompt_template.template": "Hi {{name}}",
    "llm.prompt_template.variables": '{"name":"Ada"}',
  });
  expect(span).toMatchObject({
    sessionId: "s",
    userId: "42",
    tags: ["prod", "a,b"],
    metadata: { tenant: "acme", n: 2 },
    agentName: "planner",
    graphNode: { id: "n1", parentId: "n0" },
    promptTemplate: { name: "p", version: "3", template: "Hi {{name}}", variables: { name: "Ada" } },
  });
});

test("other dialects' llm.* names are not OpenInference", () => {
  expect(readSpan({ "llm.request.type": "chat", "llm.usage.total_tokens": 3 }).dialects).toEqual([
    "traceloop",
  ]);
});

describe("the newest names", () => {
  test("video and documents as parts, audio and files that only the raw request has", () => {
    const message = "llm.input_messages.0.message";
    const span = readSpan({
      "openinference.span.kind": "LLM",
      [`${message}.role`]: "user",
      [`${message}.contents.0.message_content.type`]: "video",
      [`${message}.contents.0.message_content.video.video.url`]: "https://x.test/v.mp4",
      [`${message}.contents.1.message_content.type`]: "document",
      [`${message}.contents.1.message_content.document.document.url`]: "https://x.test/d.pdf",
      [`${message}.contents.1.message_content.document.document.mime_type`]: "application/pdf",
      [`${message}.contents.1.message_content.document.document.name`]: "d.pdf",
    });
    expect(span.inputMessages[0]?.parts).toEqual([
      { type: "file", url: "https://x.test/v.mp4" },
      { type: "file", url: "https://x.test/d.pdf", name: "d.pdf", mimeType: "application/pdf" },
    ]);
    const raw = [
      { role: "user", content: [{ type: "input_audio", input_audio: { data: "UklG", format: "wav" } }] },
    ];
    const heard = readSpan({
      "openinference.span.kind": "LLM",
      "input.value": JSON.stringify({ messages: raw }),
      [`${message}.role`]: "user",
    });
    expect(heard.inputMessages[0]?.parts).toEqual([
      { type: "audio", url: "data:audio/wav;base64,UklG", mimeType: "audio/wav" },
    ]);
  });

  test("a decision is a model's, and models have two names", () => {
    const span = readSpan({
      "openinference.span.kind": "DECISION",
      "decision.request.model_name": "m",
      "decision.response.model_name": "m-2026",
      "decision.provider": "typesafe",
      "decision.token_count.input": 12,
      "decision.token_count.output": 1,
    });
    expect(span).toMatchObject({
      kind: "LLM",
      requestModel: "m",
      responseModel: "m-2026",
      provider: "typesafe",
      usage: { inputTokens: 12, outputTokens: 1 },
    });
  });

  test("documents that went in and came out of any span", () => {
    const span = readSpan({
      "openinference.span.kind": "CHAIN",
      "input.documents.0.document.content": "a",
      "output.documents": '[{"document.content":"b","document.score":0.5}]',
    });
    expect(span.inputDocuments).toEqual([{ text: "a", rank: 1 }]);
    expect(span.documents).toEqual([{ text: "b", score: 0.5, rank: 1 }]);
  });

  test.each(["GUARDRAIL", "EVALUATOR", "PROMPT", "guardrail"])("kind %s, and feedback is kept", (kind) => {
    const feedback = { "annotations.0.annotation.name": "ok", "trace.evaluations.0.evaluation.score": 0.5 };
    const span = readSpan({ "openinference.span.kind": kind, ...feedback });
    expect(span.kind).toBe(kind.toUpperCase());
    expect(span.attributes).toMatchObject(feedback);
    expect(span.claimedKeys).toEqual(["openinference.span.kind"]);
  });
});

test("Pipecat and Strands' processor: a tool's call and answer beside its name, and seconds to the first byte", () => {
  const span = readSpan({
    "openinference.span.kind": "TOOL",
    "tool.name": "weather",
    "tool.call_id": "c",
    "tool_call.function.arguments": '{"city":"Paris"}',
    "tool.result": '{"tempC":14}',
  });
  expect(span.tool).toEqual({
    name: "weather",
    callId: "c",
    arguments: { city: "Paris" },
    result: { tempC: 14 },
  });
  expect(
    readSpan({ "openinference.span.kind": "LLM", "service.ttfb_seconds": 0.031 }).timeToFirstTokenMs,
  ).toBe(31);
});

test("a tool without a name is called what its span is", () => {
  const tool = { "openinference.span.kind": "TOOL", "input.value": '{"a":1}' };
  expect(readSpan(tool, { name: "look_up" }).tool).toEqual({ name: "look_up", arguments: { a: 1 } });
  expect(readSpan({ ...tool, "tool.name": "f" }, { name: "look_up" }).tool?.name).toBe("f");
});

test("why an answer ended, as OpenInference's Java lists it", () => {
  expect(
    readSpan({ "openinference.span.kind": "LLM", "llm.response.finish_reasons": ["TOOL_EXECUTION"] })
      .finishReasons,
  ).toEqual(["tool_calls"]);
});
