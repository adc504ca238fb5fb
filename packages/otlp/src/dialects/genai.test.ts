import { describe, expect, test } from "vitest";
import type { Attributes, AttributeValue } from "@nightowl/model/span/attributes";
import type { SpanEvent } from "@nightowl/model/span/span";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const CHAT = { "gen_ai.operation.name": "chat" };

function event(name: string, attributes: Attributes): SpanEvent {
  return { name, timeNs: "1763700000050000000", attributes, droppedAttributesCount: 0 };
}

function details(attributes: Attributes): SpanEvent {
  return event("gen_ai.client.inference.operation.details", attributes);
}

describe("kind", () => {
  test.each([
    ["chat", "LLM"],
    ["CHAT", "LLM"],
    ["generate_content", "LLM"],
    ["embeddings", "EMBEDDING"],
    ["retrieval", "RETRIEVER"],
    ["rerank", "RERANKER"],
    ["execute_tool", "TOOL"],
    ["invoke_agent", "AGENT"],
    ["create_agent", "AGENT"],
    ["invoke_workflow", "CHAIN"],
    ["fetch_response", "CHAIN"],
    ["plan", "CHAIN"],
    ["workflow_step", "CHAIN"],
    ["update_memory_store", "CHAIN"],
    ["image_edit", "LLM"],
    ["ai.generateSpeech", "LLM"],
    ["model_chunk", "UNKNOWN"],
  ])("%s is %s", (operation, kind) => {
    expect(readSpan({ "gen_ai.operation.name": operation, "gen_ai.request.model": "m" }).kind).toBe(kind);
  });

  test("OpenInference's word goes first", () => {
    expect(readSpan({ ...CHAT, "openinference.span.kind": "CHAIN" }).kind).toBe("CHAIN");
    expect(readSpan({ ...CHAT, "openinference.span.kind": "whatever" }).kind).toBe("LLM");
  });

  test.each([
    [{ "gen_ai.tool.call.id": "c", "gen_ai.request.model": "m" }, "TOOL"],
    [{ "gen_ai.retrieval.query.text": "q", "gen_ai.request.model": "m" }, "RETRIEVER"],
    [{ "retrieval.documents.0.document.content": "d" }, "RETRIEVER"],
    [{ "embedding.embeddings.0.embedding.text": "t" }, "EMBEDDING"],
    [{ "gen_ai.embeddings.dimension.count": 3 }, "EMBEDDING"],
    [{ "gen_ai.agent.name": "a" }, "AGENT"],
    [{ "gen_ai.agent.name": "a", "gen_ai.request.model": "m" }, "LLM"],
    [{ "gen_ai.usage.input_tokens": 3 }, "LLM"],
    [{ "gen_ai.input.messages": '[{"role":"user","parts":[]}]' }, "LLM"],
    [{ "mcp.method.name": "tools/call" }, "TOOL"],
    [{ "gen_ai.operation.name": "something_new" }, "UNKNOWN"],
    // Servers that run models.
    [{ "gen_ai.latency.e2e": 1, "gen_ai.request.id": "embd-1" }, "EMBEDDING"],
    [{ "gen_ai.latency.e2e": 1, "gen_ai.request.id": "rerank-1" }, "RERANKER"],
    [{ "gen_ai.latency.e2e": 1, "gen_ai.request.id": "chatcmpl-1" }, "LLM"],
    [{ "gen_ai.latency.e2e": 1, "gen_ai.request.n": 1, "gen_ai.usage.completion_tokens": 0 }, "LLM"],
    [{ "gen_ai.latency.e2e": 1, "gen_ai.usage.completion_tokens": 3 }, "LLM"],
  ] as [Attributes, string][])("without an operation, %j is %s", (attributes, kind) => {
    expect(readSpan(attributes).kind).toBe(kind);
  });
});

