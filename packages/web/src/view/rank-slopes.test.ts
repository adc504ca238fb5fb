import { expect, it } from "vitest";
import { rankSlopes } from "./rank-slopes.ts";

it("tells every document's way through a reranker: up, down, in its place, dropped or new", () => {
  const input = ["a", "b", "c", "d"].map((id, index) => ({ id, rank: index + 1 }));
  const output = ["c", "b", "a", "x"].map((id, index) => ({ id, rank: index + 1 }));
  expect(rankSlopes(input, output)).toEqual([
    { name: "c", before: 3, after: 1, way: "up" },
    { name: "b", before: 2, after: 2, way: "same" },
    { name: "a", before: 1, after: 3, way: "down" },
    { name: "x", after: 4, way: "new" },
    { name: "d", before: 4, way: "dropped" },
  ]);
});
