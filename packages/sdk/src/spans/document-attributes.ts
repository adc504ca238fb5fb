import type { Attributes } from "@opentelemetry/api";
import { SemanticConventions as Names } from "@arizeai/openinference-semantic-conventions";
import { toJson } from "./to-json.ts";

/** A piece of text that was found. */
export interface RetrievedDocument {
  id?: string | number;
  text?: string;
  /** What the documents are ordered by. */
  score?: number;
  /** How near its embedding is to the query's, where the score is something else. */
  similarity?: number;
  /** Its place in the order, from 1. Default: its place in the list. */
  rank?: number;
  metadata?: Record<string, unknown>;
}

/**
 * Documents as OpenInference's flattened attributes. It has no name for similarity and rank: they are members of
 * a document's metadata.
 */
export function setDocuments(
  attributes: Attributes,
  list: string,
  documents: readonly (RetrievedDocument | string)[],
): void {
  let index = 0;
  for (const item of documents) {
    const document = typeof item === "string" ? { text: item } : item;
    const at = `${list}.${index++}.`;
    const { id, text, score, similarity, rank } = document;
    if (id !== undefined) attributes[at + Names.DOCUMENT_ID] = String(id);
    if (text !== undefined) attributes[at + Names.DOCUMENT_CONTENT] = text;
    if (score !== undefined) attributes[at + Names.DOCUMENT_SCORE] = score;
    const metadata = {
      ...document.metadata,
      ...(similarity === undefined ? {} : { similarity }),
      ...(rank === undefined ? {} : { rank }),
    };
    const json = toJson(metadata);
    if (json !== undefined && json !== "{}") attributes[at + Names.DOCUMENT_METADATA] = json;
  }
}
