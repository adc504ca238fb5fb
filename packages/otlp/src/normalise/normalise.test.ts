import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { openlit } from "../dialects/openlit.ts";
import type { Attributes, AttributeValue } from "@nightowl/model/span/attributes";
import { normaliseSpan } from "./normalise.ts";
import { previewOf } from "./preview.ts";
import { readSpan, wireSpan } from "./wire-span.fixture.ts";

describe("what the span tells about itself", () => {
  test("a plain HTTP or database span is of no dialect", () => {
    for (const attributes of [
      { "http.request.method": "GET", "url.full": "https://x.test/", "http.response.status_code": 200 },
      { "db.system.name": "postgresql", "db.query.text": "select 1" },
      {},
    ] as Attributes[]) {
      const span = readSpan(attributes);
      expect(span).toMatchObject({
        kind: "UNKNOWN",
        dialects: [],
        claimedKeys: [],
        notes: [],
        usage: {},
        tags: [],
      });
      expect(span.cost).toBeUndefined();
      expect(span.attributes).toBe(span.attributes);
      expect(previewOf(span)).toEqual({ inputPreview: "", outputPreview: "" });
    }
  });

  test("service and environment come from the resource, the project from who received it", () => {
    const resource = {
      attributes: {
        "service.name": "shop",
        "deployment.environment": "old",
        "deployment.environment.name": "prod",
      },
      droppedAttributesCount: 0,
      entityRefs: [],
      schemaUrl: "",
    };
    const span = normaliseSpan(wireSpan({}, { resource }), { project: "p1" });
    expect(span).toMatchObject({ project: "p1", serviceName: "shop", environment: "prod" });
    expect(readSpan({ "deployment.environment": "dev" }, { resource }).environment).toBe("prod");
    expect(readSpan({}).serviceName).toBe("");
  });

  test.each([
    ["ot=th:8", 2],
    ["ot=th:c", 4],
    ["ot=rv:6e6d1a75832a2f;th:c", 4],
    ["vendor=x, ot=th:0", 1],
    ["ot=th:fd70a4", 2 ** 56 / (2 ** 56 - 0xfd70a400000000)],
    ["ot=th:zz", 1],
    ["ot=th:123456789012345", 1],
    ["vendor=th:8", 1],
    ["", 1],
  ])("trace state %j: weight %d", (traceState, weight) => {
    expect(readSpan({}, { traceState }).sampleWeight).toBe(weight);
  });

  test("the weight that was told goes before the trace state, if it makes sense", () => {
    expect(readSpan({ "nightowl.sample_weight": 10 }, { traceState: "ot=th:8" }).sampleWeight).toBe(10);
    expect(readSpan({ "nightowl.sample_weight": "2.5" }).sampleWeight).toBe(2.5);
    for (const bad of [0, -1, "x", { "@double": "Infinity" }] as AttributeValue[]) {
      expect(readSpan({ "nightowl.sample_weight": bad }).sampleWeight).toBe(1);
    }
  });

  test("an exception is read from its event, the last one; else from attributes and status", () => {
    const event = (message: string) => ({
      name: "exception",
      timeNs: "1",
      attributes: { "exception.type": "E", "exception.message": message, "exception.stacktrace": "at x" },
      droppedAttributesCount: 0,
    });
    expect(readSpan({}, { events: [event("first"), event("last")], statusCode: "ERROR" }).error).toEqual({
      type: "E",
      message: "last",
      stacktrace: "at x",
    });
    expect(
      readSpan({ "error.type": "timeout" }, { statusCode: "ERROR", statusMessage: "slow" }).error,
    ).toEqual({
      type: "timeout",
      message: "slow",
    });
    const stack = "boom\n    at f (x.js:1:2)";
    expect(readSpan({}, { statusCode: "ERROR", statusMessage: stack }).error).toEqual({
      message: "boom",
      stacktrace: stack,
    });
    expect(readSpan({}, { statusCode: "OK", statusMessage: "fine" }).error).toBeUndefined();
  });
});

