import type { Embedding } from "@nightowl/model/span/span";
import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { compact, firstOf, isRecord } from "./record.ts";

/** Beyond these a list of texts or vectors is not read: its length is in the attributes. */
const MAX_EMBEDDINGS = 10_000;

/**
 * What was embedded and into how many dimensions, from a text or a list of them and a vector or a list of them
 * (bare, under `embedding` or Gemini's `values`, or a provider's whole answer), paired by position.
 */
export function readEmbeddings(texts: unknown, vectors: unknown): Embedding[] {
  const said = listOf(texts).map(textOf);
  const sizes = vectorsOf(jsonOf(vectors)).map((vector) => vector.length);
  const count = Math.min(Math.max(said.length, sizes.length), MAX_EMBEDDINGS);
  return Array.from({ length: count }, (_, index) => {
    return compact({ text: said[index], dimensions: sizes[index] }) ?? {};
  });
}

function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

function vectorsOf(given: unknown): unknown[][] {
  const value = isRecord(given) ? firstOf(given, "data", "embeddings", "embedding", "values") : given;
  if (!Array.isArray(value) || value.length === 0) return [];
  if (typeof value[0] === "number") return [value];
  return value
    .map((item) => (isRecord(item) ? firstOf(item, "embedding", "values") : item))
    .filter((item) => Array.isArray(item));
}