describe("instructions", () => {
  const user = '[{"role":"user","parts":[{"type":"text","content":"hi"}]}]';
  test.each([
    ["JSON text", '[{"type":"text","content":"Be terse."}]'],
    ["an array", [{ type: "text", content: "Be terse." }]],
    ["a kvlist", { type: "text", content: "Be terse." }],
    ["bare text", "Be terse."],
    ["a list of texts", '["Be terse."]'],
  ] as [string, AttributeValue][])("%s", (_form, value) => {
    const span = readSpan({ ...CHAT, "gen_ai.system_instructions": value, "gen_ai.input.messages": user });
    expect(span.inputMessages.map(describeMessage)).toEqual([
      { role: "system", text: "Be terse." },
      { role: "user", text: "hi" },
    ]);
  });

  test("are not said twice", () => {
    const messages =
      '[{"role":"system","parts":[{"type":"text","content":"Be terse."}]},{"role":"user","parts":[]}]';
    const span = readSpan({
      ...CHAT,
      "gen_ai.system_instructions": "Be terse.",
      "gen_ai.input.messages": messages,
    });
    expect(span.inputMessages.map((message) => message.role)).toEqual(["system", "user"]);
    const other = readSpan({
      ...CHAT,
      "gen_ai.system_instructions": "Be kind.",
      "gen_ai.input.messages": messages,
    });
    expect(other.inputMessages.map((message) => message.role)).toEqual(["system", "system", "user"]);
  });

  test("come before another dialect's conversation", () => {
    const span = readSpan({
      ...CHAT,
      "gen_ai.system_instructions": "Be terse.",
      "llm.input_messages.0.message.role": "user",
      "llm.input_messages.0.message.content": "hi",
    });
    expect(span.inputMessages.map(describeMessage)).toEqual([
      { role: "system", text: "Be terse." },
      { role: "user", text: "hi" },
    ]);
  });
});

