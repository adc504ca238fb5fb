import { expect, test } from "vitest";
import type { AccountedRow } from "./call-facts.ts";
import { buildTree } from "./build-tree.ts";
import { countUsage } from "./count-usage.ts";

function row(
  spanId: string,
  [start, end]: [number, number],
  tokens: [number, number] | null,
  rest: Partial<AccountedRow> = {},
): AccountedRow {
  const [inputTokens, outputTokens] = tokens ?? [];
  return {
    spanId,
    name: "chat",
    kind: "LLM",
    startTimeNs: `1795220650${String(start).padStart(9, "0")}`,
    endTimeNs: `1795220650${String(end).padStart(9, "0")}`,
    statusCode: "UNSET",
    ...(inputTokens === undefined || outputTokens === undefined ? {} : { inputTokens, outputTokens }),
    ...(spanId === "loop" ? {} : { parentSpanId: "loop" }),
    ...rest,
  };
}

const loop = row("loop", [0, 100], null, { kind: "CHAIN", cumulativeUsage: true });

function ownTokens(rows: AccountedRow[]): Record<string, (number | undefined)[]> {
  const { nodes } = buildTree(rows);
  return Object.fromEntries(
    nodes
      .filter(({ span }) => span.kind === "LLM")
      .map(({ span }) => [span.spanId, [span.inputTokens, span.outputTokens]]),
  );
}

test("each call of a loop has what it reports beyond the one before", () => {
  const rows = [
    loop,
    row("a", [1, 10], [1217, 38]),
    row("tool", [11, 20], null, { kind: "TOOL" }),
    row("b", [21, 30], [2519, 99], {
      call: { usage: { inputTokens: 2519, outputTokens: 99, cacheReadTokens: 5 } },
    }),
    row("failed", [31, 32], null),
    row("c", [33, 40], [3919, 110]),
  ];
  expect(ownTokens(rows)).toEqual({
    a: [1217, 38],
    b: [1302, 61],
    failed: [undefined, undefined],
    c: [1400, 11],
  });
  expect(countUsage(rows)).toMatchObject({ inputTokens: 3919, outputTokens: 110, llmCount: 4 });
  const priced = buildTree(rows).bySpanId.get("b")?.span as AccountedRow;
  expect(priced.call?.usage).toEqual({ inputTokens: 1302, outputTokens: 61, cacheReadTokens: 5 });
  // What was given is not touched.
  expect(rows[3]).toMatchObject({ inputTokens: 2519, call: { usage: { inputTokens: 2519 } } });
});

test("what cannot be the next of a loop stays as it was reported", () => {
  const asReported = (...rows: AccountedRow[]) => {
    const reported = rows.map(({ spanId, inputTokens, outputTokens }) => [
      spanId,
      [inputTokens, outputTokens],
    ]);
    expect(ownTokens([loop, ...rows])).toEqual(Object.fromEntries(reported));
  };
  // Its provider's tokens are not summed up: the prompt only grew.
  asReported(row("a", [1, 10], [1217, 38]), row("b", [21, 30], [1302, 61]));
  asReported(row("a", [1, 10], [100, 38]), row("b", [21, 30], [250, 20]));
  // At the same time.
  asReported(row("a", [1, 10], [1217, 38]), row("b", [9, 30], [2519, 99]));
  const plain: AccountedRow = { ...loop };
  delete plain.cumulativeUsage;
  expect(ownTokens([plain, row("a", [1, 10], [1217, 38]), row("b", [21, 30], [2519, 99])])["b"]).toEqual([
    2519, 99,
  ]);
});

test("a call of another loop is none of this one", () => {
  const second = row("second", [101, 200], null, { kind: "CHAIN", cumulativeUsage: true });
  delete second.parentSpanId;
  const rows = [
    loop,
    second,
    row("a", [1, 10], [100, 1]),
    row("b", [110, 120], [300, 2], { parentSpanId: "second" }),
  ];
  expect(ownTokens(rows)).toEqual({ a: [100, 1], b: [300, 2] });
});
