import { expect, test } from "vitest";
import { readSpan } from "../normalise/wire-span.fixture.ts";

test("nodes and subgraphs of an agent's strategy, also under older names", () => {
  expect(readSpan({ "koog.subgraph.id": "plan", "koog.subgraph.input": '"hi"' })).toMatchObject({
    kind: "CHAIN",
    graphNode: { id: "plan", name: "plan" },
    input: { value: "hi" },
  });
  expect(readSpan({ "koog.node.name": "nodeCallLLM" }).graphNode).toEqual({
    id: "nodeCallLLM",
    name: "nodeCallLLM",
  });
  expect(readSpan({ "koog.strategy.name": "single_run" })).toMatchObject({
    kind: "CHAIN",
    graphNode: undefined,
  });
});

test("reasons without quotes, and instructions without a prefix", () => {
  const span = readSpan({
    "koog.event.id": "1",
    "gen_ai.operation.name": "chat",
    "gen_ai.response.finish_reasons": "[tool_calls, stop]",
    "gen_ai.input.messages":
      '[{"role":"tool","parts":[]},{"role":"User","parts":[{"type":"text","content":"hi"}]}]',
    system_instructions: '[{"type":"text","content":"Be brief."}]',
  });
  expect(span.finishReasons).toEqual(["tool_calls", "stop"]);
  expect(span.inputMessages).toEqual([
    { role: "system", parts: [{ type: "text", text: "Be brief." }] },
    { role: "user", parts: [{ type: "text", text: "hi" }] },
  ]);
});
