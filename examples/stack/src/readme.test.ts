import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { RETRIEVAL_QUESTIONS } from "./retrieval-questions.ts";
import { FAULTS } from "./scripted-model/faults.ts";

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
const rows = (text: string): string[][] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

it("lists every source file, with the functions of the SDK that it calls", () => {
  const listed = rows(readme).filter(([name = ""]) => name.startsWith("`src/"));
  const files = readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter(({ name }) => !/\.(test|fixture)\.ts$/.test(name))
    .map((entry) => `\`src/${entry.name}${entry.isDirectory() ? "/" : ""}\``);
  expect(listed.map(([name]) => name).toSorted()).toEqual(files.toSorted());
  for (const [name = "", , calls = ""] of listed) {
    const path = name.replaceAll("`", "");
    const text = path.endsWith("/") ? "" : readFileSync(join(import.meta.dirname, "..", path), "utf8");
    for (const call of calls.split(", ").filter(Boolean)) expect(text).toContain(call.replaceAll("`", ""));
  }
});

it("lists every fault of the scripted model", () => {
  const faults = rows(readme).filter(([name = ""]) => Object.hasOwn(FAULTS, name.replaceAll("`", "")));
  expect(Object.fromEntries(faults.map(([name = "", text]) => [name.replaceAll("`", ""), text]))).toEqual(
    FAULTS,
  );
});

it("says how many questions the retrieval is measured with", () => {
  expect(readme).toContain(`asks ${RETRIEVAL_QUESTIONS.length} questions`);
});
