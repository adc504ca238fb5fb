import { expect, it } from "vitest";
import { createRandom } from "../random.ts";
import { retrieve } from "./retrieve.ts";

const random = createRandom(3);
const QUERY = "ports 6006 4317 4318 listens on";
const helpful = ["configuration#ports", "configuration#addresses"];

it("puts what helps on top, with scores that fall and ranks from before the reranking", () => {
  const { candidates, found } = retrieve(QUERY, { helpful, topK: 5, misses: false, random });
  expect(candidates).toHaveLength(10);
  expect(found).toHaveLength(5);
  expect(found[0]).toMatchObject({ helps: true });
  expect(candidates.map(({ fusedRank }) => fusedRank)).toEqual(
    Array.from({ length: 10 }, (_, index) => index + 1),
  );
  for (const [list, scoreOf] of [
    [candidates, (hit: (typeof candidates)[0]) => hit.fusedScore],
    [found, (hit: (typeof found)[0]) => hit.rerankScore],
  ] as const) {
    const scores = list.map(scoreOf);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  }
});

it("moves passages when it reranks", () => {
  const moved = Array.from({ length: 20 }, () =>
    retrieve(QUERY, { helpful, topK: 5, misses: false, random }),
  ).filter(({ found }) => found.some(({ fusedRank }, index) => fusedRank !== index + 1));
  expect(moved.length).toBeGreaterThan(10);
});

it("finds copies beside what they were copied from", () => {
  const { found } = retrieve(QUERY, { helpful, topK: 5, misses: false, random });
  const ids = found.map(({ passage }) => passage.id);
  expect(ids).toEqual(expect.arrayContaining(["configuration#ports", "site#ports"]));
});

it("leaves out what helps when the query misses it, and scores low", () => {
  const { candidates, found } = retrieve(QUERY, { helpful, topK: 5, misses: true, random });
  expect(candidates.some(({ helps }) => helps)).toBe(false);
  expect(found[0]?.rerankScore).toBeLessThan(0.6);
});
