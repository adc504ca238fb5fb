import type { Document } from "@nightowl/model/span/span";
import { rankMoves } from "@nightowl/model/retrieval/rank-moves";

/** A document's way through a reranker. Ranks are 1-based; `after` is absent for one that was dropped, `before` for a new one. */
export interface RankSlope {
  name: string;
  before?: number;
  after?: number;
  way: "up" | "down" | "same" | "new" | "dropped";
}

/** Every document that went in or came out, those that came out first, in their order. */
export function rankSlopes(input: readonly Document[], output: readonly Document[]): RankSlope[] {
  const moves = rankMoves(input, output);
  const kept = new Set(moves.map(({ before }) => before));
  return [
    ...moves.map(({ document, before, gained = 0 }): RankSlope => {
      const name = nameOf(document);
      if (before === undefined) return { name, after: document.rank, way: "new" };
      return { name, before, after: document.rank, way: gained > 0 ? "up" : gained < 0 ? "down" : "same" };
    }),
    ...input
      .filter(({ rank }) => !kept.has(rank))
      .map((document): RankSlope => ({ name: nameOf(document), before: document.rank, way: "dropped" })),
  ];
}

function nameOf({ id, text, rank }: Document): string {
  return id ?? (text === undefined ? `document ${rank}` : text.slice(0, 60));
}
