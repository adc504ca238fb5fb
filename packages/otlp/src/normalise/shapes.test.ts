import { describe, expect, test } from "vitest";
import { wireSpanFixture } from "@nightowl/model/span/span.fixture";
import { finishReasonOf } from "./finish-reason.ts";
import { normaliseSpan } from "./normalise.ts";
import { providerOf, providerOfScope } from "./provider.ts";
import { joinRanking, readDocuments } from "./read-documents.ts";
import { mergeAssistantMessages, readMessages } from "./read-messages.ts";
import { isSchema } from "./read-tools.ts";
import { joinList, unflatten } from "./unflatten.ts";
import { describeMessage } from "./expectations.fixture.ts";
import { settleUsage, tokenCountOf } from "./usage.ts";

test.each([
  ["end_turn", "stop"],
  ["FinishReason.STOP", "stop"],
  ["tool-calls", "tool_calls"],
  ["toolUse", "tool_calls"],
  ["MAX_TOKENS", "length"],
  ["SAFETY", "content_filter"],
  ["error", "error"],
  ["pause_turn", "pause_turn"],
  ["constructor", "constructor"],
])("finish reason %s is %s", (sent, reason) => expect(finishReasonOf(sent)).toBe(reason));

test.each([
  ["OpenAI", undefined, "openai"],
  ["openai.chat", undefined, "openai"],
  ["azure.ai.openai", undefined, "azure"],
  ["azure.ai.openai.chat", undefined, "azure"],
  ["azure.ai.inference", undefined, "azure-inference"],
  ["amazon-bedrock", undefined, "bedrock"],
  ["google.generative-ai", undefined, "gemini"],
  ["google.vertex.chat", undefined, "vertex"],
  ["gcp.vertex_ai", undefined, "vertex"],
  ["anthropic.messages", undefined, "anthropic"],
  ["my-own", undefined, "my-own"],
  ["langchain", "claude-sonnet-4-5", "anthropic"],
  ["litellm", "openai/gpt-4o", "openai"],
  ["openai_agents", "gpt-4o", "openai"],
  ["fireworks_ai", undefined, "fireworks"],
  ["azure_ai", undefined, "azure-inference"],
  ["Together AI", undefined, "together"],
  ["langchain", "my-model", undefined],
  ["", "gpt-4o", undefined],
  [".x", undefined, ".x"],
  ["api.openai.com", undefined, "openai"],
  ["api.x.ai", undefined, "xai"],
  ["api.together.xyz", undefined, "together"],
  ["inference.cerebras.ai:443", undefined, "cerebras"],
  ["my.openai.azure.com", undefined, "azure"],
  ["bedrock-runtime.eu-west-1.amazonaws.com", undefined, "bedrock"],
  ["generativelanguage.googleapis.com", undefined, "gemini"],
  ["us-aiplatform.googleapis.com", undefined, "vertex"],
  ["127.0.0.1:7800", "gpt-4o", "openai"],
  ["localhost", "my-model", undefined],
])("provider %s of model %s is %s", (sent, model, provider) =>
  expect(providerOf(sent, model)).toBe(provider),
);

test.each([
  ["openinference.instrumentation.mistralai", "mistral"],
  ["opentelemetry.instrumentation.cohere", "cohere"],
  ["openlit.instrumentation.anthropic", "anthropic"],
  ["@traceloop/instrumentation-google-generativeai", "gemini"],
  ["@arizeai/openinference-instrumentation-bedrock", "bedrock"],
  ["com.anthropic.sdk.python", "anthropic"],
  ["openinference.instrumentation.openai", undefined],
  ["openinference.instrumentation.google_genai", undefined],
  ["my.cohere", undefined],
])("the provider of the scope %s is %s", (scope, provider) => expect(providerOfScope(scope)).toBe(provider));

test("unflatten: lists by number, objects by name, children over values", () => {
  expect(
    unflatten([
      ["10.a", 1],
      ["2.a", 2],
      ["0", 3],
    ]),
  ).toEqual([3, { a: 2 }, { a: 1 }]);
  expect(
    unflatten([
      ["a", 1],
      ["a.b", 2],
      ["1", 3],
    ]),
  ).toEqual({ a: { b: 2 }, "1": 3 });
  const proto = unflatten([["__proto__.polluted", true]]) as object;
  expect(Object.keys(proto)).toEqual(["__proto__"]);
  expect("polluted" in {}).toBe(false);
});

test("joinList leaves keys that are no positions alone", () => {
  const values: Record<string, number> = { "l.0.b": 1, "l.name": 2, "l.10000.a": 3, "l.1": 4 };
  const keys = Object.keys(values);
  for (const times of [1, 2]) {
    const list = joinList([{ a: 0 }], keys, "l.".length, (key) => (values[key] ?? 0) * times);
    expect(list).toEqual({ items: [{ b: times }, 4 * times], read: ["l.0.b", "l.1"], ignored: ["10000.a"] });
  }
});

