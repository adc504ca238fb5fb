import type { Document } from "../span/span.ts";

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
 * The documents in a tool's result, JSON that was parsed, where it looks like a list of documents: every item an object with
 * a text and something that names or weighs it. Else `undefined`: a list of anything else is no retrieval.
 * Accepts the list itself, or an object that holds it under a usual name.
 */
export function findResultDocuments(result: unknown): Document[] | undefined {
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
  // Stores of vectors keep the text with what they keep beside a vector.
  const beside = isRecord(source["metadata"]) ? source["metadata"] : {};
  const text = firstText(source, TEXT_KEYS) ?? firstText(beside, TEXT_KEYS);
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
