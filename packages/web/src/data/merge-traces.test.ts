import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import { expect, test } from "vitest";
import { mergeTraces } from "./merge-traces.ts";

const trace = (traceId: string, startTimeNs: string, name = traceId) =>
  ({ traceId, startTimeNs, name }) as TraceSummary;
const over = (...rows: TraceSummary[]) => new Map(rows.map((row) => [row.traceId, row]));
const rows = [trace("c", "300"), trace("b", "200"), trace("a", "100")];

test("new ones stand by their start, also late ones", () => {
  const merged = mergeTraces(rows, over(trace("bb", "250"), trace("z", "50"), trace("d", "1000")));
  expect(merged.map(({ traceId }) => traceId)).toEqual(["d", "c", "bb", "b", "a", "z"]);
});

test("known ones are replaced where they stand", () => {
  const merged = mergeTraces(rows, over(trace("b", "200", "ended")));
  expect(merged.map(({ name }) => name)).toEqual(["c", "ended", "a"]);
});

test("starts are compared as numbers, not as text", () => {
  const merged = mergeTraces([trace("x", "1000"), trace("y", "90")], over(trace("n", "200")));
  expect(merged.map(({ traceId }) => traceId)).toEqual(["x", "n", "y"]);
});

test("nothing newer gives the very same list", () => expect(mergeTraces(rows, new Map())).toBe(rows));
