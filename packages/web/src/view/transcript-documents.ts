/** How long a document's score bar is, 0–1: scores within 0–1 as they are, others between the list's ends. */
export function scoreShare(score: number, scores: readonly number[]): number {
  const max = Math.max(...scores);
  const min = Math.min(...scores);
  if (min >= 0 && max <= 1) return Math.max(0.02, score);
  if (max === min) return 1;
  return Math.max(0.02, (score - Math.min(0, min)) / (max - Math.min(0, min)));
}

/** What can be said of scores without knowing who gave them, in rank order. */
export function scoreMeaning(scores: readonly number[]): string {
  const [first, last] = [scores[0], scores.at(-1)];
  if (first === undefined || last === undefined) return "no scores";
  if (first < last) return "scores grow with the rank, as distances do: lower is better";
  return scores.every((score) => score >= 0 && score <= 1)
    ? "scores from 0 to 1"
    : "scores on a scale of the retriever's own";
}

/** A piece of a text; `hit` where it is a word of the query. */
export interface MarkedPiece {
  text: string;
  hit: boolean;
}

const COMMON_WORDS = new Set(
  "the and for are was were with that this from have has had not but you your our can what which who how why when where does did its into than then them they will would about also any all a an of to in is it on or be by as at do i we me my so if no".split(
    " ",
  ),
);

/** The words of a query that are worth marking: letters and digits, lower case, without the common ones. */
export function queryWords(query: string): string[] {
  const words =
    query
      .slice(0, 2000)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(words.filter((word) => word.length > 1 && !COMMON_WORDS.has(word)))].slice(0, 40);
}

/** Cuts a text at the words of a query, for marking them: whole words and their beginnings (`database` in `databases`). */
export function markWords(text: string, words: readonly string[]): MarkedPiece[] {
  if (words.length === 0 || text === "") return text === "" ? [] : [{ text, hit: false }];
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${escaped.join("|")})`, "giu");
  const pieces: MarkedPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), hit: false });
    pieces.push({ text: match[0], hit: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), hit: false });
  return pieces;
}