describe("documents", () => {
  test.each([
    [
      { id: 7, score: "0.5", text: "t" },
      { id: "7", score: 0.5, text: "t" },
    ],
    [
      { document: { id: "a", content: "t" }, score: 0.5 },
      { id: "a", text: "t", score: 0.5 },
    ],
    [
      { page_content: "t", metadata: { source: "s", score: 0.25 } },
      { text: "t", score: 0.25, metadata: { source: "s", score: 0.25 } },
    ],
    [
      { content: [{ text: "a" }, { text: "b" }], metadata: '{"k":1}' },
      { text: "a\nb", metadata: { k: 1 } },
    ],
    [
      { content: "t", metadata: "{'k': 1}" },
      { text: "t", metadata: { k: 1 } },
    ],
    [
      { content: "t", metadata: "{'k': <object>}" },
      { text: "t", metadata: "{'k': <object>}" },
    ],
    [
      { id: "a", content: "t", url: "u" },
      { id: "a", text: "t", metadata: { url: "u" } },
    ],
    ["bare", { text: "bare" }],
    ["<NodeWithScore(node=TextNode(id_=n-1), score=0.5)>", { id: "n-1", score: 0.5 }],
    ["<NodeWithScore(node=TextNode(id_=n-1), score=None)>", { id: "n-1" }],
    ['{"id":"a","text":"t"}', { id: "a", text: "t" }],
    ['{"half', { text: '{"half' }],
  ])("%j", (sent, document) => expect(readDocuments([sent])).toEqual([{ ...document, rank: 1 }]));

  test("what is none is left out, and ranks close up", () => {
    expect(readDocuments([5, null, "a", [], "b"])).toEqual([
      { text: "a", rank: 1 },
      { text: "b", rank: 2 },
    ]);
  });

  test("a ranking is joined to what it ranks; one that points nowhere stays", () => {
    const input = readDocuments([
      { id: "a", text: "A" },
      { id: "b", text: "B" },
    ]);
    const output = readDocuments([
      '{"index":1,"relevanceScore":0.9}',
      { index: 0, score: 0.5 },
      { id: "a" },
      '{"index":9,"relevanceScore":0.1}',
    ]);
    expect(joinRanking(output, input)).toEqual([
      { id: "b", text: "B", rank: 1, score: 0.9 },
      { id: "a", text: "A", rank: 2, score: 0.5 },
      { id: "a", text: "A", rank: 3 },
      { metadata: { index: 9 }, score: 0.1, rank: 4 },
    ]);
  });
});

describe("messages", () => {
  test("other people's shapes", () => {
    const shapes: [unknown, unknown][] = [
      [
        { type: "function_call", id: "fc_1", call_id: "call_1", name: "f", arguments: "{}" },
        { role: "assistant", parts: [{ type: "tool_call", id: "call_1", name: "f", arguments: {} }] },
      ],
      [
        { type: "function_call_output", call_id: "call_1", output: "42" },
        {
          role: "tool",
          toolCallId: "call_1",
          parts: [{ type: "tool_result", callId: "call_1", result: "42" }],
        },
      ],
      [
        { type: "human", content: "hi" },
        { role: "user", parts: [{ type: "text", text: "hi" }] },
      ],
      [
        { lc: 1, id: ["x", "SystemMessage"], kwargs: { content: "s" } },
        { role: "system", parts: [{ type: "text", text: "s" }] },
      ],
      [
        {
          role: "model",
          parts: [{ text: "hm", thought: true }, { functionCall: { name: "f", args: { a: 1 } } }],
        },
        {
          role: "assistant",
          parts: [
            { type: "reasoning", text: "hm" },
            { type: "tool_call", name: "f", arguments: { a: 1 } },
          ],
        },
      ],
      [
        { role: "assistant", content: "null", tool_calls: [{ id: "c", function: { name: "f" } }] },
        { role: "assistant", parts: [{ type: "tool_call", id: "c", name: "f", arguments: {} }] },
      ],
      [
        { role: "assistant", content: "a", reasoning_content: "b" },
        {
          role: "assistant",
          parts: [
            { type: "reasoning", text: "b" },
            { type: "text", text: "a" },
          ],
        },
      ],
      [
        { role: "wizard", content: "abra" },
        { role: "wizard", parts: [{ type: "text", text: "abra" }] },
      ],
      ["bare", { role: "user", parts: [{ type: "text", text: "bare" }] }],
    ];
    for (const [sent, message] of shapes) expect(readMessages([sent], "user")).toEqual([message]);
  });

  test("assistant messages in a row are one answer, unless each says why it ended", () => {
    const text = (content: string) => ({ role: "assistant", content });
    const one = readMessages([text("a"), text("b"), { role: "user", content: "c" }, text("d")], "user");
    expect(mergeAssistantMessages(one).map((message) => message.parts.length)).toEqual([2, 1, 1]);
    const two = readMessages(
      [
        { ...text("a"), finish_reason: "stop" },
        { ...text("b"), finish_reason: "stop" },
      ],
      "user",
    );
    expect(mergeAssistantMessages(two)).toEqual(two);
  });
});

