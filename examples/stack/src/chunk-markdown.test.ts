import { describe, expect, it } from "vitest";
import { chunkMarkdown } from "./chunk-markdown.ts";
import { readCorpus } from "./corpus.ts";

const ids = (markdown: string): string[] => chunkMarkdown("docs/guide.md", markdown).map(({ id }) => id);

describe("a document", () => {
  it("is cut at its headings, each passage with the headings above it", () => {
    const chunks = chunkMarkdown(
      "docs/guide.md",
      "# Guide\n\nAll about owls, at length.\n\n## `Ports`\n\nNothing below two\nlines of it.\n\n### Deep\n\nDeep down, it is dark.\n\n## Last\n\nThe end of it, at last.\n",
    );
    expect(chunks).toEqual([
      { id: "guide#guide", path: "docs/guide.md", headings: ["Guide"], text: "All about owls, at length." },
      {
        id: "guide#ports",
        path: "docs/guide.md",
        headings: ["Guide", "Ports"],
        text: "Nothing below two lines of it.",
      },
      {
        id: "guide#deep",
        path: "docs/guide.md",
        headings: ["Guide", "Ports", "Deep"],
        text: "Deep down, it is dark.",
      },
      {
        id: "guide#last",
        path: "docs/guide.md",
        headings: ["Guide", "Last"],
        text: "The end of it, at last.",
      },
    ]);
  });

  it("has GitHub's anchors for ids, and different ones for the same heading twice", () => {
    const text = "enough text to be a passage";
    expect(ids(`## POST /v1/traces\n\n${text}\n\n## Notes\n\n${text}\n\n## Notes\n\n${text}\n`)).toEqual([
      "guide#post-v1traces",
      "guide#notes",
      "guide#notes-1",
    ]);
  });

  it("takes no heading from inside a code block", () => {
    expect(ids("## Run\n\n```sh\n# not a heading, a comment\nnpm start\n```\n")).toEqual(["guide#run"]);
  });

  it("leaves out sections with next to no text", () => {
    expect(ids("## Status\n\nAccepted.\n\n## Context\n\nThere was a reason for it.\n")).toEqual([
      "guide#context",
    ]);
  });
});

describe("a long section", () => {
  it("is cut between paragraphs, and no word is lost", () => {
    const paragraphs = Array.from(
      { length: 12 },
      (_, index) => `Paragraph ${index} ${"word ".repeat(40)}end.`,
    );
    const chunks = chunkMarkdown("a.md", `# A\n\n${paragraphs.join("\n\n")}\n`);
    expect(chunks.length).toBeGreaterThan(1);
    expect(chunks.map(({ id }) => id).slice(0, 2)).toEqual(["a#a", "a#a~2"]);
    expect(chunks.map(({ text }) => text).join("\n\n")).toBe(paragraphs.join("\n\n"));
    for (const { text } of chunks) expect(text.length).toBeLessThanOrEqual(1000);
  });

  it("repeats the head of a table that is cut", () => {
    const rows = Array.from(
      { length: 40 },
      (_, index) => `| \`--flag-${index}\` | ${"what it does ".repeat(4)}|`,
    );
    const chunks = chunkMarkdown(
      "a.md",
      ["# A", "", "| Flag | What |", "| --- | --- |", ...rows, ""].join("\n"),
    );
    expect(chunks.length).toBeGreaterThan(1);
    for (const { text } of chunks) expect(text).toMatch(/^\| Flag \| What \|\n\| --- \| --- \|\n\| `--flag-/);
    for (const index of rows.keys())
      expect(chunks.filter(({ text }) => text.includes(`-${index}\``))).toHaveLength(1);
  });

  it("is not cut inside a code block", () => {
    const code = `\`\`\`js\n${"const x = 1;\n".repeat(120)}\`\`\``;
    expect(chunkMarkdown("a.md", `# A\n\nBefore it.\n\n${code}\n`).at(-1)?.text).toBe(code);
  });
});

it("gives every passage of the documentation an id of its own", () => {
  const chunks = readCorpus();
  expect(chunks.length).toBeGreaterThan(50);
  expect(new Set(chunks.map(({ id }) => id)).size).toBe(chunks.length);
  expect(chunks.map(({ id }) => id)).toContain("configuration#ports");
});
