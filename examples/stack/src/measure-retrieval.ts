import { fileURLToPath } from "node:url";
import { initTracing } from "@nightowl/sdk";
import { readCorpus } from "./corpus.ts";
import { CACHE_FILE, createEmbedder } from "./embeddings.ts";
import { openRetriever, type RetrievedChunk, type Retriever } from "./retrieve.ts";
import { RETRIEVAL_QUESTIONS, type LabelledQuestion } from "./retrieval-questions.ts";

const TOP_K = 5;
/** All that the first stages found. */
const ALL = 20;

export interface RetrievalQuality {
  /** The share of the questions that have an answering section among the first five passages, by stage. */
  recallAt5: Record<Stage, number>;
  /** The mean of 1 / the place of the first answering passage, after the last stage. */
  meanReciprocalRank: number;
  /** Questions that the last stage does not answer, with what it found instead. */
  missed: { question: string; found: string[] }[];
}

export type Stage = "bm25" | "dense" | "fused" | "reranked";

/** How well the retriever finds what the labels say, over all questions. */
export async function measureRetrieval(
  retriever: Retriever,
  questions: readonly LabelledQuestion[] = RETRIEVAL_QUESTIONS,
): Promise<RetrievalQuality> {
  const hits: Record<Stage, number> = { bm25: 0, dense: 0, fused: 0, reranked: 0 };
  const missed: RetrievalQuality["missed"] = [];
  let reciprocalRanks = 0;
  for (const { question, answeredBy } of questions) {
    const answers = ({ chunk }: RetrievedChunk): boolean => answeredBy.includes(sectionOf(chunk.id));
    const right = (await retriever.retrieve(question, ALL)).filter(answers);
    if (right.some(({ bm25Rank }) => bm25Rank !== undefined && bm25Rank <= TOP_K)) hits.bm25++;
    if (right.some(({ denseRank }) => denseRank !== undefined && denseRank <= TOP_K)) hits.dense++;
    if (right.some(({ fusedRank }) => fusedRank <= TOP_K)) hits.fused++;
    const found = await retriever.retrieve(question, TOP_K);
    const place = found.findIndex(answers);
    if (place >= 0) {
      hits.reranked++;
      reciprocalRanks += 1 / (place + 1);
    } else {
      missed.push({ question, found: found.map(({ chunk }) => chunk.id) });
    }
  }
  const share = (count: number): number => count / questions.length;
  return {
    recallAt5: {
      bm25: share(hits.bm25),
      dense: share(hits.dense),
      fused: share(hits.fused),
      reranked: share(hits.reranked),
    },
    meanReciprocalRank: reciprocalRanks / questions.length,
    missed,
  };
}

/** `configuration#ports~2` is a part of `configuration#ports`. */
export function sectionOf(chunkId: string): string {
  return chunkId.replace(/~\d+$/, "");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // Measuring is nothing to keep traces of.
  initTracing({ endpoint: false });
  const chunks = readCorpus();
  const retriever = await openRetriever(chunks, createEmbedder({ cacheFile: CACHE_FILE }));
  const quality = await measureRetrieval(retriever);
  console.log(`${RETRIEVAL_QUESTIONS.length} questions over ${chunks.length} passages`);
  for (const [stage, recall] of Object.entries(quality.recallAt5))
    console.log(`recall@5  ${stage.padEnd(8)}  ${recall.toFixed(2)}`);
  console.log(`MRR       reranked  ${quality.meanReciprocalRank.toFixed(2)}`);
  for (const { question, found } of quality.missed)
    console.log(`missed: ${question}\n  ${found.join("\n  ")}`);
}
