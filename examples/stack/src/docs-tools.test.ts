import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { initTestTracing } from "@nightowl/sdk/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCorpus } from "./corpus.ts";
import { createDocsTools } from "./docs-tools.ts";
import { writeDocs } from "./docs.fixture.ts";
import { createEmbedder } from "./embeddings.ts";
import { openRetriever } from "./retrieve.ts";
import { createToolRegistry, type ToolRegistry } from "./tools.ts";

initTestTracing();
let docsRoot: string;
let registry: ToolRegistry;

beforeAll(async () => {
  docsRoot = writeDocs();
  const chunks = readCorpus(docsRoot);
  const retriever = await openRetriever(chunks, createEmbedder());
  registry = createToolRegistry(createDocsTools({ chunks, retriever, docsRoot }));
});
afterAll(() => rmSync(docsRoot, { recursive: true }));

const call = async (name: string, args: unknown): Promise<string> =>
  registry.call({ id: "c", name, arguments: JSON.stringify(args) });

describe("search_docs", () => {
  it("returns passages with their ids, the best first, and the part of a long one that was asked for", async () => {
    const results = JSON.parse(
      await call("search_docs", { query: "clean nest box November", limit: 2 }),
    ) as Record<string, string>[];
    expect(results).toHaveLength(2);
    expect(results[0]).toMatchObject({ id: "nest-box#cleaning", title: "The nest box › Cleaning" });
    expect(results[0]?.["text"]).toMatch(/^…[\s\S]*in November/);
  });

  it("does not take any number of results", async () => {
    expect(await call("search_docs", { query: "owl", limit: 1000 })).toMatch(/^Error: /);
  });
});

describe("fetch_chunk", () => {
  it("returns a passage whole, as its file has it now", async () => {
    const passage = JSON.parse(await call("fetch_chunk", { id: "nest-box#camera" })) as Record<
      string,
      string
    >;
    expect(passage).toMatchObject({ path: "docs/nest-box.md", text: expect.stringContaining("three weeks") });
    writeFileSync(
      join(docsRoot, "ARCHITECTURE.md"),
      "# How it is built\n\nFive boards of oak, and no lid.\n",
    );
    expect(await call("fetch_chunk", { id: "architecture#how-it-is-built" })).toContain("Five boards");
  });

  it("tells the model of an id that there is not, and of one that is gone", async () => {
    expect(await call("fetch_chunk", { id: "nest-box#windows" })).toMatch(/^Error: there is no passage/);
    writeFileSync(join(docsRoot, "ARCHITECTURE.md"), "# Other\n\nSomething else altogether.\n");
    expect(await call("fetch_chunk", { id: "architecture#how-it-is-built" })).toMatch(/^Error: .* no longer/);
  });

  it("throws when the file is gone: that is a bug, and not the model's", async () => {
    rmSync(join(docsRoot, "README.md"));
    await expect(call("fetch_chunk", { id: "readme#licence" })).rejects.toThrow("ENOENT");
  });
});

describe("now", () => {
  it("says the time, in a zone that is asked for", async () => {
    expect(await call("now", {})).toContain(`${new Date().getUTCFullYear()}`);
    expect(await call("now", { timeZone: "Asia/Tokyo" })).toMatch(/GMT\+9|JST/);
    expect(await call("now", { timeZone: "Mars/Olympus" })).toMatch(/^Error: Mars\/Olympus is no time zone/);
  });
});
