import type { Document, Embedding, LlmFields } from "@nightowl/model/span/span";
import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { joinRanking, readDocuments } from "../../normalise/read-documents.ts";
import { compact, isRecord } from "../../normalise/record.ts";
import { undot } from "../../normalise/unflatten.ts";
import type { AttributeTaker } from "../dialect.ts";

/** What was found, what a reranker made of it, and what was embedded. Documents are read on any kind of span. */
export function readRetrieval(
  take: AttributeTaker,
): Pick<LlmFields, "documents" | "inputDocuments" | "embeddings"> {
  const { attrs } = take;
  // Most spans have none of these, and to say so is nearly free.
  if (
    !["retrieval", "reranker", "embedding"].some((family) => attrs.hasFamily(family)) &&
    !hasDocuments(take)
  ) {
    return { documents: [], inputDocuments: [], embeddings: [] };
  }
  const given = readList(take, "reranker.input_documents").map(unquoted);
  const inputDocuments = given.length > 0 ? given : readList(take, "input.documents");
  const reranked = joinRanking(readList(take, "reranker.output_documents").map(unquoted), inputDocuments);
  const found = readList(take, "retrieval.documents");
  const told = found.length > 0 ? found : readList(take, "output.documents");
  return {
    documents: reranked.length > 0 ? reranked : told,
    inputDocuments,
    embeddings: readEmbeddings(take),
  };
}

function hasDocuments({ attrs }: AttributeTaker): boolean {
  return (
    attrs.has("input.documents") ||
    attrs.has("output.documents") ||
    attrs.keysWithPrefix("input.documents.").length > 0 ||
    attrs.keysWithPrefix("output.documents.").length > 0
  );
}

function readList(take: AttributeTaker, key: string): Document[] {
  return readDocuments(take.list(key).items.map(undot));
}

/** Rerankers of some bridges write each text as JSON. */
function unquoted(document: Document): Document {
  if (document.text?.startsWith('"') !== true) return document;
  const text = jsonOf(document.text);
  return typeof text === "string" ? { ...document, text } : document;
}

function readEmbeddings(take: AttributeTaker): Embedding[] {
  return take.list("embedding.embeddings").items.map((item) => {
    const opened = undot(jsonOf(item));
    if (!isRecord(opened)) return compact({ text: textOf(opened) }) ?? {};
    const embedding = isRecord(opened["embedding"]) ? opened["embedding"] : opened;
    const dimensions = dimensionsOf(embedding["vector"]);
    return compact({ text: textOf(embedding["text"]), dimensions }) ?? {};
  });
}

/** The length of a vector that is a list, or JSON text of one. */
function dimensionsOf(vector: unknown): number | undefined {
  if (Array.isArray(vector)) return vector.length;
  if (typeof vector !== "string" || !/^\s*\[[\d\s.,eE+-]*\]\s*$/.test(vector)) return undefined;
  return /\d/.test(vector) ? vector.split(",").length : 0;
}
