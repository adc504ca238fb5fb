import type { Document } from "../span/span.ts";

/** A document of a reranker's output and where it stood before. `before` is absent for one that was not in the input. */
export interface RankMove {
  document: Document;
  before?: number;
  /** Ranks gained: 3 → 1 is +2. */
  gained?: number;
}

/** Where each document that a reranker returned stood in what it was given: by id, else by text. */
export function rankMoves(input: readonly Document[], output: readonly Document[]): RankMove[] {
  const byId = new Map<string, number>();
  const byText = new Map<string, number>();
  for (const document of input) {
    if (document.id !== undefined && !byId.has(document.id)) byId.set(document.id, document.rank);
    if (document.text !== undefined && !byText.has(document.text)) byText.set(document.text, document.rank);
  }
  return output.map((document) => {
    const before =
      (document.id === undefined ? undefined : byId.get(document.id)) ??
      (document.text === undefined ? undefined : byText.get(document.text));
    return before === undefined ? { document } : { document, before, gained: before - document.rank };
  });
}
