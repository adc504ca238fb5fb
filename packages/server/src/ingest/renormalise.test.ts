import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RenormaliseStatus } from "@nightowl/model/api/renormalise";
import type { Span } from "@nightowl/model/span/span";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import { spanFixture, spanIdOf, traceIdOf } from "../store/span-fixture.ts";
import { openStore, type Store } from "../store/store.ts";
import { tempFolder } from "../store/temp-folder.ts";
import { createRenormaliser, type Renormaliser } from "./renormalise.ts";
import { createSummariser, type Summariser } from "./summarise.ts";

let folder: ReturnType<typeof tempFolder>;
let store: Store;
let summariser: Summariser;
let renormaliser: Renormaliser;

async function open(): Promise<void> {
  store = await openStore({ dataDir: folder.path });
  summariser = createSummariser({ store });
  await summariser.recover();
  renormaliser = createRenormaliser({ store, resummarise: summariser.resummarise, pageSpans: 2 });
}

async function close(): Promise<void> {
  await renormaliser.close();
  await summariser.close();
  await store.close();
}

beforeEach(async () => {
  folder = tempFolder();
  await open();
});
afterEach(async () => {
  await close();
  folder.remove();
});

/** A model call, as a version that did not know the convention would have read it. */
function unread(n: number, more: Partial<Span> = {}): Span {
  return spanFixture({
    traceId: traceIdOf(n),
    spanId: spanIdOf(n),
    kind: "UNKNOWN",
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "gpt-4o",
      "gen_ai.usage.input_tokens": 7,
      "gen_ai.input.messages": JSON.stringify([{ role: "user", content: `question ${n}` }]),
    },
    ...more,
  });
}

async function rows(): Promise<{ kind: string; preview: string; tokens: string | null; received: string }[]> {
  return store.db.query(
    `SELECT kind, input_preview AS preview, input_tokens AS tokens, received_ns AS received
     FROM spans FINAL ORDER BY project, trace_id`,
  );
}

async function summaries(): Promise<[string, string | null][]> {
  return store.db.queryArrays("SELECT input_preview, input_tokens FROM traces FINAL ORDER BY trace_id");
}

async function ended(): Promise<RenormaliseStatus> {
  while (renormaliser.status().state === "running") await new Promise((resolve) => setTimeout(resolve, 5));
  return renormaliser.status();
}

describe("stored spans are read again", () => {
  test("and their columns and their traces' summaries say what is read now", async () => {
    await store.writeSpans([unread(1), unread(2), unread(3)]);
    const before = await rows();
    expect(before.map(({ kind, preview }) => [kind, preview])).toEqual(
      Array.from({ length: 3 }, () => ["UNKNOWN", ""]),
    );
    expect(renormaliser.status().state).toBe("idle");
    expect(renormaliser.start()).toMatchObject({ state: "running", project: null });
    expect(await ended()).toMatchObject({ state: "done", readSpans: 3, changedSpans: 3, totalSpans: 3 });
    const after = await rows();
    expect(after.map(({ kind, preview, tokens }) => [kind, preview, tokens])).toEqual([
      ["LLM", "question 1", "7"],
      ["LLM", "question 2", "7"],
      ["LLM", "question 3", "7"],
    ]);
    // They were not received anew.
    expect(after.map(({ received }) => received)).toEqual(before.map(({ received }) => received));
    expect(await summaries()).toEqual([
      ["question 1", "7"],
      ["question 2", "7"],
      ["question 3", "7"],
    ]);
  });

  test("so that rows from before a name had its column are called by it", async () => {
    const attributes = { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "get_weather" };
    await store.writeSpans([unread(1, { name: "execute", attributes })]);
    const names = () => store.db.queryArrays("SELECT name, display_name FROM spans FINAL");
    expect(await names()).toEqual([["execute", ""]]);
    renormaliser.start();
    await ended();
    expect(await names()).toEqual([["execute", "get_weather"]]);
  });

  test("a second time nothing is left to change", async () => {
    await store.writeSpans([unread(1)]);
    renormaliser.start();
    await ended();
    renormaliser.start();
    expect(await ended()).toMatchObject({ state: "done", readSpans: 1, changedSpans: 0 });
    expect(await rows()).toHaveLength(1);
  });

  test("of one project only, where that is asked", async () => {
    await store.writeSpans([unread(1, { project: "a" }), unread(2, { project: "b" })]);
    renormaliser.start("b");
    expect(await ended()).toMatchObject({ readSpans: 1, project: "b" });
    expect((await rows()).map(({ kind }) => kind)).toEqual(["UNKNOWN", "LLM"]);
  });

  test("what is sent again meanwhile is not overwritten", async () => {
    await store.writeSpans([unread(1)]);
    const [stored] = await store.readSpansAfter(undefined, { limit: 1 });
    const newer = unread(1, { attributes: { "gen_ai.operation.name": "embeddings" } });
    await store.writeSpans([normaliseSpan(newer, { project: "default" })]);
    await store.rewriteSpans([
      { span: unread(1), receivedNs: stored!.receivedNs, version: stored!.version + 1n },
    ]);
    expect((await rows()).map(({ kind }) => kind)).toEqual(["EMBEDDING"]);
  });
});

describe("a run that is broken off", () => {
  test("goes on at the next start where it was", async () => {
    await store.writeSpans(Array.from({ length: 20 }, (_, n) => unread(n)));
    renormaliser.start();
    while (renormaliser.status().readSpans === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await close();
    const { state, readSpans } = renormaliser.status();
    expect(state).toBe("running");
    await open();
    await renormaliser.resume();
    expect(renormaliser.status().readSpans).toBeGreaterThanOrEqual(readSpans);
    expect(await ended()).toMatchObject({ state: "done", readSpans: 20 });
    expect((await rows()).every(({ kind }) => kind === "LLM")).toBe(true);
    expect(await summaries()).toHaveLength(20);
  });

  test("by somebody stays so, and can be begun again", async () => {
    await store.writeSpans(Array.from({ length: 20 }, (_, n) => unread(n)));
    renormaliser.start();
    expect(await renormaliser.stop()).toMatchObject({ state: "stopped" });
    await close();
    await open();
    await renormaliser.resume();
    expect(renormaliser.status()).toMatchObject({ state: "stopped" });
    renormaliser.start();
    expect(await ended()).toMatchObject({ state: "done", readSpans: 20 });
  });
});