describe("a model call without messages is read from its raw input and output", () => {
  const LLM = { "openinference.span.kind": "LLM" };
  const roles = (attributes: Attributes) => {
    const span = readSpan({ ...LLM, ...attributes });
    return [span.inputMessages, span.outputMessages].map((messages) =>
      messages.map((message) => message.role),
    );
  };

  test.each([
    ["text", "hi", "hello"],
    [
      "OpenAI",
      { messages: [{ role: "user", content: "hi" }] },
      { id: "r", choices: [{ message: { role: "assistant", content: "hello" } }] },
    ],
    [
      "Anthropic",
      { messages: [{ role: "user", content: "hi" }] },
      { role: "assistant", content: [{ type: "text", text: "hello" }] },
    ],
    [
      "Responses",
      { input: "hi" },
      {
        id: "r",
        output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text: "hello" }] }],
      },
    ],
    [
      "Gemini",
      { contents: [{ role: "user", parts: [{ text: "hi" }] }] },
      { candidates: [{ content: { role: "model", parts: [{ text: "hello" }] } }] },
    ],
    [
      "LangChain",
      { messages: [[{ lc: 1, id: ["x", "HumanMessage"], kwargs: { content: "hi" } }]] },
      {
        generations: [
          [
            {
              text: "hello",
              message: { lc: 1, id: ["x", "AIMessage"], kwargs: { content: "hello", id: "r" } },
            },
          ],
        ],
      },
    ],
  ])("%s", (_name, input, output) => {
    const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
    const attributes = { "input.value": text(input), "output.value": text(output) };
    expect(roles(attributes)).toEqual([["user"], ["assistant"]]);
    const span = readSpan({ ...LLM, ...attributes });
    expect(span.inputMessages[0]?.parts).toEqual([{ type: "text", text: "hi" }]);
    expect(span.outputMessages[0]?.parts).toEqual([{ type: "text", text: "hello" }]);
  });

  test("LangChain's own id of a run is not the answer's, the provider's is", () => {
    const responseId = (id: string) =>
      readSpan({
        ...LLM,
        "output.value": JSON.stringify({
          generations: [[{ message: { lc: 1, id: ["x", "AIMessage"], kwargs: { content: "hello", id } } }]],
        }),
      }).responseId;
    expect(["lc_run--01a2", "run-01a2", "chatcmpl-1"].map(responseId)).toEqual([
      undefined,
      undefined,
      "chatcmpl-1",
    ]);
  });

  test("objects that are no conversation stay what they are", () => {
    expect(roles({ "input.value": '{"city":"Paris"}', "output.value": "[1,2]" })).toEqual([[], []]);
  });
});

const NAMES = [
  "openinference.span.kind",
  "input.value",
  "input.mime_type",
  "output.value",
  "metadata",
  "tag.tags",
  "session.id",
  "tool.name",
  "tool.parameters",
  "nightowl.sample_weight",
  "llm.model_name",
  "llm.invocation_parameters",
  "llm.finish_reason",
  "llm.token_count.prompt",
  "llm.token_count.prompt_details",
  "llm.token_count.prompt_details.cache_read",
  "llm.cost.total",
  "llm.tools",
  "llm.prompts",
  "llm.input_messages",
  "llm.input_messages.0",
  "llm.input_messages.0.message.role",
  "llm.input_messages.0.message.content",
  "llm.input_messages.0.message.contents",
  "llm.input_messages.0.message.contents.0.message_content.type",
  "llm.input_messages.1.message.tool_calls",
  "llm.output_messages",
  "llm.prompt_template.variables",
  "retrieval.documents",
  "retrieval.documents.3.document",
  "reranker.input_documents",
  "reranker.output_documents",
  "embedding.embeddings",
  "embedding.embeddings.0.embedding.vector",
  "gen_ai.operation.name",
  "gen_ai.input.messages",
  "gen_ai.output.messages",
  "gen_ai.system_instructions",
  "gen_ai.tool.definitions",
  "gen_ai.tool.call.arguments",
  "gen_ai.retrieval.documents",
  "gen_ai.response.finish_reasons",
  "gen_ai.response.time_to_first_chunk",
  "gen_ai.usage.input_tokens",
  "gen_ai.usage.cost",
  "gen_ai.request.__proto__",
  "gen_ai.prompt.variable.x",
  "__proto__",
  "constructor",
];

