import {
  embeddingSpan,
  recordRerankOutput,
  recordRetrievalOutput,
  rerankSpan,
  retrievalSpan,
  type RetrievedDocument,
} from "@nightowl/sdk";
import MiniSearch from "minisearch";
import type { Chunk } from "./chunk-markdown.ts";
import { cosine, EMBEDDING_MODEL, type Embedder } from "./embeddings.ts";
import { rerank, RERANK_MODEL } from "./rerank.ts";
import { listSentences, listTerms, listWords } from "./terms.ts";

export interface RetrievedChunk {
  chunk: Chunk;
  /** What the last stage thinks of it, 0 to 1. */
  score: number;
  /** Cosine of the query's vector and the nearest of the passage's. */
  similarity: number;
  /** Places in the lists of the first stages, from 1; absent where the list does not have it. */
  bm25Rank?: number;
  denseRank?: number;
  fusedRank: number;
}

type Candidate = Omit<RetrievedChunk, "score">;

export interface Retriever {
  /** The `topK` passages that answer the query best, the best first; at most 20. */
  retrieve(query: string, topK: number): Promise<RetrievedChunk[]>;
}

/** How deep each of the first two lists goes, and how many of their union are read closely. */
const LIST_DEPTH = 10;
const RERANK_DEPTH = 20;
/** The constant of reciprocal rank fusion, as its authors have it. */
const FUSION_K = 60;

/**
 * Searches passages in three stages. BM25 and the vectors' cosine each make a list, which find different things: the
 * exact word, and the thing said otherwise. Reciprocal rank fusion makes one list of both. Its head is reranked.
 * The passages are embedded here, once; with a cache on disk only the first time.
 */
export async function openRetriever(chunks: readonly Chunk[], embedder: Embedder): Promise<Retriever> {
  const vectors = await embedChunks(chunks, embedder);
  const { index, weigh } = createIndex(chunks);

  /** The first two stages: words and vectors, fused. */
  async function findCandidates(query: string): Promise<Candidate[]> {
    const [queryVector] = await embeddingSpan({ model: EMBEDDING_MODEL, texts: query }, () =>
      embedder.embed([query]),
    );
    const similarities = vectors.map((own) => nearest(queryVector, own));
    const byWords = index
      .search(query)
      .slice(0, LIST_DEPTH)
      .map((result) => result.id as number);
    const byVector = rankBy(similarities, LIST_DEPTH);
    return fuseRanks([byWords, byVector])
      .slice(0, RERANK_DEPTH)
      .map((at, place) => {
        const [bm25Rank, denseRank] = [byWords.indexOf(at) + 1, byVector.indexOf(at) + 1];
        return {
          chunk: chunks[at] as Chunk,
          similarity: similarities[at] as number,
          fusedRank: place + 1,
          ...(bm25Rank > 0 ? { bm25Rank } : {}),
          ...(denseRank > 0 ? { denseRank } : {}),
        };
      });
  }

  return {
    retrieve: (query, topK) =>
      retrievalSpan(query, topK, async (span) => {
        const candidates = await findCandidates(query);
        const documents = candidates.map(toDocument);
        const results = rerankSpan({ query, topK, model: RERANK_MODEL, documents }, (rerankingSpan) => {
          const scores = rerank(
            query,
            candidates.map(({ chunk, similarity }) => ({ ...toText(chunk), similarity })),
            weigh,
          );
          const best = rankBy(scores, topK).map((place) => ({
            ...(candidates[place] as Candidate),
            score: scores[place] as number,
          }));
          recordRerankOutput(rerankingSpan, best.map(toDocument));
          return best;
        });
        recordRetrievalOutput(span, results.map(toDocument));
        return results;
      }),
  };
}

/** One ranking of several: an item's score is the sum of 1 / (60 + its rank) over the lists that have it. */
export function fuseRanks(lists: readonly (readonly number[])[]): number[] {
  const scores = new Map<number, number>();
  for (const list of lists) {
    for (const [rank, item] of list.entries())
      scores.set(item, (scores.get(item) ?? 0) + 1 / (FUSION_K + rank + 1));
  }
  return [...scores].sort(([, a], [, b]) => b - a).map(([item]) => item);
}

/** Places of the `count` highest numbers, the highest first. */
function rankBy(numbers: readonly number[], count: number): number[] {
  return numbers
    .map((number, place) => ({ number, place }))
    .sort((a, b) => b.number - a.number)
    .slice(0, count)
    .map(({ place }) => place);
}

function createIndex(chunks: readonly Chunk[]): { index: MiniSearch; weigh: (term: string) => number } {
  const index = new MiniSearch({
    fields: ["title", "text"],
    tokenize: listWords,
    // Stop words and endings are dropped in documents and queries alike.
    processTerm: (word) => listTerms(word)[0] ?? false,
    // One letter in five may be wrong.
    searchOptions: { fuzzy: 0.2 },
  });
  index.addAll(chunks.map((chunk, id) => ({ id, ...toText(chunk) })));
  const counts = new Map<string, number>();
  for (const chunk of chunks) {
    for (const term of new Set(listTerms(printChunk(chunk)))) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  const weigh = (term: string): number => Math.log(1 + chunks.length / (1 + (counts.get(term) ?? 0)));
  return { index, weigh };
}

/**
 * The vectors of each passage: of its title and of each of its sentences. A vector of the whole would be near to
 * everything and to nothing, for this model was made for sentences.
 */
async function embedChunks(chunks: readonly Chunk[], embedder: Embedder): Promise<Float32Array[][]> {
  const texts = chunks.map((chunk) => [chunk.headings.join(" › "), ...listSentences(chunk.text)]);
  const vectors = await embedder.embedOnce(texts.flat());
  let next = 0;
  return texts.map((own) => vectors.slice(next, (next += own.length)));
}

function nearest(queryVector: Float32Array | undefined, vectors: readonly Float32Array[]): number {
  return queryVector ? Math.max(0, ...vectors.map((vector) => cosine(queryVector, vector))) : 0;
}

/** As traces show it. Before it was reranked a passage has no score. */
function toDocument({
  chunk,
  score,
  similarity,
  ...ranks
}: Candidate & { score?: number }): RetrievedDocument {
  return {
    id: chunk.id,
    text: chunk.text,
    similarity,
    ...(score === undefined ? {} : { score }),
    metadata: { title: chunk.headings.join(" › "), path: chunk.path, ...ranks },
  };
}

function toText(chunk: Chunk): { title: string; text: string } {
  return { title: chunk.headings.join(" › "), text: chunk.text };
}

function printChunk(chunk: Chunk): string {
  return `${chunk.headings.join(" › ")}\n${chunk.text}`;
}
