import type { SpanRow } from "@nightowl/model/api/span-row";
import { buildTree } from "@nightowl/model/trace/build-tree";
import { expect, test } from "vitest";
import { aiSpansOf, nearestAiSpan } from "./ai-spans.ts";

function row(spanId: string, parentSpanId: string | undefined, more: Partial<SpanRow> = {}): SpanRow {
  return {
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    name: spanId,
    kind: "UNKNOWN",
    startTimeNs: "1795000000000000000",
    endTimeNs: "1795000001000000000",
    statusCode: "UNSET",
    ...more,
  };
}

const tree = buildTree([
  row("request", undefined),
  row("middleware", "request"),
  row("agent", "middleware", { kind: "AGENT" }),
  row("pool", "agent"),
  row("http", "pool"),
  row("chat", "http", { kind: "LLM" }),
  row("failed", "pool", { statusCode: "ERROR" }),
  row("metered", "pool", { inputTokens: 3 }),
  row("billed", "pool", { costUsd: 0.1 }),
  row("orphan", "elsewhere", { startTimeNs: "1795000000500000000" }),
]);

test("what lies between the steps is left out, and each step hangs below the nearest", () => {
  const shown = buildTree(aiSpansOf(tree)).nodes;
  expect(shown.map(({ span, parent }) => [span.spanId, parent?.span.spanId])).toEqual([
    ["request", undefined],
    ["agent", "request"],
    ["billed", "agent"],
    ["chat", "agent"],
    ["failed", "agent"],
    ["metered", "agent"],
    ["orphan", undefined],
  ]);
});

test("a span that is left out is represented by the nearest above it", () => {
  expect(nearestAiSpan(tree.bySpanId.get("http"))?.span.spanId).toBe("agent");
  expect(nearestAiSpan(tree.bySpanId.get("chat"))?.span.spanId).toBe("chat");
  expect(nearestAiSpan(tree.bySpanId.get("middleware"))?.span.spanId).toBe("request");
});
