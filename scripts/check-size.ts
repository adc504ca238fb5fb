import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { relative } from "node:path";
import { listSourceFiles, ROOT } from "./source-files.ts";

const WARN_LINES = 300;
const FAIL_LINES = 600;

export interface SizeFinding {
  path: string;
  lines: number;
  fails: boolean;
}

/** Files longer than the aim (300 lines) or the limit (600 lines), the longest first. */
export function findLongFiles(files: { path: string; text: string }[]): SizeFinding[] {
  return files
    .map(({ path, text }) => ({ path, lines: countLines(text) }))
    .filter(({ lines }) => lines > WARN_LINES)
    .map((file) => ({ ...file, fails: file.lines > FAIL_LINES }))
    .sort((a, b) => b.lines - a.lines);
}

function countLines(text: string): number {
  const lines = text.split("\n").length;
  return text.endsWith("\n") ? lines - 1 : lines;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = listSourceFiles().map((path) => ({
    path: relative(ROOT, path),
    text: readFileSync(path, "utf8"),
  }));
  const findings = findLongFiles(files);
  for (const { path, lines, fails } of findings) {
    console.log(
      `${fails ? "error" : "warning"}: ${path} has ${lines} lines (aim ${WARN_LINES}, limit ${FAIL_LINES})`,
    );
  }
  if (findings.some((finding) => finding.fails)) process.exitCode = 1;
}
