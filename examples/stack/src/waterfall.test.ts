import { expect, it } from "vitest";
import { printWaterfall, type WaterfallSpan } from "./waterfall.ts";

const span = (
  spanId: string,
  parentSpanId: string | undefined,
  more: Partial<WaterfallSpan> = {},
): WaterfallSpan => ({
  spanId,
  parentSpanId,
  name: spanId,
  startMs: 1000,
  durationMs: 100,
  isError: false,
  note: "",
  ...more,
});

it("draws spans below their parents, by start, with a bar for when they ran", () => {
  const text = printWaterfall([
    span("late", "root", { startMs: 1050, durationMs: 50, isError: true }),
    span("early", "root", { durationMs: 50, note: "12 + 3 tokens" }),
    span("root", undefined),
    span("inner", "early", { durationMs: 25 }),
  ]);
  expect(text.split("\n")).toEqual([
    `root        100 ms  ${"█".repeat(32)}`,
    `  early      50 ms  ${"█".repeat(16)}${" ".repeat(16)}  12 + 3 tokens`,
    `    inner    25 ms  ${"█".repeat(8)}`,
    `  late       50 ms  ${" ".repeat(16)}${"█".repeat(16)}  ✗ failed`,
  ]);
});

it("shows every span: one whose parent is elsewhere, and one that took no time", () => {
  const text = printWaterfall([
    span("orphan", "gone"),
    span("dot", "orphan", { startMs: 1100, durationMs: 0 }),
  ]);
  expect(text).toMatch(/^orphan .*\n {2}dot +0 ms +█$/);
});
