import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for one test, and how to be rid of it. */
export function tempFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "nightowl-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
