import { beforeEach, describe, expect, it } from "vitest";
import { initTestTracing, type TestSpan } from "../testing/testing.ts";
import { embeddingSpan, recordEmbeddingOutput } from "./embedding-span.ts";
import { recordRerankOutput, recordRetrievalOutput, rerankSpan, retrievalSpan } from "./retrieval-span.ts";

const { tracing, exporter } = initTestTracing();
beforeEach(async () => {
  await tracing.flush();
  exporter.reset();
});

async function ended(name: string): Promise<TestSpan> {
  await tracing.flush();
  return exporter.span(name);
}

const DOCUMENTS = [
  {
    id: 7,
    text: "Owls see in the dark.",
    score: 0.9,
    similarity: 0.8,
    rank: 1,
    metadata: { source: "birds.md" },
  },
  { id: "b", text: "Hoo.", score: 0.1 },
];

describe("retrievalSpan", () => {
  it("records the query, how many were asked for, and what was found", async () => {
    expect(await retrievalSpan("owls?", 2, async () => DOCUMENTS)).toBe(DOCUMENTS);
    const { kind, attributes } = await ended("retrieval");
    expect(kind).toBe("RETRIEVER");
    expect(attributes).toEqual({
      "openinference.span.kind": "RETRIEVER",
      "input.value": "owls?",
      "input.mime_type": "text/plain",
      "gen_ai.retrieval.top_k": 2,
      "retrieval.documents.0.document.id": "7",
      "retrieval.documents.0.document.content": "Owls see in the dark.",
      "retrieval.documents.0.document.score": 0.9,
      "retrieval.documents.0.document.metadata": '{"source":"birds.md","similarity":0.8,"rank":1}',
      "retrieval.documents.1.document.id": "b",
      "retrieval.documents.1.document.content": "Hoo.",
      "retrieval.documents.1.document.score": 0.1,
    });
  });

  it("prefers what was recorded by hand, and takes texts", async () => {
    await retrievalSpan("q", undefined, async (span) => {
      recordRetrievalOutput(span, ["only this"]);
      return DOCUMENTS;
    });
    const { attributes } = await ended("retrieval");
    expect(attributes["retrieval.documents.0.document.content"]).toBe("only this");
    expect(attributes["retrieval.documents.1.document.content"]).toBeUndefined();
    expect(attributes).not.toHaveProperty("gen_ai.retrieval.top_k");
  });

  it("does not take any list for documents", async () => {
    await retrievalSpan("q", 1, async () => [{ name: "Ann" }]);
    expect(
      Object.keys((await ended("retrieval")).attributes).filter((key) => key.includes("document")),
    ).toEqual([]);
  });

  it("survives documents that cannot be read", async () => {
    const hostile = {
      text: "t",
      get id(): string {
        throw new Error("no");
      },
    };
    expect(await retrievalSpan("q", 1, async () => [hostile])).toEqual([hostile]);
    expect((await ended("retrieval")).status).toBe("ok");
  });
});

describe("rerankSpan", () => {
  it("records both orders", async () => {
    const options = { query: "owls?", documents: DOCUMENTS, model: "rerank-3", topK: 1 };
    await rerankSpan(options, async () => [{ ...DOCUMENTS[1]!, score: 0.99 }]);
    const { kind, attributes } = await ended("rerank");
    expect(kind).toBe("RERANKER");
    expect(attributes).toMatchObject({
      "reranker.query": "owls?",
      "reranker.model_name": "rerank-3",
      "reranker.top_k": 1,
      "reranker.input_documents.0.document.id": "7",
      "reranker.input_documents.1.document.id": "b",
      "reranker.output_documents.0.document.id": "b",
      "reranker.output_documents.0.document.score": 0.99,
    });
    exporter.reset();
    await rerankSpan(options, (span) => recordRerankOutput(span, ["by hand"]));
    expect((await ended("rerank")).attributes["reranker.output_documents.0.document.content"]).toBe(
      "by hand",
    );
  });
});

describe("embeddingSpan", () => {
  it("records texts, model and usage, and vectors only when told to", async () => {
    const answer = {
      object: "list",
      data: [{ embedding: [0.1] }],
      usage: { prompt_tokens: 8, total_tokens: 8 },
    };
    const options = { model: "e3", texts: ["a", "b"], provider: "openai", parameters: { dimensions: 8 } };
    expect(await embeddingSpan(options, async () => answer)).toBe(answer);
    expect((await ended("embedding")).attributes).toEqual({
      "openinference.span.kind": "EMBEDDING",
      "embedding.model_name": "e3",
      "llm.provider": "openai",
      "embedding.invocation_parameters": '{"dimensions":8}',
      "input.value": '["a","b"]',
      "input.mime_type": "application/json",
      "embedding.embeddings.0.embedding.text": "a",
      "embedding.embeddings.1.embedding.text": "b",
      "llm.token_count.prompt": 8,
      "llm.token_count.total": 8,
    });
    exporter.reset();
    await embeddingSpan({ model: "e3", texts: "a" }, (span) => recordEmbeddingOutput(span, [[0.1, 0.2]]));
    expect((await ended("embedding")).attributes).toMatchObject({
      "input.value": "a",
      "embedding.embeddings.0.embedding.vector": [0.1, 0.2],
    });
  });
});
