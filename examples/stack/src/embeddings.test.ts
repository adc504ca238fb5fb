import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { cosine, createEmbedder, EMBEDDING_DIMENSIONS } from "./embeddings.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nightowl-embeddings-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("puts texts of one meaning nearer than texts of two", async () => {
  const [question, near, far] = await createEmbedder().embed([
    "How old are you?",
    "What is your age?",
    "The database is on disk.",
  ]);
  expect(question).toHaveLength(EMBEDDING_DIMENSIONS);
  expect(cosine(question!, question!)).toBeCloseTo(1, 3);
  expect(cosine(question!, near!)).toBeGreaterThan(cosine(question!, far!) + 0.3);
});

it("keeps vectors in the cache file, and reads what is whole of it", async () => {
  const cacheFile = join(folder, "deep", "embeddings.ndjson");
  const texts = ["one text", "another text", "one text"];
  const first = await createEmbedder({ cacheFile }).embedOnce(texts);
  expect(first[2]).toEqual(first[0]);
  const lines = readFileSync(cacheFile, "utf8").trim().split("\n");
  expect(lines).toHaveLength(2);
  appendFileSync(cacheFile, `broken ${lines[0]?.slice(40, 90)}\nnonsense`);

  expect(await createEmbedder({ cacheFile }).embedOnce(texts)).toEqual(first);
  expect(readFileSync(cacheFile, "utf8")).toMatch(/nonsense$/);
});

it("works without a cache that it can write", async () => {
  const cacheFile = join(folder, "file", "embeddings.ndjson");
  writeFileSync(join(folder, "file"), "no folder");
  expect(await createEmbedder({ cacheFile }).embedOnce(["text"])).toHaveLength(1);
});
