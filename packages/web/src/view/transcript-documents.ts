import type { Document } from "@nightowl/model/span/span";

const TEXT_KEYS = [
  "text",
  "content",
  "page_content",
  "pageContent",
  "snippet",
  "body",
  "chunk",
  "passage",
  "document",
];
const LIST_KEYS = [
  "documents",
  "results",
  "matches",
  "chunks",
  "hits",
  "passages",
  "docs",
  "data",
  "sources",
];
const SCORE_KEYS = ["score", "relevance_score", "relevanceScore", "similarity", "_score"];
const ID_KEYS = ["id", "document_id", "doc_id", "chunk_id", "url", "source", "title"];

/**
 * The documents in a tool's result, where it looks like a list of documents: every item an object with
 * a text and something that names or weighs it. Else `undefined`: a list of anything else is no retrieval.
 * Accepts the list itself, or an object that holds it under a usual name.
 */
export function findDocuments(result: unknown): Document[] | undefined {
  const list = findList(result);
  if (!list || list.length === 0 || list.length > 500) return undefined;
  const documents: Document[] = [];
  for (const [index, item] of list.entries()) {
    const document = readDocument(item, index + 1);
    if (!document) return undefined;
    documents.push(document);
  }
  return documents;
}

function findList(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (!isRecord(value)) return undefined;
  for (const key of LIST_KEYS) {
    const list = value[key];
    if (Array.isArray(list)) return list;
  }
  return undefined;
}

function readDocument(item: unknown, rank: number): Document | undefined {
  if (!isRecord(item)) return undefined;
  const wrapped = item["document"];
  // `{document: {...}, score}`: the text lies one level down, the score beside it.
  const source = isRecord(wrapped) ? { ...wrapped, ...item } : item;
  const text = firstText(source, TEXT_KEYS);
  const score = firstNumber(source, SCORE_KEYS);
  const id = firstText(source, ID_KEYS);
  if (text === undefined || (score === undefined && id === undefined && !isRecord(source["metadata"]))) {
    return undefined;
  }
  const document: Document = { text, rank };
  if (id !== undefined) document.id = id;
  if (score !== undefined) document.score = score;
  if (source["metadata"] !== undefined) document.metadata = source["metadata"];
  return document;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function firstText(source: Record<string, unknown>, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = source[key];
    if (typeof value === "string" && value !== "") return value;
    if (key !== "text" && typeof value === "number" && ID_KEYS.includes(key)) return String(value);
  }
  return undefined;
}

function firstNumber(source: Record<string, unknown>, keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const value = source[key];
    if (typeof value === "number" && Number.isFinite(value)) return value;
  }
  return undefined;
}

/** How long a document's score bar is, 0–1: scores within 0–1 as they are, others between the list's ends. */
export function scoreShare(score: number, scores: readonly number[]): number {
  const max = Math.max(...scores);
  const min = Math.min(...scores);
  if (min >= 0 && max <= 1) return Math.max(0.02, score);
  if (max === min) return 1;
  return Math.max(0.02, (score - Math.min(0, min)) / (max - Math.min(0, min)));
}

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
