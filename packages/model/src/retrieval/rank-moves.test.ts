import { expect, it } from "vitest";
import { rankMoves } from "./rank-moves.ts";

it("documents are followed through a reranker by id, else by text", () => {
  const moves = rankMoves(
    [
      { id: "a", rank: 1 },
      { text: "t", rank: 2 },
      { id: "c", rank: 3 },
    ],
    [
      { id: "c", rank: 1 },
      { text: "t", rank: 2 },
      { id: "new", rank: 3 },
    ],
  );
  expect(moves.map((move) => [move.before, move.gained])).toEqual([
    [3, 2],
    [2, 0],
    [undefined, undefined],
  ]);
});
