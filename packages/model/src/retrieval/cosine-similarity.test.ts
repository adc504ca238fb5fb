import { expect, it } from "vitest";
import { cosineSimilarity } from "./cosine-similarity.ts";

it("is the cosine of the angle between two vectors", () => {
  expect(cosineSimilarity([1, 0], [1, 1])).toBeCloseTo(Math.SQRT1_2, 12);
  // (1·4 + 2·0 + 2·3) / (3 · 5)
  expect(cosineSimilarity([1, 2, 2], [4, 0, 3])).toBeCloseTo(10 / 15, 12);
  expect(cosineSimilarity([2, 0], [-7, 0])).toBe(-1);
  expect(cosineSimilarity([0.1, 0.3], [0.1, 0.3])).toBe(1);
});

it("is not known of vectors of two lengths, of none, and of nothing but zeros", () => {
  expect(cosineSimilarity([1], [1, 2])).toBeUndefined();
  expect(cosineSimilarity([], [])).toBeUndefined();
  expect(cosineSimilarity([0, 0], [1, 1])).toBeUndefined();
});
