import { readFileSync } from "node:fs";
import { relative, sep } from "node:path";
import { findProblems } from "./import-rules.ts";
import { listSourceFiles, ROOT } from "./source-files.ts";

const problems = listSourceFiles()
  .filter((path) => /\.tsx?$/.test(path))
  .flatMap((path) =>
    findProblems({ path: relative(ROOT, path).split(sep).join("/"), text: readFileSync(path, "utf8") }),
  );
for (const { path, line, message } of problems) console.log(`error: ${path}:${line}: ${message}`);
if (problems.length > 0) process.exitCode = 1;
