import { describe, expect, it } from "vitest";
import { coverTerms, measureProximity, rerank } from "./rerank.ts";

describe("rerank", () => {
  const score = (query: string, candidate: { title?: string; text: string; similarity?: number }): number =>
    rerank(query, [{ title: "", similarity: 0, ...candidate }])[0] as number;

  it("prefers a text that has more of the query's terms, in any form", () => {
    const query = "delete old spans";
    expect(score(query, { text: "Old spans are deleted." })).toBeGreaterThan(
      score(query, { text: "Old spans are kept." }),
    );
  });

  it("prefers terms that stand together, terms in the title, and a nearer sentence", () => {
    const query = "data folder";
    const text = "The data lies within some other folder.";
    expect(score(query, { text: "The data folder, and what is in it." })).toBeGreaterThan(
      score(query, { text }),
    );
    expect(score(query, { text, title: "The data folder" })).toBeGreaterThan(score(query, { text }));
    expect(score(query, { text, similarity: 0.9 })).toBeGreaterThan(score(query, { text, similarity: 0.1 }));
  });

  it("stays between 0 and 1", () => {
    expect(score("owl", { text: "owl", title: "owl", similarity: 1 })).toBeLessThanOrEqual(1);
    expect(score("", { text: "", similarity: -1 })).toBe(0);
  });
});

it("weighs terms as it is told", () => {
  const weigh = (term: string): number => (term === "rare" ? 3 : 1);
  expect(coverTerms(["rare", "usual"], new Set(["rare"]), weigh)).toBe(0.75);
});

it.each([
  [["a", "b"], ["a", "b"], 1],
  [["a", "b"], ["a", "x", "x", "b"], 0.5],
  [["a", "b"], ["a", "x", "x", "b", "a"], 1],
  [["a", "b"], ["a", "x"], 0],
  [["a", "b", "c"], ["c", "a", "c", "b", "x", "c"], 1],
])("measures how close %j are in %j: %d", (terms, words, proximity) => {
  expect(measureProximity(terms, words)).toBe(proximity);
});
