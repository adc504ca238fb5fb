import { readFileSync, writeFileSync } from "node:fs";
import { renderCoverage } from "@nightowl/otlp/normalise/coverage.fixture";

/** `npm run conventions`: rewrites the tables in docs/conventions.md from the captures. */
const path = new URL("../docs/conventions.md", import.meta.url);
const marks = /(<!-- coverage -->\n\n)[\s\S]*?(\n<!-- end of coverage -->)/;
const text = readFileSync(path, "utf8");
if (!marks.test(text)) throw new Error("docs/conventions.md has lost its coverage marks");
writeFileSync(
  path,
  text.replace(marks, (_all, start: string, end: string) => start + renderCoverage() + end),
);