describe("messages", () => {
  const PARTS = [
    { type: "text", content: "hello" },
    { type: "reasoning", text: "hm" },
    { type: "blob", modality: "image", mime_type: "image/png", content: "iVBO" },
    { type: "blob", modality: "audio", mime_type: "audio/wav", data: "UklG" },
    { type: "blob", modality: "video", mime_type: "video/mp4", content: "AAAA" },
    { type: "uri", modality: "image", uri: "gs://b/i.png" },
    { type: "uri", modality: "document", mime_type: "application/pdf", uri: "https://x.test/d.pdf" },
    { type: "file", modality: "document", file_id: "file-1" },
    {
      type: "server_tool_call",
      id: "s1",
      name: "web_search",
      server_tool_call: { type: "web_search", query: "owls" },
    },
    {
      type: "server_tool_call_response",
      id: "s1",
      server_tool_call_response: { type: "web_search", hits: 2 },
    },
    { type: "tool_call", id: "c1", name: "f", arguments: '{"a":1}' },
    { type: "compaction", content: { summary: "before" } },
    { content: "no type" },
  ];

  test("every part, and what nobody knows is raw", () => {
    const messages = JSON.stringify([{ role: "assistant", parts: PARTS, finish_reason: "tool_call" }]);
    const span = readSpan({ ...CHAT, "gen_ai.output.messages": messages });
    expect(span.outputMessages).toEqual([
      {
        role: "assistant",
        finishReason: "tool_calls",
        parts: [
          { type: "text", text: "hello" },
          { type: "reasoning", text: "hm" },
          { type: "image", url: "data:image/png;base64,iVBO", mimeType: "image/png" },
          { type: "audio", url: "data:audio/wav;base64,UklG", mimeType: "audio/wav" },
          { type: "file", url: "data:video/mp4;base64,AAAA", mimeType: "video/mp4" },
          { type: "image", url: "gs://b/i.png" },
          { type: "file", url: "https://x.test/d.pdf", mimeType: "application/pdf" },
          { type: "file", id: "file-1" },
          {
            type: "tool_call",
            id: "s1",
            name: "web_search",
            arguments: { type: "web_search", query: "owls" },
          },
          { type: "tool_result", callId: "s1", result: { type: "web_search", hits: 2 } },
          { type: "tool_call", id: "c1", name: "f", arguments: { a: 1 } },
          { type: "raw", value: { type: "compaction", content: { summary: "before" } } },
          { type: "raw", value: { content: "no type" } },
        ],
      },
    ]);
    expect(span.finishReasons).toEqual(["tool_calls"]);
  });

  test("an array of kvlists reads as its JSON does", () => {
    const messages = [{ role: "assistant", parts: PARTS }];
    const asJson = readSpan({ ...CHAT, "gen_ai.output.messages": JSON.stringify(messages) });
    const asValues = readSpan({ ...CHAT, "gen_ai.output.messages": messages as unknown as AttributeValue });
    expect(asValues.outputMessages).toEqual(asJson.outputMessages);
  });

  test("each tool's answer is a message, under response or result, from the user or the tool", () => {
    const parts = [
      { type: "tool_call_response", id: "c1", response: { tempC: 14 } },
      { type: "tool_call_response", id: "c2", result: '{"tempC":15}' },
    ];
    for (const role of ["user", "tool"]) {
      const span = readSpan({ ...CHAT, "gen_ai.input.messages": JSON.stringify([{ role, parts }]) });
      expect(span.inputMessages.map(describeMessage)).toEqual([
        { role: "tool", callId: "c1", result: { tempC: 14 } },
        { role: "tool", callId: "c2", result: { tempC: 15 } },
      ]);
    }
  });

  test("OpenAI's shape under a GenAI name", () => {
    const span = readSpan({
      ...CHAT,
      "gen_ai.input.messages":
        '[{"role":"user","content":"hi"},{"role":"tool","tool_call_id":"c","content":"42"}]',
    });
    expect(span.inputMessages.map(describeMessage)).toEqual([
      { role: "user", text: "hi" },
      { role: "tool", callId: "c", result: "42" },
    ]);
  });

  test("from the event, or from two", () => {
    const input = details({
      "gen_ai.input.messages": [{ role: "user", parts: [{ type: "text", content: "hi" }] }],
      "gen_ai.system_instructions": "Terse.",
    });
    const output = details({
      "gen_ai.output.messages": '[{"role":"assistant","parts":[{"type":"text","content":"hello"}]}]',
    });
    const span = readSpan(CHAT, { events: [input, output] });
    expect(span.inputMessages.map(describeMessage)).toEqual([
      { role: "system", text: "Terse." },
      { role: "user", text: "hi" },
    ]);
    expect(span.outputMessages.map(describeMessage)).toEqual([{ role: "assistant", text: "hello" }]);
    expect(span.claimedKeys).toEqual(["gen_ai.operation.name"]);
  });

  test("malformed: a raw part, unless another dialect knows", () => {
    const half = '[{"role":"user","pa';
    const alone = readSpan({ ...CHAT, "gen_ai.input.messages": half });
    expect(alone.inputMessages).toEqual([{ role: "user", parts: [{ type: "raw", value: half }] }]);
    expect(alone.notes.map((note) => note.attribute)).toEqual(["gen_ai.input.messages"]);
    expect(alone.claimedKeys).not.toContain("gen_ai.input.messages");
    const other = readSpan({
      ...CHAT,
      "gen_ai.input.messages": half,
      "llm.input_messages.0.message.content": "hi",
    });
    expect(other.inputMessages.map(describeMessage)).toEqual([{ role: "user", text: "hi" }]);
  });
});

test("tool definitions in every shape", () => {
  const schema = { type: "object", properties: {} };
  const shapes: [AttributeValue, unknown][] = [
    [JSON.stringify([{ type: "function", name: "f", description: "d", parameters: schema }]), schema],
    [
      JSON.stringify([{ type: "function", function: { name: "f", description: "d", parameters: schema } }]),
      schema,
    ],
    [JSON.stringify([{ name: "f", description: "d", input_schema: schema }]), schema],
    [[{ type: "function", name: "f", description: "d", inputSchema: schema }], schema],
    [
      [JSON.stringify({ type: "function", name: "f", description: "d", parameters: JSON.stringify(schema) })],
      schema,
    ],
    [[{ functionDeclarations: [{ name: "f", description: "d", parameters: schema }] }], schema],
  ];
  for (const [value, parameters] of shapes) {
    const [tool] = readSpan({ ...CHAT, "gen_ai.tool.definitions": value }).tools;
    expect(tool).toMatchObject({ name: "f", description: "d", parameters });
  }
  expect(
    readSpan({ ...CHAT, "gen_ai.tool.definitions": '["f","g"]' }).tools.map((tool) => tool.name),
  ).toEqual(["f", "g"]);
  expect(readSpan({ ...CHAT, "gen_ai.tool.definitions": '[{"type":"web_search"}]' }).tools[0]?.name).toBe(
    "web_search",
  );
});

