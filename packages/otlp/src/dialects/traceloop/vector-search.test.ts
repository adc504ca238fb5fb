import type { SpanEvent } from "@nightowl/model/span/span";
import { expect, test } from "vitest";
import { normaliseSpan } from "../../normalise/normalise.ts";
import { wireSpan } from "../../normalise/wire-span.fixture.ts";

const event = (name: string, attributes: SpanEvent["attributes"]): SpanEvent => ({
  name,
  timeNs: "1",
  attributes,
  droppedAttributesCount: 0,
});
const read = (attributes: SpanEvent["attributes"], events: SpanEvent[] = []) =>
  normaliseSpan({ ...wireSpan(attributes), events }, { project: "p" });

test("Pinecone in Python: what was stored beside the vector is what Python prints of it, and has the text", () => {
  const span = read({ "db.system": "Pinecone", "pinecone.query.top_k": 2 }, [
    event("db.query.result", {
      "db.query.result.id": "a",
      "db.query.result.score": 0.9,
      "db.query.result.metadata": "{'text': \"Paris is rainy, isn't it\", 'page': 3}",
    }),
    event("db.query.result", { "db.query.result.id": "b", "db.query.result.metadata": "None" }),
  ]);
  expect(span).toMatchObject({ kind: "RETRIEVER", topK: 2, provider: "pinecone" });
  expect(span.documents).toEqual([
    {
      id: "a",
      score: 0.9,
      text: "Paris is rainy, isn't it",
      rank: 1,
      metadata: { text: "Paris is rainy, isn't it", page: 3 },
    },
    { id: "b", rank: 2, metadata: "None" },
  ]);
});

test("JavaScript: a document is indexed attributes, and an event with its metadata", () => {
  const span = read(
    {
      "db.system": "Pinecone",
      "db.vector.query.top_k": 3,
      "db.vector.query.result.namespace": "n",
      "db.vector.query.result.0.id": "a",
      "db.vector.query.result.0.score": 0.5,
      "db.vector.query.result.1.id": "b",
      "db.vector.query.result.1.metadata": '{"page_content":"of Qdrant"}',
    },
    [event("pinecone.query.result.0.metadata", { text: "Paris is rainy." })],
  );
  expect(span).toMatchObject({ kind: "RETRIEVER", topK: 3 });
  expect(span.documents).toMatchObject([
    { id: "a", score: 0.5, text: "Paris is rainy." },
    { id: "b", text: "of Qdrant" },
  ]);
});

test("a search without results in the trace is one; a store that writes is none", () => {
  expect(read({ "db.system": "Qdrant", "db.vector.query.top_k": 10 }).kind).toBe("RETRIEVER");
  expect(read({ "db.system": "chroma", "db.chroma.query.n_results": 4 })).toMatchObject({
    kind: "RETRIEVER",
    topK: 4,
  });
  expect(read({ "db.system": "chroma", "db.chroma.add.ids_count": 4 }).kind).toBe("UNKNOWN");
  expect(read({ "db.system": "postgresql", "db.statement": "select 1" })).toMatchObject({
    kind: "UNKNOWN",
    dialects: [],
  });
});

test("Milvus' rows come as they are", () => {
  const span = read({ "db.system": "milvus" }, [event("db.query.result", { id: 7, text: "hi", page: 1 })]);
  expect(span.documents).toEqual([{ id: "7", text: "hi", rank: 1, metadata: { page: 1 } }]);
});

test("Milvus' search: what was stored beside the vector is what Python prints of it", () => {
  const span = read({ "db.system": "milvus", "db.milvus.search.limit": 2 }, [
    event("db.search.result", {
      "db.search.query.id": 0,
      "db.search.result.id": 7,
      "db.search.result.distance": "0.5",
      "db.search.result.entity": "{'text': 'It rains.', 'page': 2}",
    }),
    event("db.search.result", { "db.search.result.id": 8, "db.search.result.entity": "<Hit>" }),
  ]);
  expect(span.documents).toEqual([
    { id: "7", text: "It rains.", rank: 1, metadata: { text: "It rains.", page: 2, distance: 0.5 } },
    { id: "8", text: "<Hit>", rank: 2 },
  ]);
  expect(span.topK).toBe(2);
});

test("Marqo's hits come as they are, with a line before what is its own", () => {
  const span = read({ "db.system": "marqo", "db.marqo.search.query": "rain?" }, [
    event("db.query.result", { _id: "a", _score: 0.8, content: "It rains.", page: 2 }),
    event("db.query.result", { _id: "b", _highlights: '[{"Body":"It pours."}]' }),
  ]);
  expect(span).toMatchObject({ kind: "RETRIEVER", query: "rain?", provider: "marqo" });
  expect(span.documents).toEqual([
    { id: "a", score: 0.8, text: "It rains.", rank: 1, metadata: { page: 2 } },
    { id: "b", text: "It pours.", rank: 2, metadata: { _highlights: '[{"Body":"It pours."}]' } },
  ]);
});

test("LanceDB's search says what was looked for under Milvus' name, and only where it is words", () => {
  const search = { "db.system": "lancedb", "db.operation": "search" };
  expect(read(search)).toMatchObject({ kind: "RETRIEVER", query: undefined });
  expect(read({ ...search, "db.milvus.search.filter": "rain?" }).query).toBe("rain?");
  expect(read({ ...search, "db.milvus.search.filter": "[0.1, 0.2]" }).query).toBeUndefined();
  expect(read({ ...search, "db.operation": "add" }).kind).toBe("UNKNOWN");
});

test("several searches at once of Qdrant's are one", () => {
  expect(read({ "db.system": "Qdrant", "qdrant.search_batch.requests_count": 2 }).kind).toBe("RETRIEVER");
});

test("Qdrant's search in JavaScript is known by what it found", () => {
  const span = read({
    "db.system": "Qdrant",
    "db.vector.query.result.matches_length": 1,
    "db.vector.query.result.0.id": 1,
    "db.vector.query.result.0.metadata": '{"text":"It rains."}',
  });
  expect(span.kind).toBe("RETRIEVER");
  expect(span.documents).toMatchObject([{ id: "1", text: "It rains." }]);
});

test.each([
  [`{"a": 1}`, { a: 1, distance: 0.2 }],
  [`{'a': 1}`, { a: 1, distance: 0.2 }],
  ["page 3", { metadata: "page 3", distance: 0.2 }],
])("what is known of a hit stays beside its distance: %s", (metadata, kept) => {
  const attributes = { "db.query.result.metadata": metadata, "db.query.result.distance": 0.2 };
  const { documents } = read({ "db.system": "chroma" }, [event("db.query.result", attributes)]);
  expect(documents[0]?.metadata).toEqual(kept);
});
