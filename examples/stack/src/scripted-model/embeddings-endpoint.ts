import { decode } from "gpt-tokenizer";
import { z } from "zod";
import { EMBEDDING_DIMENSIONS, EMBEDDING_MODEL, type Embedder } from "../embeddings.ts";
import { invalidRequest } from "./openai-error.ts";
import { priceEmbedding, toUsageCost } from "./prices.ts";
import { tokenise } from "./token-count.ts";

const tokens = z.array(z.int().min(0)).min(1);

/** The body of `POST /v1/embeddings`. Texts may come as tokens (o200k_base). */
export const embeddingsBody = z.looseObject({
  model: z.string(),
  input: z.union([
    z.string().min(1),
    z.array(z.string().min(1)).min(1).max(2048),
    tokens,
    z.array(tokens).max(2048),
  ]),
  encoding_format: z.enum(["float", "base64"]).nullish(),
  dimensions: z.int().min(1).nullish(),
});
export type EmbeddingsBody = z.infer<typeof embeddingsBody>;

/** Real embeddings of the texts, made in this process. Throws an `OpenAiError` for more dimensions than there are. */
export async function embedTexts(body: EmbeddingsBody, embedder: Embedder): Promise<Record<string, unknown>> {
  const dimensions = body.dimensions ?? EMBEDDING_DIMENSIONS;
  if (dimensions > EMBEDDING_DIMENSIONS)
    throw invalidRequest(`${EMBEDDING_MODEL} has ${EMBEDDING_DIMENSIONS} dimensions`, "dimensions");
  const texts = readTexts(body.input);
  const vectors = await embedder.embed(texts);
  const count = texts.reduce((sum, text) => sum + tokenise(text).length, 0);
  return {
    object: "list",
    data: vectors.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: printVector(shorten(vector, dimensions), body.encoding_format ?? "float"),
    })),
    model: EMBEDDING_MODEL,
    usage: {
      prompt_tokens: count,
      total_tokens: count,
      ...toUsageCost({ promptUsd: priceEmbedding(count), completionUsd: 0 }),
    },
  };
}

function readTexts(input: EmbeddingsBody["input"]): string[] {
  if (typeof input === "string") return [input];
  if (typeof input[0] === "number") return [decode(input as number[])];
  return (input as (string | number[])[]).map((text) => (typeof text === "string" ? text : decode(text)));
}

/** The first numbers, made a vector of length 1 again. */
function shorten(vector: Float32Array, dimensions: number): Float32Array {
  if (dimensions === vector.length) return vector;
  const head = vector.slice(0, dimensions);
  const length = Math.hypot(...head);
  return head.map((number) => number / length);
}

function printVector(vector: Float32Array, format: "float" | "base64"): number[] | string {
  return format === "float"
    ? [...vector]
    : Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
}