test("a prompt's name beside the old indexed prompts", () => {
  const span = readSpan({
    ...CHAT,
    "gen_ai.prompt.name": "p",
    "gen_ai.prompt.0.role": "user",
    "gen_ai.prompt.variable.a.b": 1,
  });
  expect(span.promptTemplate).toEqual({ name: "p", variables: { "a.b": 1 } });
});

test("time to first token: seconds; what does not lie within the span is not believed", () => {
  const key = "gen_ai.response.time_to_first_chunk";
  expect(readSpan({ ...CHAT, [key]: 0.037 }).timeToFirstTokenMs).toBe(37);
  for (const seconds of [-1, 0.2]) {
    const span = readSpan({ ...CHAT, [key]: seconds });
    expect(span.timeToFirstTokenMs).toBeUndefined();
    expect(span.notes.map((note) => note.code)).toEqual(["implausible_value"]);
  }
  expect(readSpan({ ...CHAT, [key]: 0.2 }, { endTimeNs: "0" }).timeToFirstTokenMs).toBe(200);
});

test("conversation and end user are used where nobody says better", () => {
  const attributes = { ...CHAT, "gen_ai.conversation.id": "c", "gen_ai.request.user": "u" };
  expect(readSpan(attributes)).toMatchObject({ sessionId: "c", userId: "u" });
  expect(readSpan({ ...attributes, "session.id": "s", "user.id": "v" })).toMatchObject({
    sessionId: "s",
    userId: "v",
  });
});

test("Google's instrumentation: a function's parameters one by one, and the configuration of a request", () => {
  const tool = readSpan({
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "weather",
    "code.function.parameters.city.type": "str",
    "code.function.parameters.city.value": "Paris",
    "code.function.parameters.days.value": 3,
    "code.function.return.value": '{"tempC":14}',
  }).tool;
  expect(tool).toMatchObject({ arguments: { city: "Paris", days: 3 }, result: { tempC: 14 } });
  const call = readSpan({
    "gen_ai.operation.name": "generate_content",
    "gcp.gen_ai.operation.config.temperature": 0.5,
    "gen_ai.openai.request.seed": 7,
  });
  expect(call.invocationParameters).toEqual({ temperature: 0.5, seed: 7 });
});

test("instructions that are a content of Gemini's are its parts", () => {
  const span = readSpan({
    "gen_ai.operation.name": "chat",
    "gen_ai.system_instructions": '{"role":"user","parts":[{"text":"Be terse."}]}',
    "gen_ai.input.messages": '[{"role":"user","parts":[{"text":"hi"}]}]',
  });
  expect(span.inputMessages[0]).toEqual({ role: "system", parts: [{ type: "text", text: "Be terse." }] });
});

test("a search of memories finds records", () => {
  const span = readSpan({
    "gen_ai.operation.name": "search_memory",
    "gen_ai.memory.query.text": "likes?",
    "gen_ai.memory.records": '[{"id":"m","content":"tea","score":0.5}]',
  });
  expect(span).toMatchObject({ kind: "RETRIEVER", query: "likes?" });
  expect(span.documents).toEqual([{ id: "m", text: "tea", score: 0.5, rank: 1 }]);
});

