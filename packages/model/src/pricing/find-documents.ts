/** Shorter texts are found everywhere by chance. */
const MIN_DOCUMENT = 24;
/** How much of a document must be there: prompts often hold its beginning only. */
const HEAD = 120;
/** Documents of one trace that are looked for. */
const MAX_DOCUMENTS = 200;

const TAG =
  /<(documents?|context|sources?|passages?|excerpts?|chunks?|search_results|retrieved\w*|knowledge\w*)(?:\s[^<>]{0,200})?>/gi;
const HEADING =
  /^[#* \t]{0,6}(context|documents|passages|sources|excerpts|search results|retrieved \w+)[ \t]*[:*]{1,3}[ \t]*$/im;
const NEXT_HEADING = /^[#* \t]{0,6}(question|query|user|input|task|instructions?|answer)\b[^\n]{0,40}[:*]/im;

/**
 * Divides a text of a prompt into retrieved documents and the rest: by the documents that are known, else by tags
 * (`<context>…</context>`), else by a heading on a line of its own (`Passages:`) up to the next question or the end.
 */
export function findDocuments(text: string, known: readonly string[]): { documents: string; rest: string } {
  const ranges = [...knownRanges(text, known)];
  if (ranges.length === 0) ranges.push(...tagRanges(text));
  if (ranges.length === 0) ranges.push(...headingRange(text));
  if (ranges.length === 0) return { documents: "", rest: text };
  ranges.sort((a, b) => a[0] - b[0]);
  let documents = "";
  let rest = "";
  let at = 0;
  for (const [from, to] of ranges) {
    if (to <= at) continue;
    rest += text.slice(at, Math.max(at, from));
    documents += text.slice(Math.max(at, from), to);
    at = to;
  }
  return { documents, rest: rest + text.slice(at) };
}

type Range = [from: number, to: number];

function* knownRanges(text: string, known: readonly string[]): Iterable<Range> {
  for (const document of known.slice(0, MAX_DOCUMENTS)) {
    if (document.length < MIN_DOCUMENT || text.length < MIN_DOCUMENT) continue;
    const from = text.indexOf(document.slice(0, HEAD));
    if (from < 0) continue;
    let to = from + Math.min(HEAD, document.length);
    while (to < text.length && to - from < document.length && text[to] === document[to - from]) to++;
    yield [from, to];
  }
}

function* tagRanges(text: string): Iterable<Range> {
  if (!text.includes("</")) return;
  const unclosed = new Set<string>();
  let end = 0;
  for (const match of text.matchAll(TAG)) {
    const name = match[1] ?? "";
    if (match.index < end || unclosed.has(name)) continue;
    const close = text.indexOf(`</${name}>`, match.index);
    if (close < 0) {
      unclosed.add(name);
      continue;
    }
    end = close + name.length + 3;
    yield [match.index, end];
  }
}

function* headingRange(text: string): Iterable<Range> {
  const heading = HEADING.exec(text);
  if (!heading) return;
  const from = heading.index + heading[0].length;
  const next = NEXT_HEADING.exec(text.slice(from));
  yield [from, next ? from + next.index : text.length];
}