const WORDS = [
  "role",
  "content",
  "parts",
  "type",
  "text",
  "message",
  "tool_calls",
  "function",
  "name",
  "arguments",
  "id",
  "lc",
  "kwargs",
  "document",
  "output",
  "choices",
  "generations",
  "image_url",
  "__proto__",
  "message.role",
  "0",
];
const TYPES = [
  "text",
  "image",
  "audio",
  "file",
  "blob",
  "uri",
  "tool_use",
  "tool_result",
  "tool_call_response",
  "reasoning",
  "chat",
  "LLM",
  "TOOL",
  "RETRIEVER",
  "user",
  "assistant",
  "tool",
];

/** JSON that looks like what the readers look for, and is wrong in every way. */
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    fc.constantFrom(...TYPES),
    fc.string({ unit: "binary" }),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("json"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...WORDS), fc.string()), tie("json"), { maxKeys: 5 }),
  ),
}));

const attributeValue = fc.oneof(
  json,
  json.map((value) => JSON.stringify(value)),
  json.map((value) => JSON.stringify(JSON.stringify(value)).slice(0, 40)),
  fc.record({ "@int": fc.bigInt().map(String) }),
  fc.record({ "@double": fc.constantFrom("NaN", "-Infinity", "17", "-0") }),
  fc.record({ "@bytes": fc.oneof(fc.base64String(), fc.string()) }),
  fc.record({ "@kvlist": fc.array(fc.oneof(fc.tuple(fc.string(), json), json), { maxLength: 3 }) }),
) as fc.Arbitrary<AttributeValue>;

const attributes = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom(...NAMES), fc.string()), attributeValue), { maxLength: 12 })
  .map((entries) => Object.fromEntries(entries) as Attributes);

describe("whatever comes", () => {
  test("nothing throws, no attribute is lost or changed, and every dialect succeeds", () => {
    fc.assert(
      fc.property(attributes, attributes, fc.string(), (own, ofEvent, traceState) => {
        const before = structuredClone(own);
        const events = [
          "exception",
          "gen_ai.client.inference.operation.details",
          "First Token Stream Event",
        ].map((name) => ({
          name,
          timeNs: "5",
          attributes: ofEvent,
          droppedAttributesCount: 0,
        }));
        const span = readSpan(own, { events, traceState, statusCode: "ERROR", droppedAttributesCount: 1 });
        expect(own).toEqual(before);
        expect(span.attributes).toBe(own);
        expect(span.notes.filter((note) => note.code === "dialect_failed")).toEqual([]);
        for (const key of span.claimedKeys) expect(Object.hasOwn(own, key)).toBe(true);
        const { inputPreview, outputPreview } = previewOf(span);
        for (const preview of [inputPreview, outputPreview]) {
          expect([...preview].length).toBeLessThanOrEqual(200);
          expect(preview.isWellFormed()).toBe(true);
          expect(preview).not.toMatch(/[\n\r\t\0]/);
        }
        expect(() => JSON.stringify(span)).not.toThrow();
      }),
      { numRuns: 1_000 },
    );
  });

  test("JSON nested ten thousand deep stays text", () => {
    const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
    for (const key of NAMES) {
      const span = readSpan({ [key]: deep });
      expect(() => JSON.stringify(span)).not.toThrow();
      expect(() => previewOf(span)).not.toThrow();
    }
  });

  test("a key of a thousand dots, and a thousand such keys", () => {
    const own = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, i) => [`llm.input_messages.${i}.${"a.".repeat(1_000)}b`, "x"]),
    );
    const span = readSpan(own);
    expect(span.inputMessages).toHaveLength(1_000);
    expect(() => JSON.stringify(span)).not.toThrow();
  });
});

