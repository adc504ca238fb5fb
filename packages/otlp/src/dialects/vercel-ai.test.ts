import { describe, expect, test } from "vitest";
import type { Attributes } from "@nightowl/model/span/attributes";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const CALL = { "ai.operationId": "ai.generateText.doGenerate" };

const read = (attributes: Attributes) => readSpan({ ...CALL, ...attributes });

describe("kind", () => {
  test.each([
    ["ai.generateText", "AGENT"],
    ["ai.streamText.doStream", "LLM"],
    ["ai.streamObject", "CHAIN"],
    ["ai.embedMany", "CHAIN"],
    ["ai.embedMany.doEmbed", "EMBEDDING"],
    ["ai.rerank.doRerank", "RERANKER"],
    ["ai.toolCall", "TOOL"],
    ["ai.eve.turn", "AGENT"],
  ])("%s is %s", (operation, kind) => {
    expect(readSpan({ "ai.operationId": operation }).kind).toBe(kind);
    // Version 3 and before have the operation's name only, and the application's after it.
    expect(readSpan({ "operation.name": `${operation} my-app` }, { name: operation }).kind).toBe(kind);
  });

  test("a loop of one step is no agent", () => {
    expect(readSpan({ "ai.operationId": "ai.generateText", "ai.settings.maxSteps": 1 }).kind).toBe("CHAIN");
  });

  test("`ai.model.name` alone is another framework's", () => {
    expect(readSpan({ "ai.model.name": "gpt-4o" }).dialects).toEqual([]);
  });
});

describe("tokens", () => {
  const anthropic = { "ai.model.provider": "anthropic.messages" };

  test("Anthropic's cache stands beside the input in versions 4 and 5", () => {
    const metadata = { anthropic: { cacheReadInputTokens: 1024, cacheCreationInputTokens: 16 } };
    const sent = { "ai.usage.promptTokens": 2000, "ai.usage.completionTokens": 54 };
    expect(
      read({ ...anthropic, ...sent, "ai.response.providerMetadata": JSON.stringify(metadata) }).usage,
    ).toEqual({ inputTokens: 3040, outputTokens: 54, cacheReadTokens: 1024, cacheWriteTokens: 16 });
    const five = {
      "ai.usage.inputTokens": 193,
      "ai.usage.cachedInputTokens": 100,
      "ai.usage.totalTokens": 247,
    };
    expect(read({ ...anthropic, ...five }).usage).toEqual({ inputTokens: 293, cacheReadTokens: 100 });
    // Also where the GenAI attributes beside them say the raw number.
    expect(read({ ...anthropic, ...five, "gen_ai.usage.input_tokens": 193 }).usage.inputTokens).toBe(293);
  });

  test("and inside it in version 6", () => {
    const six = {
      "ai.usage.inputTokens": 1473,
      "ai.usage.inputTokenDetails.noCacheTokens": 193,
      "ai.usage.inputTokenDetails.cacheReadTokens": 1024,
      "ai.usage.inputTokenDetails.cacheWriteTokens": 256,
    };
    expect(read({ ...anthropic, ...six }).usage).toEqual({
      inputTokens: 1473,
      cacheReadTokens: 1024,
      cacheWriteTokens: 256,
    });
  });

  test("Gemini's thoughts lie beside the answer where versions 4 and 5 pass on what it counts", () => {
    const usageMetadata = { candidatesTokenCount: 22, thoughtsTokenCount: 16, totalTokenCount: 1255 };
    const sent = { "ai.usage.promptTokens": 1217, "ai.usage.completionTokens": 22 };
    const metadata = JSON.stringify({ google: { usageMetadata } });
    expect(read({ ...sent, "ai.response.providerMetadata": metadata }).usage).toEqual({
      inputTokens: 1217,
      outputTokens: 38,
      totalTokens: 1255,
      reasoningTokens: 16,
    });
  });

  test("a transcription's tokens, in the provider's names", () => {
    const usage = { "ai.usage.input_tokens": 30, "ai.usage.output_tokens": 9, "ai.usage.total_tokens": 39 };
    expect(readSpan({ "ai.operationId": "ai.transcribe", ...usage }).usage).toEqual({
      inputTokens: 30,
      outputTokens: 9,
      totalTokens: 39,
    });
  });

  test.each([
    [{ anthropic: {}, gateway: { routing: {}, cost: "0.00045" } }, 0.00045],
    [{ openrouter: { provider: "x", usage: { cost: 0.002 } } }, 0.002],
  ])("a gateway's own cost: %j", (metadata, costUsd) => {
    expect(read({ "ai.response.providerMetadata": JSON.stringify(metadata) }).cost).toEqual({
      source: "reported",
      costUsd,
    });
  });

  test("a provider's metadata answers last", () => {
    const metadata = JSON.stringify({ openai: { cachedPromptTokens: 128, reasoningTokens: 16 } });
    const usage = { "ai.usage.inputTokens": 217, "ai.usage.cachedInputTokens": 192 };
    expect(read({ ...usage, "ai.response.providerMetadata": metadata }).usage).toEqual({
      inputTokens: 217,
      cacheReadTokens: 192,
      reasoningTokens: 16,
    });
  });
});

