import type { Attributes, Span } from "@opentelemetry/api";
import {
  OpenInferenceSpanKind,
  SemanticConventions as Names,
} from "@arizeai/openinference-semantic-conventions";
import { setDocuments, type RetrievedDocument } from "./document-attributes.ts";
import { attempt } from "./attempt.ts";
import { runSpan, type Traced } from "./run-span.ts";
import { inputAttributes } from "./values.ts";

/** OpenTelemetry's name; OpenInference has none for a retriever's. */
const TOP_K = "gen_ai.retrieval.top_k";

const recorded = new WeakSet<Span>();

export interface RetrievalSpanOptions {
  /** The span's name. Default: `retrieval`. */
  name?: string;
  attributes?: Attributes;
}

/**
 * Runs a search in a span of kind RETRIEVER. A list of documents that the callback returns is recorded, unless
 * `recordRetrievalOutput` was called. Returns what the callback returns; throws what it throws.
 */
export function retrievalSpan<T>(
  query: string,
  topK: number | undefined,
  fn: (span: Span) => T,
  options: RetrievalSpanOptions = {},
): Traced<T> {
  return runSpan(
    {
      name: options.name ?? "retrieval",
      kind: OpenInferenceSpanKind.RETRIEVER,
      attributes: () => ({
        ...inputAttributes(query),
        ...(topK === undefined ? {} : { [TOP_K]: topK }),
        ...options.attributes,
      }),
      onResult: (span, result) => {
        if (!recorded.has(span) && areDocuments(result)) recordRetrievalOutput(span, result);
      },
    },
    fn,
  );
}

/** Records what was found, best first: id, text, score, similarity, rank and metadata of each. Never throws. */
export function recordRetrievalOutput(span: Span, documents: readonly (RetrievedDocument | string)[]): void {
  recorded.add(span);
  recordDocuments(span, Names.RETRIEVAL_DOCUMENTS, documents);
}

export interface RerankSpanOptions {
  query: string;
  /** What the documents were before, in their order. */
  documents: readonly (RetrievedDocument | string)[];
  model?: string;
  topK?: number;
  /** The span's name. Default: `rerank`. */
  name?: string;
  attributes?: Attributes;
}

/**
 * Runs a reranker in a span of kind RERANKER. A list of documents that the callback returns is recorded, unless
 * `recordRerankOutput` was called. Returns what the callback returns; throws what it throws.
 */
export function rerankSpan<T>(options: RerankSpanOptions, fn: (span: Span) => T): Traced<T> {
  return runSpan(
    {
      name: options.name ?? "rerank",
      kind: OpenInferenceSpanKind.RERANKER,
      attributes: () => {
        const attributes: Attributes = {
          [Names.RERANKER_QUERY]: options.query,
          ...inputAttributes(options.query),
          ...(options.model === undefined ? {} : { [Names.RERANKER_MODEL_NAME]: options.model }),
          ...(options.topK === undefined ? {} : { [Names.RERANKER_TOP_K]: options.topK }),
        };
        setDocuments(attributes, Names.RERANKER_INPUT_DOCUMENTS, options.documents);
        return { ...attributes, ...options.attributes };
      },
      onResult: (span, result) => {
        if (!recorded.has(span) && areDocuments(result)) recordRerankOutput(span, result);
      },
    },
    fn,
  );
}

/** Records the new order of the documents, best first. Never throws. */
export function recordRerankOutput(span: Span, documents: readonly (RetrievedDocument | string)[]): void {
  recorded.add(span);
  recordDocuments(span, Names.RERANKER_OUTPUT_DOCUMENTS, documents);
}

function recordDocuments(span: Span, list: string, documents: readonly (RetrievedDocument | string)[]): void {
  if (!span.isRecording()) return;
  attempt(() => {
    const attributes: Attributes = {};
    setDocuments(attributes, list, documents);
    span.setAttributes(attributes);
  });
}

/** Texts, or objects that have a text, an id or a score: not any list is one of documents. */
function areDocuments(value: unknown): value is (RetrievedDocument | string)[] {
  return (
    Array.isArray(value) &&
    value.every(
      (item: unknown) =>
        typeof item === "string" ||
        (typeof item === "object" &&
          item !== null &&
          (("text" in item && typeof item.text === "string") || ("id" in item && "score" in item))),
    )
  );
}
