import { expect, test } from "vitest";
import { wireSpanFixture } from "@nightowl/model/span/span.fixture";
import { previewOf } from "../../normalise/preview.ts";
import { readSpan } from "../../normalise/wire-span.fixture.ts";

const scope = (name: string) => ({ scope: { ...wireSpanFixture().scope, name } });
const kind = (value: string) => ({ "openinference.span.kind": value });

test("names that the span's name alone tells", () => {
  const dspy = scope("openinference.instrumentation.dspy");
  expect(readSpan(kind("TOOL"), { ...dspy, name: "look.acall" }).tool).toEqual({ name: "look" });
  const smolagents = scope("openinference.instrumentation.smolagents");
  expect(readSpan(kind("AGENT"), { ...smolagents, name: "CodeAgent.run" }).agentName).toBe("CodeAgent");
});

test("an agent's tools are names", () => {
  const tools = (name: string, key: string) =>
    readSpan({ ...kind("AGENT"), [key]: ["f", "g"] }, scope(name)).tools.map((tool) => tool.name);
  expect(tools("openinference.instrumentation.smolagents", "smolagents.tools_names")).toEqual(["f", "g"]);
  expect(tools("openinference.instrumentation.agno", "agno.tools")).toEqual(["f", "g"]);
});

test("BeeAI: an event sent as a span is of no kind, and an error is no answer", () => {
  const beeai = scope("openinference.instrumentation.beeai");
  const event = { ...kind("LLM"), metadata: '{"path": "backend.openai.chat.error"}' };
  expect(readSpan(event, { ...beeai, name: "error" }).kind).toBe("UNKNOWN");
  expect(readSpan(event, { ...beeai, name: "OpenAIChatModel" }).kind).toBe("LLM");
  const failed = { ...kind("LLM"), "output.value": "ChatModelError: no" };
  const span = readSpan(failed, { ...beeai, statusCode: "ERROR" });
  expect([span.outputMessages, span.claimedKeys.includes("output.value")]).toEqual([[], false]);
  expect(readSpan(failed, beeai).outputMessages).toHaveLength(1);
});

test("Bedrock in JavaScript: the model is the one that was asked for, the cache lies beside the input", () => {
  const span = readSpan(
    {
      ...kind("LLM"),
      "llm.system": "anthropic",
      "llm.model_name": "anthropic",
      "input.value": JSON.stringify({ modelId: "us.anthropic.claude-x", messages: [] }),
      "output.value": JSON.stringify({ usage: { cacheReadInputTokens: 30 } }),
      "llm.token_count.prompt": 10,
      "llm.token_count.completion": 5,
      "llm.token_count.total": 45,
    },
    scope("@arizeai/openinference-instrumentation-bedrock"),
  );
  expect([span.requestModel, span.responseModel]).toEqual(["us.anthropic.claude-x", undefined]);
  expect(span.usage).toEqual({ inputTokens: 40, outputTokens: 5, totalTokens: 45, cacheReadTokens: 30 });
});

test("an embedder's tokens are in its answer only", () => {
  const used = (name: string, meta: unknown) =>
    readSpan({ ...kind("EMBEDDING"), "output.value": JSON.stringify({ meta }) }, scope(name)).usage;
  const usage = { prompt_tokens: 11, total_tokens: 11 };
  expect(used("openinference.instrumentation.haystack", { usage })).toEqual({
    inputTokens: 11,
    totalTokens: 11,
  });
  const billed = { billed_units: { input_tokens: 5 } };
  expect(used("openinference.instrumentation.cohere", billed)).toEqual({ inputTokens: 5 });
});

test("Bedrock: a model that embeds does not speak", () => {
  const called = { ...kind("LLM"), "llm.model_name": "amazon.titan-embed-text-v2:0" };
  expect(readSpan(called, scope("openinference.instrumentation.bedrock")).kind).toBe("EMBEDDING");
});

test("Haystack: the messages in what a pipeline is given, and gives back, are printed", () => {
  const printed = (role: string, text: string) =>
    `ChatMessage(_role=<ChatRole.${role.toUpperCase()}: '${role}'>, _content=[TextContent(text='${text}')], _name=None, _meta={})`;
  const span = readSpan(
    {
      ...kind("CHAIN"),
      "input.value": JSON.stringify({ data: { llm: { messages: [printed("user", "Hi")] } } }),
      "output.value": JSON.stringify({ llm: { replies: [printed("assistant", "Hoo.")] } }),
    },
    scope("openinference.instrumentation.haystack"),
  );
  expect(previewOf(span)).toEqual({ inputPreview: "Hi", outputPreview: "Hoo." });
  expect([span.inputMessages, span.outputMessages]).toEqual([
    [{ role: "user", parts: [{ type: "text", text: "Hi" }] }],
    [{ role: "assistant", parts: [{ type: "text", text: "Hoo." }] }],
  ]);
});

test("Strands: a tool's answer is the list of its parts, as Python prints it", () => {
  const answered = (value: string) =>
    readSpan({ ...kind("TOOL"), "output.value": value }, scope("strands.telemetry.tracer")).tool?.result;
  expect(answered("[{'json': {'city': 'Zürich', 'rain': True}}]")).toEqual({ city: "Zürich", rain: true });
  expect(answered("[{'text': '14 °C'}]")).toBe("14 °C");
  expect(answered("[{'json': <Weather>}]")).toBe("[{'json': <Weather>}]");
});

test("Bedrock's agents in JavaScript: what was asked is printed as Java does", () => {
  const span = readSpan(
    {
      ...kind("CHAIN"),
      "input.value": "[{text=Weather in Paris?, type=text}]",
      "input.mime_type": "text/plain",
    },
    scope("@arizeai/openinference-instrumentation-bedrock-agent"),
  );
  expect(previewOf(span).inputPreview).toBe("Weather in Paris?");
  expect(span.inputMessages).toEqual([
    { role: "user", parts: [{ type: "text", text: "Weather in Paris?" }] },
  ]);
});

test("a guardrail of OpenAI's agents says whether it fired; one with an output says more", () => {
  const found = (attributes: object) => readSpan({ ...kind("GUARDRAIL"), ...attributes }).output?.value;
  expect(found({ "guardrail.triggered": true })).toBe("triggered");
  expect(found({ "guardrail.triggered": false })).toBe("passed");
  expect(found({ "guardrail.triggered": true, "output.value": "no secrets" })).toBe("no secrets");
  expect(found({})).toBeUndefined();
});
