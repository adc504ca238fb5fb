import type { Annotation } from "@nightowl/model/annotation/annotation";
import { expect, it } from "vitest";
import { annotationsOf, annotationTotals, formatScore, parseScore } from "./annotations.ts";

const annotation = (fields: Partial<Annotation>): Annotation => ({
  id: "0".repeat(32),
  target: { kind: "span", spanId: "a" },
  name: "factuality",
  annotatorKind: "LLM",
  result: { label: null, score: null, explanation: null },
  metadata: {},
  identifier: "",
  source: "API",
  createdAtNs: "1",
  updatedAtNs: "1",
  ...fields,
});
const result = (score: number | null, label: string | null = null) => ({ score, label, explanation: null });

it("a span shows its own and its documents'; the root also the trace's and the session's", () => {
  const own = annotation({});
  const document = annotation({ target: { kind: "document", spanId: "a", position: 0 } });
  const other = annotation({ target: { kind: "span", spanId: "b" } });
  const trace = annotation({ target: { kind: "trace", traceId: "t" } });
  const session = annotation({ target: { kind: "session", sessionId: "s" } });
  const all = [own, document, other, trace, session];
  expect(annotationsOf(all, { spanId: "a", isRoot: false })).toEqual([own, document]);
  expect(annotationsOf(all, { spanId: "b", isRoot: true })).toEqual([other, trace, session]);
});

it("totals are means of scores, and the most frequent label", () => {
  expect(
    annotationTotals([
      annotation({ result: result(1, "good") }),
      annotation({ result: result(0.5, "bad") }),
      annotation({ result: result(null, "bad") }),
      annotation({ name: "tone", result: result(null, "polite") }),
    ]),
  ).toEqual([
    { name: "factuality", count: 3, meanScore: 0.75, label: "bad" },
    { name: "tone", count: 1, meanScore: undefined, label: "polite" },
  ]);
});

it.each([
  ["0.5", 0.5],
  [" 0,5 ", 0.5],
  ["-1", -1],
  ["", null],
  ["high", undefined],
])("a score typed as %j is %s", (text, score) => {
  expect(parseScore(text)).toBe(score);
});

it("scores have two digits behind the point at most", () => {
  expect([1, 0.333333, 0.9, -0.5].map(formatScore)).toEqual(["1", "0.33", "0.9", "-0.5"]);
});