describe("conversation", () => {
  const messagesOf = (content: unknown, role = "user") =>
    read({ "ai.prompt.messages": JSON.stringify([{ role, content }]) }).inputMessages.map(describeMessage);

  test.each([
    ["bytes of version 4", { type: "image", image: { "0": 137, "1": 80, "2": 78 } }],
    ["bytes of a buffer", { type: "image", image: { type: "Buffer", data: [137, 80, 78] } }],
    ["base64", { type: "file", mediaType: "image/png", data: "iVBO" }],
    ["a file of version 7", { type: "file", mediaType: "image/png", data: { type: "data", data: "iVBO" } }],
  ])("an image: %s", (_name, part) => {
    expect(messagesOf([part])).toEqual([{ role: "user", images: ["data:image/png;base64,iVBO"] }]);
  });

  test("an image's address stays one, a PDF is a file", () => {
    const url = "https://example.com/a.png";
    const pdf = { type: "file", mediaType: "application/pdf", data: "JVBE", filename: "a.pdf" };
    expect(messagesOf([{ type: "image", image: url }, pdf])).toEqual([
      {
        role: "user",
        images: [url],
        other: [
          {
            type: "file",
            url: "data:application/pdf;base64,JVBE",
            name: "a.pdf",
            mimeType: "application/pdf",
          },
        ],
      },
    ]);
  });

  test.each([
    [{ result: { tempC: 14 } }, { result: { tempC: 14 } }],
    [{ output: { type: "json", value: { tempC: 14 } } }, { result: { tempC: 14 } }],
    [{ output: { type: "text", value: "14" } }, { result: "14" }],
    [{ output: { type: "error-text", value: "no" } }, { result: "no", isError: true }],
    [{ output: { type: "content", value: [{ type: "text", text: "14" }] } }, { result: "14" }],
    [
      { output: { type: "execution-denied", reason: "no" } },
      { result: { type: "execution-denied", reason: "no" } },
    ],
  ])("a tool's answer %j", (sent, part) => {
    const result = { type: "tool-result", toolCallId: "c", toolName: "f", ...sent };
    const [message] = read({
      "ai.prompt.messages": JSON.stringify([{ role: "tool", content: [result] }]),
    }).inputMessages;
    expect(message?.parts).toEqual([{ type: "tool_result", callId: "c", name: "f", ...part }]);
  });

  test("parts nobody knows are kept", () => {
    const source = { type: "source", sourceType: "url", url: "https://example.com" };
    expect(messagesOf([source], "assistant")).toEqual([
      { role: "assistant", other: [{ type: "raw", value: source }] },
    ]);
  });

  test("an answer is one message: reasoning, text, files, calls", () => {
    const span = read({
      "ai.response.reasoning": "hm",
      "ai.response.text": "Look:",
      "ai.response.files": JSON.stringify([{ type: "file", mediaType: "image/png", data: "iVBO" }]),
      "ai.response.toolCalls": JSON.stringify([{ toolCallId: "c", toolName: "f", input: '{"a":1}' }]),
    });
    expect(span.outputMessages.map(describeMessage)).toEqual([
      {
        role: "assistant",
        text: "Look:",
        reasoning: "hm",
        images: ["data:image/png;base64,iVBO"],
        toolCalls: [{ id: "c", name: "f", arguments: { a: 1 } }],
      },
    ]);
  });

  test("version 3 says `ai.result`", () => {
    const span = read({ "ai.result.object": '{"a":1}', "ai.finishReason": "stop" });
    expect(span.outputMessages.map(describeMessage)).toEqual([{ role: "assistant", text: '{"a":1}' }]);
    expect(span.finishReasons).toEqual(["stop"]);
  });
});

test("session, user, tags, prompt and what remains of the metadata", () => {
  const span = read({
    "ai.telemetry.metadata.threadId": "t-1",
    "ai.telemetry.metadata.user_id": 7,
    "ai.telemetry.metadata.tags": ["a", "b"],
    "ai.telemetry.metadata.langfusePrompt": '{"name":"greet","version":3,"prompt":"Hi {{name}}"}',
    "ai.telemetry.metadata.nested": '{"a":1}',
    "ai.settings.context.tenant": "acme",
  });
  expect(span).toMatchObject({
    sessionId: "t-1",
    userId: "7",
    tags: ["a", "b"],
    promptTemplate: { name: "greet", version: "3" },
    metadata: { nested: { a: 1 }, tenant: "acme" },
  });
});

test("names that other platforms ask for, and Eve's", () => {
  const span = read({
    "ai.telemetry.metadata.posthog_distinct_id": "u",
    "ai.settings.context.eve.session.id": "s",
    "ai.settings.context.eve.environment": "production",
  });
  expect(span).toMatchObject({ userId: "u", sessionId: "s", environment: "production" });
  const turn = readSpan({ "eve.session.id": "s", "eve.environment": "staging" }, { name: "ai.eve.turn" });
  expect(turn).toMatchObject({ kind: "AGENT", sessionId: "s", environment: "staging" });
});

test("the first chunk's event tells the time where the attribute does not", () => {
  const events = [
    {
      name: "ai.stream.firstChunk",
      timeNs: "1763700000012500000",
      attributes: {},
      droppedAttributesCount: 0,
    },
  ];
  expect(readSpan({ "ai.operationId": "ai.streamObject.doStream" }, { events })).toMatchObject({
    timeToFirstTokenMs: 12.5,
    streaming: true,
  });
});

test("speech and decisions: what was to be said, and what was decided", () => {
  const speech = readSpan({ "ai.operationId": "ai.generateSpeech", "ai.request.text": "Hello." });
  expect(speech.kind).toBe("LLM");
  expect(speech.inputMessages).toEqual([{ role: "user", parts: [{ type: "text", text: "Hello." }] }]);
  const decision = readSpan({
    "gen_ai.operation.name": "decide",
    "ai.decision.state": "rain",
    "ai.decision.questions": '["umbrella?"]',
    "ai.decision.answers": '["yes"]',
  });
  expect(decision.kind).toBe("LLM");
  expect(decision.inputMessages).toEqual([
    { role: "user", parts: [{ type: "text", text: 'rain\n["umbrella?"]' }] },
  ]);
  expect(decision.outputMessages).toEqual([
    { role: "assistant", parts: [{ type: "text", text: '["yes"]' }] },
  ]);
});