test("a dialect that cannot say whether it is spoken costs nothing but a note", () => {
  const broken = vi.spyOn(openlit, "speaks").mockImplementation(() => {
    throw new Error("no");
  });
  const span = readSpan({ "gen_ai.operation.name": "chat", "a.key.of.this.test": 1 });
  broken.mockRestore();
  expect(span).toMatchObject({ kind: "LLM", dialects: ["genai"] });
  expect(span.notes).toEqual([{ code: "dialect_failed", message: "The openlit reading failed: no" }]);
});

test("a dialect that fails costs its own fields and earns a note", () => {
  const own = { "gen_ai.operation.name": "chat", "openinference.span.kind": "CHAIN", "input.value": "hi" };
  // A time that is no number cannot come from a decoder; here it stands for a mistake in a dialect.
  const events = [
    { name: "First Token Stream Event", timeNs: "soon", attributes: {}, droppedAttributesCount: 0 },
  ];
  const span = readSpan(own, { events });
  expect(span.dialects).toEqual(["genai"]);
  expect(span.kind).toBe("LLM");
  expect(span.notes.map((note) => note.code)).toEqual(["dialect_failed"]);
});

test("huge values take no more than their size: dots, white space, repeated calls, many parts", () => {
  const calls = Array.from({ length: 5_000 }, () => ({ type: "tool_use", name: "f", input: { a: 1 } }));
  const parts = Array.from({ length: 200_000 }, () => ({ type: "text", text: "x" }));
  const events = [
    {
      name: "exception",
      timeNs: "1",
      attributes: { "exception.message": "\n".repeat(1_000_000) },
      droppedAttributesCount: 0,
    },
  ];
  const message = {
    role: "assistant",
    content: calls,
    tool_calls: calls.map(({ name }) => ({ function: { name, arguments: "{}" } })),
  };
  const span = readSpan(
    {
      "gen_ai.system": ".".repeat(1_000_000),
      "llm.input_messages": JSON.stringify([message]),
      "llm.output_messages": JSON.stringify([{ role: "assistant", content: parts }]),
      ...Object.fromEntries(Array.from({ length: 150_000 }, (_, i) => [`metadata.k${i}`, i])),
    },
    { events },
  );
  expect(span.notes).toEqual([]);
  expect(span.inputMessages[0]?.parts.length).toBe(10_000);
  expect(span.outputMessages[0]?.parts.length).toBe(200_000);
  expect(Object.keys(span.metadata ?? {}).length).toBe(150_000);
});

describe("what a person calls a tool's span", () => {
  test.each([
    ["execute_tool", "search_docs"],
    ["tool.search_docs", undefined],
    ["search_docs", undefined],
  ])("%s", (name, displayName) => {
    const tool = { "openinference.span.kind": "TOOL", "tool.name": "search_docs" };
    expect(readSpan(tool, { name }).displayName).toBe(displayName);
  });
});

test("what a run was asked is a conversation where it failed before it answered, and else stays with its answer", () => {
  const asked = {
    "openinference.span.kind": "AGENT",
    "input.value": '{"messages":[{"role":"user","content":"Hi"}]}',
    "input.mime_type": "application/json",
  };
  const failed = readSpan(asked, { statusCode: "ERROR", statusMessage: "Overloaded" });
  expect(failed.inputMessages).toEqual([{ role: "user", parts: [{ type: "text", text: "Hi" }] }]);
  const answered = { ...asked, "output.value": '{"n":1}', "output.mime_type": "application/json" };
  expect(readSpan(answered, { statusCode: "OK" }).inputMessages).toEqual([]);
});
