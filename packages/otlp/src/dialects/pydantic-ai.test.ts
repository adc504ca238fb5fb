import { expect, test } from "vitest";
import { previewOf } from "../normalise/preview.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const scope = { name: "pydantic-ai", version: "", attributes: {}, droppedAttributesCount: 0, schemaUrl: "" };

function run(result: unknown) {
  const call = { type: "tool_call", id: "c1", name: "drop", arguments: "{}" };
  const messages = [
    { role: "user", parts: [{ type: "text", content: "Drop it" }] },
    { role: "assistant", parts: [call] },
  ];
  const attributes = {
    "gen_ai.operation.name": "invoke_agent",
    agent_name: "careful",
    model_name: "gpt-4o-mini",
    "pydantic_ai.all_messages": JSON.stringify(messages),
    final_result: typeof result === "string" ? result : JSON.stringify(result),
  };
  return readSpan(attributes, { scope });
}

const call = { tool_name: "drop", args: '{"table":"t"}', tool_call_id: "c1", part_kind: "tool-call" };

test("a run that waits for somebody's approval asks for it, and has no result", () => {
  const span = run({ calls: [], approvals: [call], metadata: { c1: { reason: "It cannot be undone." } } });
  expect(span.output).toBeUndefined();
  expect(span.outputMessages.at(-1)?.parts).toEqual([
    {
      type: "raw",
      value: {
        type: "tool-approval-request",
        ...call,
        metadata: { reason: "It cannot be undone." },
        reason: "It cannot be undone.",
      },
    },
  ]);
  expect(previewOf(span).outputPreview).toBe(
    'Asked for approval of drop({"table":"t"}): It cannot be undone.',
  );
});

test("calls that are made elsewhere are the run's last word", () => {
  const span = run({ calls: [call], approvals: [], metadata: {} });
  expect(span.outputMessages).toHaveLength(1);
  expect(previewOf(span).outputPreview).toBe("drop()");
});

test.each(["done", { calls: [], approvals: 3, metadata: {} }, { calls: [] }])(
  "any other result is one: %j",
  (result) => {
    expect(run(result).output?.value).toBe(typeof result === "string" ? result : JSON.stringify(result));
  },
);
