import type { Document, LlmFields, SpanEvent, WireSpan } from "@nightowl/model/span/span";
import { AttributeReader, numberOf, textOf } from "@nightowl/model/span/attribute-reader";
import { pythonLiteral } from "../../normalise/python-literal.ts";
import { openMetadata, readDocuments } from "../../normalise/read-documents.ts";
import { compact, firstOf, isRecord, setOwn } from "../../normalise/record.ts";
import type { AttributeTaker } from "../dialect.ts";

/** Attributes that only a search has; a store that writes, counts or deletes has none of them. */
const SEARCH_SIGNS = [
  "db.vector.query.top_k",
  "db.vector.query.result.matches_length",
  "pinecone.query.top_k",
  "db.chroma.query.n_results",
  "db.chroma.query.texts_count",
  "db.chroma.query.embeddings_count",
  "db.milvus.search.limit",
  "db.milvus.search.data_count",
  "db.marqo.search.query",
  "qdrant.search_batch.requests_count",
  "qdrant.recommend_batch.requests_count",
  "qdrant.discover_batch.requests_count",
];

/** True for a span that asked a vector store for what is like something. */
export function isVectorSearch(span: WireSpan, attrs: AttributeReader): boolean {
  if (span.events.some(isFound)) return true;
  const mayBe = attrs.hasFamily("db") || attrs.hasFamily("pinecone");
  return (
    mayBe && (isLanceSearch(attrs) || isWeaviateSearch(span, attrs) || attrs.keyList().hasAny(SEARCH_SIGNS))
  );
}

/** LanceDB's says no more than what it did, and what it looked for where that was named: under a name of Milvus'. */
function isLanceSearch(attrs: AttributeReader): boolean {
  return attrs.text("db.system") === "lancedb" && attrs.text("db.operation") === "search";
}

/** Weaviate's says what it did in the span's name alone; version 3 of the client asks inside of what asks. */
function isWeaviateSearch({ name }: WireSpan, attrs: AttributeReader): boolean {
  return (
    attrs.text("db.system") === "weaviate" &&
    /^db\.weaviate\.(gql\.query\.get\.do|collections\.query\.(get|fetch_objects))$/.test(name)
  );
}

/** What was searched for, and what was found: in an event for each document, or in indexed attributes. */
export function readVectorSearch(
  span: WireSpan,
  take: AttributeTaker,
): Pick<Partial<LlmFields>, "documents" | "topK" | "query"> {
  const found = readFoundEvents(span.events);
  return {
    documents: found.length > 0 ? found : readFoundAttributes(span.events, take),
    topK: take.number(
      "db.vector.query.top_k",
      "pinecone.query.top_k",
      "db.chroma.query.n_results",
      "db.milvus.search.limit",
      "db.milvus.query.limit",
    ),
    query: readQuery(take),
  };
}

/** What was looked for, where it was words and no vector. */
function readQuery(take: AttributeTaker): string | undefined {
  const key = isLanceSearch(take.attrs) ? "db.milvus.search.filter" : "db.marqo.search.query";
  return take.attrs.text(key)?.startsWith("[") ? undefined : take.text(key);
}

function isFound({ name }: SpanEvent): boolean {
  return name === "db.query.result" || name === "db.search.result";
}

function readFoundEvents(events: readonly SpanEvent[]): Document[] {
  const items = events.filter(isFound).map((event) => {
    const attrs = new AttributeReader(event.attributes);
    const of = (name: string) => attrs.get(`${event.name}.${name}`);
    // Rows of Milvus and hits of Marqo come as they are.
    if (attrs.keysWithPrefix("db.").length === 0) return readRow(attrs);
    const distance = numberOf(of("distance"));
    const entity = textOf(of("entity"));
    const stored = entity === undefined ? undefined : pythonLiteral(entity);
    const metadata = stored ?? openMetadata(of("metadata"));
    const document = compact({
      id: of("id"),
      score: of("score"),
      text: textOf(of("document") ?? (stored === undefined ? entity : undefined)),
      metadata: distance === undefined ? metadata : { ...membersOf(metadata), distance },
    });
    return document ?? {};
  });
  return readDocuments(items).map(withText);
}

/** What is no object is kept under its own name. */
function membersOf(metadata: unknown): Record<string, unknown> {
  if (isRecord(metadata)) return metadata;
  return metadata === undefined || metadata === null ? {} : { metadata };
}

/**
 * Marqo puts a line before what is its own: `_id`, `_score`, and `_highlights`, which are what it found in fields that the
 * application named.
 */
function readRow(attrs: AttributeReader): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const key of attrs.keys())
    setOwn(row, key === "_id" || key === "_score" ? key.slice(1) : key, attrs.get(key));
  const [highlight] = [attrs.json("_highlights")].flat();
  if (isRecord(highlight)) row["text"] ??= textOf(Object.values(highlight)[0]);
  return row;
}

/** JavaScript's instrumentations: `db.vector.query.result.0.score`, and an event with what was stored beside it. */
function readFoundAttributes(events: readonly SpanEvent[], take: AttributeTaker): Document[] {
  const { items } = take.list("db.vector.query.result");
  const documents = items.filter(isRecord).map((item, index) => {
    const event = events.find(({ name }) => name.endsWith(`.query.result.${index}.metadata`));
    const { id, score, metadata } = item;
    return { id, score, metadata: event === undefined ? metadata : event.attributes };
  });
  return readDocuments(documents).map(withText);
}

/** Stores know vectors; the text is in what the application stored beside them. */
function withText(document: Document): Document {
  if (document.text !== undefined || !isRecord(document.metadata)) return document;
  const text = textOf(
    firstOf(document.metadata, "text", "page_content", "content", "document", "chunk_text"),
  );
  return text === undefined ? document : { ...document, text };
}
