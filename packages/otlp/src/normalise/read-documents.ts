import type { Document } from "@nightowl/model/span/span";
import { jsonOf, numberOf, textOf } from "@nightowl/model/span/attribute-reader";
import { pythonLiteral } from "./python-literal.ts";
import { compact, firstOf, isRecord } from "./record.ts";

const TEXT_KEYS = ["content", "text", "page_content", "pageContent", "document", "chunk", "body"];
const KNOWN_KEYS = new Set([
  "id",
  "score",
  "relevance_score",
  "relevanceScore",
  "similarity",
  "metadata",
  ...TEXT_KEYS,
]);

/**
 * Documents in any shape: `{id, score, text}`, `{id, content, score, metadata}`, `{document: {…}}`,
 * `{page_content, metadata}`, `{content: [{text}]}`, or bare text. Their rank is their position.
 * A score may be text, or sit in the metadata. Members that are none of these are kept as metadata.
 * An item that is no document (a number, `null`) is left out.
 */
export function readDocuments(items: readonly unknown[]): Document[] {
  const documents: Document[] = [];
  for (const item of items) {
    const document = readDocument(item);
    if (document !== undefined) documents.push({ ...document, rank: documents.length + 1 });
  }
  return documents;
}

function readDocument(item: unknown): Omit<Document, "rank"> | undefined {
  const opened = typeof item === "string" && item.trimStart().startsWith("{") ? jsonOf(item) : item;
  if (typeof opened === "string") return readPrintedNode(opened) ?? { text: opened };
  if (!isRecord(opened)) return undefined;
  const wrapped = opened["document"];
  if (isRecord(wrapped)) return readDocument({ ...opened, document: undefined, ...wrapped });
  // LlamaIndex's nodes are full of their own housekeeping.
  const node = opened["node"];
  if (isRecord(node)) {
    const { text, metadata, id_: id } = node;
    return readDocument({ id: id ?? node["node_id"], text, metadata, score: opened["score"] });
  }
  const metadata = readMetadata(opened);
  const score = firstOf(opened, "score", "relevance_score", "relevanceScore");
  return (
    compact({
      id: textOf(opened["id"]),
      text: documentText(firstOf(opened, ...TEXT_KEYS)),
      score:
        numberOf(score) ??
        (isRecord(metadata) ? numberOf(firstOf(metadata, "score", "relevance_score")) : undefined),
      similarity:
        numberOf(opened["similarity"]) ?? (isRecord(metadata) ? numberOf(metadata["similarity"]) : undefined),
      metadata,
    }) ?? {}
  );
}

/**
 * What Python prints of LlamaIndex's nodes, `<NodeWithScore(node=TextNode(id_=n1), score=0.9)>`, without their text, and of
 * Haystack's documents: `Document(id=d1, content: 'Paris is rainy.', score: 0.9)`.
 */
function readPrintedNode(text: string): Omit<Document, "rank"> | undefined {
  const [, id, score] = /^<NodeWithScore\(node=\w+\(id_=([^()]*)\), score=([\w.+-]+)\)>$/.exec(text) ?? [];
  if (id !== undefined) return compact({ id, score: numberOf(score) }) ?? {};
  const [, own, content, rest = ""] =
    /^Document\(id=(\w+), content: '(.*?)'((?:, \w+: .*)?)\)$/s.exec(text) ?? [];
  return own === undefined
    ? undefined
    : compact({ id: own, text: content, score: numberOf(/, score: ([\d.e+-]+)/.exec(rest)?.[1]) });
}

function documentText(value: unknown): string | undefined {
  if (!Array.isArray(value)) return typeof value === "string" ? value : textOf(value);
  const texts = value.map((part) => (isRecord(part) ? textOf(part["text"]) : textOf(part)));
  return texts.filter((text) => text !== undefined).join("\n");
}

function readMetadata(item: Record<string, unknown>): unknown {
  const own = openMetadata(item["metadata"] ?? undefined);
  const isNews = (key: string, value: unknown) => !KNOWN_KEYS.has(key) && value !== undefined;
  // LangSmith wants every document to say that it is one.
  const others = Object.entries(item).filter(
    ([key, value]) => isNews(key, value) && !(key === "type" && value === "Document"),
  );
  if (others.length === 0) return own;
  if (own !== undefined && !isRecord(own)) return own;
  return { ...Object.fromEntries(others), ...own };
}

/** JSON, or what Python prints of a dict. */
export function openMetadata(value: unknown): unknown {
  const opened = jsonOf(value);
  return typeof opened === "string" && opened.startsWith("{") ? (pythonLiteral(opened) ?? opened) : opened;
}

/**
 * Completes a reranker's output from its input: a ranking that only points at the input
 * (`{"index": 1, "relevanceScore": 0.9}` as text or object) gets that document's text and id; a document
 * without text gets that of the input with the same id.
 */
export function joinRanking(output: readonly Document[], input: readonly Document[]): Document[] {
  return output.map((document) => {
    const pointer = readPointer(document);
    const source = pointer === undefined ? undefined : input[pointer.index];
    if (pointer !== undefined && source !== undefined) {
      return { ...source, rank: document.rank, ...compact({ score: pointer.score }) };
    }
    if (document.text !== undefined || document.id === undefined) return document;
    const same = input.find((each) => each.id === document.id);
    return same?.text === undefined ? document : { ...document, text: same.text };
  });
}

function readPointer(document: Document): { index: number; score: number | undefined } | undefined {
  const value = document.text === undefined ? document.metadata : jsonOf(document.text);
  if (!isRecord(value)) return undefined;
  const index = numberOf(value["index"]);
  if (index === undefined || !Number.isInteger(index)) return undefined;
  const score = numberOf(firstOf(value, "relevanceScore", "relevance_score", "score"));
  if (score === undefined && document.score === undefined) return undefined;
  return { index, score: score ?? document.score };
}