test("a schema is told from arguments", () => {
  expect(isSchema({ type: "object" })).toBe(true);
  expect(isSchema({ properties: { a: {} } })).toBe(true);
  expect(isSchema({ city: { type: "string" } })).toBe(true);
  expect(isSchema({ _def: { typeName: "ZodObject" }, "~standard": { version: 1 } })).toBe(true);
  expect(isSchema({ city: "Paris" })).toBe(false);
  expect(isSchema({})).toBe(false);
});

test("usage settles once", () => {
  const settled = settleUsage({
    inputTokens: 10,
    cacheReadTokens: 90,
    cacheWriteTokens: 5,
    outputTokens: 1,
    reasoningTokens: 9,
  });
  expect(settled).toEqual({
    inputTokens: 105,
    cacheReadTokens: 90,
    cacheWriteTokens: 5,
    outputTokens: 10,
    reasoningTokens: 9,
  });
  expect(settleUsage(settled)).toEqual(settled);
  expect(settleUsage({ inputTokens: 95, cacheReadTokens: 90, cacheWriteTokens: 5 }).inputTokens).toBe(95);
  expect([
    tokenCountOf("17"),
    tokenCountOf(-1),
    tokenCountOf(1e300),
    tokenCountOf("9007199254740993"),
  ]).toEqual([17, undefined, undefined, undefined]);

  // Gemini: the thoughts are beside the candidates; only the total says so.
  const gemini = settleUsage({
    inputTokens: 1000,
    outputTokens: 300,
    reasoningTokens: 200,
    totalTokens: 1500,
  });
  expect(gemini).toMatchObject({ inputTokens: 1000, outputTokens: 500 });
  expect(settleUsage(gemini)).toEqual(gemini);
  // Anthropic as it reports itself, with less in the cache than beside it.
  const anthropic = {
    inputTokens: 900,
    outputTokens: 10,
    cacheReadTokens: 400,
    cacheWriteTokens: 90,
    totalTokens: 1400,
  };
  expect(settleUsage(anthropic)).toMatchObject({ inputTokens: 1390, outputTokens: 10 });
  // OpenAI: all of it is inside.
  const openai = {
    inputTokens: 1000,
    outputTokens: 300,
    cacheReadTokens: 512,
    reasoningTokens: 200,
    totalTokens: 1300,
  };
  expect(settleUsage(openai)).toEqual(openai);
});

describe("a tool's result", () => {
  const read = (result: unknown) =>
    normaliseSpan(
      wireSpanFixture({
        attributes: {
          "openinference.span.kind": "TOOL",
          "input.value": JSON.stringify({ query: "boots" }),
          "output.value": JSON.stringify(result),
        },
      }),
      { project: "default" },
    );

  test("that looks like a list of documents is one, found for the tool's query", () => {
    const span = read({ results: [{ id: 7, snippet: "Boots", score: 0.5 }] });
    expect(span.documents).toEqual([{ id: "7", text: "Boots", score: 0.5, rank: 1 }]);
    expect(span.query).toBe("boots");
  });

  test("of another form is none", () => {
    const span = read({ results: [{ temperature: 12 }] });
    expect(span.documents).toEqual([]);
    expect(span.query).toBeUndefined();
  });
});

test("a refusal beside an empty text, or beside a text, is said", () => {
  const said = (message: Record<string, unknown>) =>
    readMessages([{ role: "assistant", ...message }], "assistant").map(describeMessage);
  const refused = { role: "assistant", text: "I won't." };
  expect(said({ content: "", refusal: "I won't." })).toEqual([refused]);
  expect(said({ content: null, refusal: "I won't." })).toEqual([refused]);
  expect(said({ content: "Hi.", refusal: null })).toEqual([{ role: "assistant", text: "Hi." }]);
  const both = { role: "assistant", text: "Hi.\nI won't." };
  expect(said({ content: "Hi.", refusal: "I won't." })).toEqual([both]);
  expect(said({ content: [{ type: "text", text: "Hi." }], refusal: "I won't." })).toEqual([both]);
});
