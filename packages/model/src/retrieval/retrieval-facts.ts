import type { Message } from "../span/message.ts";
import type { Document, LlmFields, Payload } from "../span/span.ts";
import { documentKey } from "./document-key.ts";
import { rankMoves } from "./rank-moves.ts";

/** A document as a search found it; without what no question across traces is about. */
export interface FoundDocument {
  /** See `documentKey`; absent for one that has neither text nor id. */
  key?: string;
  id?: string;
  text?: string;
  score?: number;
  /** 1-based, in what a reranker was given; absent where there was no reranking, or it was not among that. */
  rankBefore?: number;
}

/** What a search was for, and what it found, in rank order. */
export interface RetrievalFacts {
  query: string;
  documents: FoundDocument[];
}

type Searched = Pick<LlmFields, "kind" | "documents">;

/** Whether a span is a search: by its kind, or because it found documents. */
export function isSearch({ kind, documents }: Searched): boolean {
  return documents.length > 0 || kind === "RETRIEVER" || kind === "RERANKER";
}

/** {@link RetrievalFacts} of a span; undefined for one that is no search. */
export function retrievalFactsOf(
  span: Searched & Pick<LlmFields, "inputDocuments" | "query" | "input">,
): RetrievalFacts | undefined {
  if (!isSearch(span)) return undefined;
  const moves = span.inputDocuments.length > 0 ? rankMoves(span.inputDocuments, span.documents) : [];
  return {
    query: span.query ?? textOf(span.input),
    documents: span.documents.map((document, index) => foundDocument(document, moves[index]?.before)),
  };
}

function foundDocument(document: Document, rankBefore: number | undefined): FoundDocument {
  const key = documentKey(document);
  const score = document.score ?? document.similarity;
  return {
    ...(key === undefined ? {} : { key }),
    ...(document.id === undefined ? {} : { id: document.id }),
    ...(document.text === undefined ? {} : { text: document.text }),
    ...(score === undefined || !Number.isFinite(score) ? {} : { score }),
    ...(rankBefore === undefined ? {} : { rankBefore }),
  };
}

function textOf(payload: Payload | undefined): string {
  return payload?.mimeType === "text/plain" ? payload.value : "";
}

/** What a model call said: the text of its answer, else its output as it came. */
export function answerText({
  outputMessages,
  output,
}: {
  outputMessages: readonly Message[];
  output?: Payload | undefined;
}): string {
  const texts = outputMessages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === "text" ? [part.text] : [])),
  );
  return texts.length > 0 ? texts.join("\n") : (output?.value ?? "");
}
