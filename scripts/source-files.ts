import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "..");

const SOURCE_FOLDERS = ["packages", "scripts", "tests", "bench", "examples"];
const SKIPPED = new Set(["node_modules", "dist", "fixtures", "generated", "screenshots", "test-results"]);
const SOURCE = /\.(ts|tsx|cts|cjs|mjs|css|sql)$/;

/** Absolute paths of every source file that people write: no fixtures, nothing generated. Sorted. */
export function listSourceFiles(folders: readonly string[] = SOURCE_FOLDERS): string[] {
  return folders
    .flatMap(listFiles)
    .filter((path) => SOURCE.test(path) && !/\.generated\.\w+$/.test(path))
    .sort();
}

/** Absolute paths of every file under a folder of the repository, but what was installed, built or captured. */
export function listFiles(folder: string): string[] {
  return walk(join(ROOT, folder)).sort();
}

function walk(folder: string): string[] {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}
