import { expect, it } from "vitest";
import { isCode, listSentences, listTerms } from "./terms.ts";

it.each([
  ["How long are traces kept?", "keep a trace long"],
  ["dropped queries", "drop the query"],
  ["storing spans", "stores a span"],
  ["Where was it written?", "write"],
])("%s and %s have the same terms", (one, other) => {
  expect(listTerms(one).toSorted()).toEqual(listTerms(other).toSorted());
});

it("leaves out words that carry nothing, and keeps numbers and the parts of names", () => {
  expect(listTerms("What does --retention-days do on port 4317?")).toEqual([
    "retention",
    "day",
    "port",
    "4317",
  ]);
  expect(listTerms("What is it that you do?")).toEqual([]);
});

it("finds sentences in prose, lists, tables and code", () => {
  const markdown = [
    "First sentence, e.g. this one. Second [one](x.md)!",
    "",
    "- an item",
    "- **another** item",
    "",
    "| Flag | What |",
    "| ---- | ---- |",
    "| `-p` | Port |",
    "",
    "```sh",
    "npm start",
    "",
    "npm test",
    "```",
  ].join("\n");
  const sentences = listSentences(markdown);
  expect(sentences).toEqual([
    "First sentence, e.g. this one.",
    "Second one!",
    "an item",
    "another item",
    "`-p` · Port",
    "```sh\nnpm start\n\nnpm test\n```",
  ]);
  expect(sentences.filter(isCode)).toHaveLength(1);
});
