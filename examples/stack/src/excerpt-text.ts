import { listTerms } from "./terms.ts";

const EXCERPT_CHARS = 360;

/**
 * The part of a passage that says most about a query, cut between lines where it can be: at most 360 characters, with
 * `…` where text is left out. A passage that is not longer comes whole.
 */
export function excerptText(text: string, query: string): string {
  if (text.length <= EXCERPT_CHARS) return text;
  const terms = new Set(listTerms(query));
  const lines = text.split("\n");
  let best = { excerpt: "", found: -1 };
  for (let from = 0; from < lines.length; from++) {
    const rest = lines.slice(from).join("\n");
    const excerpt = `${from > 0 ? "…\n" : ""}${cutText(rest)}`;
    const found = new Set(listTerms(excerpt).filter((term) => terms.has(term))).size;
    if (found > best.found) best = { excerpt, found };
  }
  return best.excerpt;
}

function cutText(text: string): string {
  if (text.length <= EXCERPT_CHARS) return text;
  return `${text.slice(0, EXCERPT_CHARS).replace(/\s+\S*$/, "")}…`;
}
