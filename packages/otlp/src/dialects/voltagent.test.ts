import { expect, test } from "vitest";
import type { Attributes } from "@nightowl/model/span/attributes";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readAnnotations } from "../normalise/read-annotations.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const OWN = { "entity.type": "agent", "entity.id": "a", "entity.name": "Alice" };
const read = (attributes: Attributes) => readSpan({ ...OWN, ...attributes });

test.each([
  [{}, "AGENT"],
  [{ "entity.type": "workflow" }, "CHAIN"],
  [{ "span.type": "workflow-step", "entity.type": "workflow" }, "CHAIN"],
  [{ "span.type": "llm" }, "LLM"],
  [{ "span.type": "tool" }, "TOOL"],
  [{ "span.type": "retriever" }, "RETRIEVER"],
  [{ "span.type": "guardrail" }, "GUARDRAIL"],
  [{ "span.type": "scorer" }, "EVALUATOR"],
  [{ "span.type": "memory" }, "CHAIN"],
  [{ "span.type": "vector" }, "RETRIEVER"],
])("%j is %s", (attributes: Attributes, kind) => expect(read(attributes).kind).toBe(kind));

test("a search of the memory says what it embeds, and by which model", () => {
  const input = JSON.stringify({ query: "rain?", userId: "ada", model: "text-embedding-3-small" });
  const span = read({ "span.type": "embedding", input, output: 3 });
  expect(span).toMatchObject({
    requestModel: "text-embedding-3-small",
    embeddings: [{ text: "rain?", dimensions: 3 }],
  });
  expect(read({ "span.type": "embedding", input: "rain?" }).embeddings).toEqual([{ text: "rain?" }]);
});

test("a call: its model, messages, tokens and cost", () => {
  const span = read({
    "span.type": "llm",
    "llm.model": "anthropic/claude-sonnet-4-5",
    "llm.provider": "anthropic",
    "llm.messages": '[{"role":"user","content":"hi"}]',
    "llm.tools": "f,g",
    "llm.temperature": 0.2,
    "llm.stream": true,
    "llm.usage.prompt_tokens": 2000,
    "llm.usage.completion_tokens": 21,
    "llm.usage.cached_tokens": 192,
    "llm.finish_reason": "tool-calls",
    "usage.cost": 0.5,
    "prompt.name": "greet",
    "prompt.version": 3,
  });
  expect(span).toMatchObject({
    provider: "anthropic",
    requestModel: "anthropic/claude-sonnet-4-5",
    streaming: true,
    usage: { inputTokens: 2000, outputTokens: 21, cacheReadTokens: 192 },
    cost: { source: "reported", costUsd: 0.5 },
    finishReasons: ["tool_calls"],
    promptTemplate: { name: "greet", version: "3" },
    invocationParameters: { temperature: 0.2 },
  });
  expect(span.tools.map((tool) => tool.name)).toEqual(["f", "g"]);
  expect(span.notes.map((note) => note.code)).toEqual(["partial_usage"]);
});

test("an agent: its instructions before its messages; a subagent by its own name", () => {
  const span = read({
    "agent.instructions": "Be terse.",
    "agent.messages": '[{"role":"user","content":"hi"}]',
    "conversation.id": "s",
    "subagent.name": "Bob",
    output: "Hello.",
  });
  expect(span.inputMessages.map(describeMessage)).toEqual([
    { role: "system", text: "Be terse." },
    { role: "user", text: "hi" },
  ]);
  expect(span.outputMessages.map(describeMessage)).toEqual([{ role: "assistant", text: "Hello." }]);
  expect(span).toMatchObject({ displayName: "Bob", agentName: "Bob", sessionId: "s" });
});

test("a guardrail: what it was given, and what it made of it", () => {
  const changed = read({
    "span.type": "guardrail",
    "guardrail.output.original": "a ☂",
    "guardrail.output.current": "an ☂",
    "guardrail.output.after": "an umbrella",
  });
  expect(changed).toMatchObject({ input: { value: "an ☂" }, output: { value: "an umbrella" } });
  const blocked = read({
    "span.type": "guardrail",
    "guardrail.input.original": "secret",
    "guardrail.message": "No.",
  });
  expect(blocked).toMatchObject({ input: { value: "secret" }, output: { value: "No." } });
});

test("a search of the memory, and the embedding of its question", () => {
  const found = [{ id: "m", role: "user", parts: [{ type: "text", text: "hi" }], metadata: {} }];
  const search = read({ "span.type": "vector", input: "what?", output: JSON.stringify(found) });
  expect(search.query).toBe("what?");
  expect(search.documents).toEqual([{ id: "m", text: "hi", rank: 1, metadata: { role: "user" } }]);
  expect(read({ "span.type": "embedding", input: "what?", output: "3" }).embeddings).toEqual([
    { text: "what?", dimensions: 3 },
  ]);
});

test("the names of the tools that an agent has", () => {
  expect(read({ "span.type": "agent", "agent.tools": '["f","g"]' }).tools.map(({ name }) => name)).toEqual([
    "f",
    "g",
  ]);
});

test("a tool was called with its input: its parameters are the schema", () => {
  const tool = readSpan({
    "span.type": "tool",
    "entity.type": "agent",
    "entity.id": "a",
    "tool.name": "f",
    "tool.parameters": '{"_def":{"typeName":"ZodObject"},"_cached":{"keys":["city"]}}',
    input: '{"city":"Oslo"}',
  }).tool;
  expect(tool).toMatchObject({ name: "f", arguments: { city: "Oslo" } });
});

const SCORER = {
  "span.type": "scorer",
  "eval.source.span_id": "c0308f8cf248332f",
  "eval.scorer.id": "polite",
  "eval.scorer.name": "Politeness",
  "eval.input": "Whom do I call?",
  "eval.output": "Call 0441.",
};

test("a live scorer's score is a verdict on the agent's run that it looked at", () => {
  const span = read({
    ...SCORER,
    "eval.expected": "Please call 0441.",
    "eval.scorer.score": 0.25,
    "eval.scorer.threshold_passed": false,
    "eval.scorer.metadata": '{"input":"…","scorer":{"reason":"No »please«."}}',
  });
  expect(JSON.parse(span.input?.value ?? "")).toEqual({
    input: "Whom do I call?",
    output: "Call 0441.",
    expected: "Please call 0441.",
  });
  expect(JSON.parse(span.output?.value ?? "")).toEqual({ score: 0.25, reason: "No »please«." });
  expect(readAnnotations(span)).toEqual([
    {
      target: { kind: "span", spanId: "c0308f8cf248332f" },
      name: "Politeness",
      annotatorKind: "CODE",
      result: { label: "fail", score: 0.25, explanation: "No »please«." },
      metadata: {},
      identifier: "",
    },
  ]);
});

test("a scorer without a threshold gives no label, a judge is a model, and one that failed gives nothing", () => {
  const judged = read({ ...SCORER, "eval.scorer.score": 1, "ai.model.name": "openai/gpt-4o" });
  expect(readAnnotations(judged)).toMatchObject([
    { annotatorKind: "LLM", result: { label: null, score: 1, explanation: null } },
  ]);
  const failed = read(SCORER);
  expect([failed.output, readAnnotations(failed)]).toEqual([undefined, []]);
  expect(readAnnotations(read({ ...SCORER, "eval.scorer.score": 1, "eval.source.span_id": "x" }))).toEqual(
    [],
  );
});
