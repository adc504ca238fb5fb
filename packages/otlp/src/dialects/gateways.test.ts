import { expect, test } from "vitest";
import { readSpan } from "../normalise/wire-span.fixture.ts";

test("a model server says nothing of streaming, though it knows when the answer began", () => {
  const attributes = { "gen_ai.latency.time_to_first_token": 0.05, "gen_ai.request.max_tokens": 16 };
  expect(readSpan(attributes, { otelKind: 2 })).toMatchObject({ kind: "LLM", timeToFirstTokenMs: 50 });
  expect(readSpan(attributes, { otelKind: 2 }).streaming).toBeUndefined();
  expect(readSpan(attributes, { otelKind: 3 }).streaming).toBe(true);
});

test("Bifrost's first token in nanoseconds, and in milliseconds as at first", () => {
  const about = { "gen_ai.number_of_retries": 0, "gen_ai.request.model": "gpt-4o" };
  const key = "gen_ai.response.time_to_first_token";
  expect(readSpan({ ...about, [key]: 32_500_000 }).timeToFirstTokenMs).toBe(32.5);
  expect(readSpan({ ...about, [key]: 32 }).timeToFirstTokenMs).toBe(32);
});

test("a word of Bifrost's that is no kind of request is none of JavaScript's either", () => {
  const about = { "gen_ai.number_of_retries": 0, "gen_ai.request.model": "m", "request.type": "constructor" };
  expect(readSpan(about).kind).toBe("LLM");
});

test("spans of others are no gateway's for a name that they share with it", () => {
  const others = readSpan({
    "span.type": "step",
    "trace.name": "run",
    "gen_ai.model.provider": "openai",
    "gen_ai.operation.name": "invoke_agent",
    team: "engineering",
  });
  expect(others).toMatchObject({ kind: "AGENT", dialects: ["genai"], metadata: undefined });
});

test("Bifrost's older names of buckets and errors", () => {
  const span = readSpan({
    "gen_ai.number_of_retries": 1,
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.usage.prompt_tokens": 1217,
    "gen_ai.usage.completion_tokens": 38,
    "gen_ai.usage.prompt_token_details.cached_read_tokens": 1024,
    "gen_ai.usage.completion_token_details.reasoning_tokens": 16,
    "gen_ai.error": "Overloaded",
    "gen_ai.error.type": "server_error",
  });
  expect(span.usage).toEqual({
    inputTokens: 1217,
    outputTokens: 38,
    cacheReadTokens: 1024,
    reasoningTokens: 16,
  });
  expect(span.error).toEqual({ type: "server_error", message: "Overloaded" });
});

test("Bifrost's instructions, prompts, texts to embed and tools that come back", () => {
  const about = { "gen_ai.number_of_retries": 0 };
  const said = readSpan({
    ...about,
    "gen_ai.operation.name": "chat",
    "gen_ai.request.instructions": "Be terse.",
    "gen_ai.input.messages": '[{"role":"user","content":"Hi"}]',
    "gen_ai.responses.tools": '[{"name":"weather"}]',
    "gen_ai.usage.input_tokens": 9,
    "gen_ai.usage.prompt_token_details.audio_tokens": 3,
  });
  expect(said.inputMessages.map(({ role }) => role)).toEqual(["system", "user"]);
  expect(said.tools.map(({ name }) => name)).toEqual(["weather"]);
  expect(said.usage).toEqual({ inputTokens: 9, audioInputTokens: 3 });
  const text = { ...about, "gen_ai.input.text": "Once" };
  const completed = readSpan({ ...text, "gen_ai.operation.name": "text_completion" });
  expect(completed.inputMessages).toEqual([{ role: "user", parts: [{ type: "text", text: "Once" }] }]);
  const embedded = readSpan({ ...text, "gen_ai.operation.name": "embeddings" });
  expect(embedded).toMatchObject({ kind: "EMBEDDING", embeddings: [{ text: "Once" }], inputMessages: [] });
  const spoken = readSpan({ ...about, "request.type": "speech", "gen_ai.input.speech": "Hallo" });
  expect(spoken).toMatchObject({ kind: "LLM", inputMessages: [{ role: "user" }] });
});

test("what the application told OpenRouter and Cloudflare is metadata, with its user and session", () => {
  const routed = readSpan({
    "span.type": "generation",
    "trace.metadata.feature": "weather",
    "trace.metadata.openrouter.provider_name": "Azure",
    "gen_ai.request.model": "openai/gpt-4o",
    "gen_ai.completion": '{"completion": "Rain."}',
  });
  expect(routed.metadata).toEqual({ feature: "weather", "openrouter.provider_name": "Azure" });
  expect(routed.outputMessages).toEqual([{ role: "assistant", parts: [{ type: "text", text: "Rain." }] }]);
  const passed = readSpan({ "gen_ai.model.provider": "openai", user_id: "anna", team: "engineering" });
  expect(passed).toMatchObject({ kind: "LLM", userId: "anna", metadata: { team: "engineering" } });
});