test("Azure's agents: a message that is put into a thread is no call of a model", () => {
  const span = readSpan(
    { "gen_ai.operation.name": "create_message", "gen_ai.system": "az.ai.agents", "gen_ai.thread.id": "t" },
    { events: [event("gen_ai.user.message", { "gen_ai.event.content": '{"role":"user","content":"hi"}' })] },
  );
  expect(span).toMatchObject({ kind: "CHAIN", sessionId: "t" });
});

test("a tool's span that names its tool in its own name only", () => {
  const span = readSpan({ "mcp.method.name": "tools/call" }, { name: "tools/call add" });
  expect(span).toMatchObject({ kind: "TOOL", tool: { name: "add" }, displayName: "add" });
});

test("parts that the provider made itself, files as bytes, and a summary of what was said before", () => {
  const span = readSpan(CHAT, {
    events: [
      details({
        "gen_ai.input.messages": [
          {
            role: "user",
            parts: [
              { type: "compaction", content: "They asked about Zürich.", id: null },
              {
                type: "blob",
                modality: "image",
                mime_type: "image/png",
                content: { "@bytes": "iVBORw0KGgo=" },
              },
              {
                type: "blob",
                modality: "document",
                mime_type: "text/plain",
                content: { "@bytes": "SGksIHlvdQ==" },
              },
            ],
          },
        ],
        "gen_ai.output.messages": [
          {
            role: "assistant",
            parts: [
              {
                type: "server_tool_call",
                id: "s1",
                name: "google_search",
                server_tool_call: { type: "google_search", arguments: { q: "rain" } },
              },
            ],
          },
        ],
      }),
    ],
  });
  expect(span.inputMessages[0]?.parts).toEqual([
    { type: "text", text: "They asked about Zürich." },
    { type: "image", url: "data:image/png;base64,iVBORw0KGgo=", mimeType: "image/png" },
    { type: "file", url: "data:text/plain;charset=utf-8,Hi%2C%20you", mimeType: "text/plain" },
  ]);
  expect(span.outputMessages[0]?.parts).toEqual([
    { type: "tool_call", id: "s1", name: "google_search", arguments: { q: "rain" } },
  ]);
});

test("pieces of one answer are one message; choices stay apart", () => {
  const spoken = (text: string) => ({ role: "assistant", parts: [{ type: "text", content: text }] });
  const answer = JSON.stringify([spoken("a"), spoken("b")]);
  const read = (reasons: string[]) =>
    readSpan({ ...CHAT, "gen_ai.output.messages": answer, "gen_ai.response.finish_reasons": reasons });
  expect(read(["stop"]).outputMessages).toHaveLength(1);
  expect(read(["stop", "stop"]).outputMessages).toHaveLength(2);
});

test("Anthropic's own client: how it thinks, and what it keeps for an hour", () => {
  const span = readSpan({
    ...CHAT,
    "anthropic.thinking.type": "enabled",
    "anthropic.thinking.budget_tokens": 1024,
    "gen_ai.usage.input_tokens": 1473,
    "gen_ai.usage.cache_write.input_tokens": 256,
    "anthropic.usage.cache_creation.ephemeral_1h_input_tokens": 200,
  });
  expect(span.invocationParameters).toEqual({ thinking: { type: "enabled", budget_tokens: 1024 } });
  expect(span.usage).toEqual({ inputTokens: 1473, cacheWriteTokens: 256, cacheWrite1hTokens: 200 });
});

test.each([
  ["gen_ai.tool.input", "gen_ai.tool.output"],
  ["mcp.request.argument", "mcp.response.value"],
])("a tool's arguments and answer under %s and %s", (given, answered) => {
  const span = readSpan({
    "gen_ai.operation.name": "execute_tool",
    [given]: '{"a":1}',
    [answered]: '{"b":2}',
  });
  expect(span.tool).toEqual({ arguments: { a: 1 }, result: { b: 2 } });
});

test.each([
  ["api.groq.com", "groq"],
  ["api.anthropic.com", "anthropic"],
  ["my-gateway.example.com", undefined],
])("where nothing names the provider, its server does: %s", (address, provider) => {
  expect(readSpan({ ...CHAT, "server.address": address }).provider).toBe(provider);
});
