import { describe, expect, test } from "vitest";
import { previewOf } from "../normalise/preview.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

describe("AG2", () => {
  const usage = {
    "ag2.span.type": "usage",
    "gen_ai.response.model": "gpt-4o-mini",
    "gen_ai.usage.input_tokens": 1217,
    "gen_ai.usage.output_tokens": 38,
    "gen_ai.usage.thinking_tokens": 16,
  };

  test.each([
    ["model_call", "CHAIN"],
    ["subtask", "CHAIN"],
    ["compaction", "LLM"],
    ["aggregation", "LLM"],
  ])("a record of the usage of a %s is of kind %s", (kind, expected) => {
    const span = readSpan({ ...usage, "ag2.usage.kind": kind, "ag2.usage.label": "Worker" });
    expect(span).toMatchObject({
      kind: expected,
      agentName: "Worker",
      usage: { inputTokens: 1217, outputTokens: 38, reasoningTokens: 16 },
    });
  });

  test.each([
    ["conversation", "CHAIN"],
    ["multi_conversation", "CHAIN"],
    ["speaker_selection", "CHAIN"],
    ["envelope", "CHAIN"],
    ["code_execution", "TOOL"],
    ["agent", "AGENT"],
    ["llm", "LLM"],
    ["tool", "TOOL"],
  ])("a span of type %s is of kind %s, whatever model it names", (type, kind) => {
    const attributes = { "ag2.span.type": type, "gen_ai.request.model": "gpt-4o-mini" };
    expect(readSpan(attributes).kind).toBe(kind);
  });

  test("what a person was asked and answered", () => {
    const span = readSpan({
      "ag2.span.type": "human_input",
      "gen_ai.operation.name": "await_human_input",
      "ag2.human_input.prompt": "Go on?",
      "ag2.human_input.response": "yes",
    });
    expect(span).toMatchObject({ kind: "CHAIN", input: { value: "Go on?" }, output: { value: "yes" } });
  });

  test("what was said last is what came of a conversation, whoever it is by for the one who tells of it", () => {
    const said = (role: string, content: string) => ({ role, parts: [{ type: "text", content }] });
    const output = [said("assistant", "Weather?"), said("user", "14 °C")];
    const span = readSpan({
      "ag2.span.type": "conversation",
      "gen_ai.operation.name": "conversation",
      "gen_ai.output.messages": JSON.stringify(output),
    });
    expect(previewOf(span).outputPreview).toBe("14 °C");
    expect(span.outputMessages).toHaveLength(2);
  });
});
