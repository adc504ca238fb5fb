import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const FILE = "prompt-backfill.json";
const savedSchema = z.object({ projects: z.array(z.string()) });

/** The projects whose earlier model calls are still to be gone through; undefined where nothing was said of it. */
export async function readBackfill(dataDir: string): Promise<string[] | undefined> {
  try {
    return savedSchema.parse(JSON.parse(await readFile(join(dataDir, FILE), "utf8"))).projects;
  } catch {
    // No run yet, or a file that says nothing: looking at all projects does no harm.
    return undefined;
  }
}

/** A reader of the file finds the old state or the new one, never half of it. */
export async function saveBackfill(dataDir: string, projects: readonly string[]): Promise<void> {
  const path = join(dataDir, FILE);
  await writeFile(`${path}.new`, `${JSON.stringify({ projects })}\n`);
  await rename(`${path}.new`, path);
}
