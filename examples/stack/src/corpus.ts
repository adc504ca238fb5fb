import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chunkMarkdown, type Chunk } from "./chunk-markdown.ts";

/** The documentation's root: Nightowl's own, which this example ships in. */
export const DOCS_ROOT = join(import.meta.dirname, "../../..");

const ROOT_FILES = ["README.md", "ARCHITECTURE.md"];

/** Every passage of the documentation below a root. Throws when a file cannot be read. */
export function readCorpus(root: string = DOCS_ROOT): Chunk[] {
  return [...ROOT_FILES, ...listMarkdown(root, "docs")].flatMap((path) => readDocument(root, path));
}

/** The passages of one document as it is on disk now. Throws when it cannot be read. */
export function readDocument(root: string, path: string): Chunk[] {
  return chunkMarkdown(path, readFileSync(join(root, path), "utf8"));
}

function listMarkdown(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => `${folder}/${path.replaceAll("\\", "/")}`)
    .sort();
}
