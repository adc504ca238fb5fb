import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Span } from "@nightowl/model/span/span";
import { spanFixture, spanIdOf, traceIdOf } from "../store/span-fixture.ts";
import { openStore, type Store } from "../store/store.ts";
import { tempFolder } from "../store/temp-folder.ts";
import { createPromptAssigner, type PromptAssigner } from "./assign-prompts.ts";

let folder: ReturnType<typeof tempFolder>;
let store: Store;
let prompts: PromptAssigner;

beforeEach(async () => {
  folder = tempFolder();
  await open();
});
afterEach(async () => {
  await close();
  folder.remove();
});

async function open(): Promise<void> {
  store = await openStore({ dataDir: folder.path });
  prompts = await createPromptAssigner({ store, delayMs: 60_000, backfillPage: 24 });
}
async function close(): Promise<void> {
  await prompts.close();
  await store.close();
}

const QUESTIONS = [
  "How do I reset my password?",
  "Where is the invoice for March?",
  "Can two people share a seat",
  "Why was I charged twice?",
  "My export hangs at ninety per cent. What now?",
  "Is there a way to undo a merge?",
  "When does the trial end?",
  "Who can see the notes of a closed project?",
];
const START_NS = 1_763_700_000_000_000_000n;

/** The attributes are what the dialects read the messages from, for what is looked up again. */
function call(n: number, rule: string, given: Partial<Span> = {}): Span {
  const system = `You are a careful support engineer.\n${rule}\nBe brief and be kind.`;
  const user = `${QUESTIONS[n % 8]} ${QUESTIONS[(n * 5 + (n >> 3) * 3) % 8]}`;
  const message = (role: string, text: string) => ({ role, parts: [{ type: "text" as const, text }] });
  return spanFixture({
    traceId: traceIdOf(n),
    spanId: spanIdOf(n),
    kind: "LLM",
    startTimeNs: String(START_NS + BigInt(n) * 60_000_000_000n),
    attributes: {
      "openinference.span.kind": "LLM",
      "llm.input_messages.0.message.role": "system",
      "llm.input_messages.0.message.content": system,
      "llm.input_messages.1.message.role": "user",
      "llm.input_messages.1.message.content": user,
    },
    inputMessages: [message("system", system), message("user", user)],
    ...given,
  });
}

async function write(spans: Span[]): Promise<void> {
  prompts.assign(spans);
  await store.writeSpans(spans);
}

/** Number of calls of each template and version. */
function counts(): Promise<{ template: string; version: string; n: number }[]> {
  return store.db.query(
    `SELECT prompt_template_id AS template, prompt_version_id AS version, toUInt32(count()) AS n
     FROM spans FINAL GROUP BY template, version ORDER BY min(start_ns)`,
  );
}

describe("prompts at ingest", () => {
  test("calls written before their template was known are given it, and a new wording is a new version", async () => {
    for (let n = 0; n < 24; n++) await write([call(n, "Answer from the documents.")]);
    await prompts.settle();
    const first = await counts();
    expect(first).toEqual([
      { template: expect.stringMatching(/^t/), version: expect.stringMatching(/^v/), n: 24 },
    ]);
    for (let n = 24; n < 48; n++) await write([call(n, "Answer only from the documents, and cite each.")]);
    await prompts.settle();
    const second = await counts();
    expect(second.map(({ n }) => n)).toEqual([24, 24]);
    expect(new Set(second.map(({ template }) => template))).toEqual(new Set([first[0]?.template]));
  });

  test("what could not be written is written the next time", async () => {
    for (let n = 0; n < 24; n++) await write([call(n, "Answer from the documents.")]);
    vi.spyOn(store, "exclusively").mockRejectedValueOnce(new Error("the disk is full"));
    await expect(prompts.settle()).rejects.toThrow("the disk is full");
    await prompts.settle();
    expect((await counts()).map(({ n }) => n)).toEqual([24]);
  });

  test("a restart goes on where it was", async () => {
    for (let n = 0; n < 16; n++) await write([call(n, "Answer from the documents.")]);
    await prompts.settle();
    const before = await counts();
    await close();
    await open();
    for (let n = 16; n < 24; n++) await write([call(n, "Answer from the documents.")]);
    await prompts.settle();
    const [only, ...others] = await counts();
    expect(others).toEqual([]);
    expect(only).toEqual({ ...before[0], n: 24 });
  });

  test("declared templates are taken at their word", async () => {
    const declared = (version: string) => ({
      promptTemplate: { name: "ask", version, template: "Hello {name}" },
    });
    await write([call(1, "a", declared("1")), call(2, "b", declared("1")), call(3, "c", declared("2"))]);
    await write([call(4, "d", { promptTemplate: { name: "other" } })]);
    await prompts.settle();
    const rows = await counts();
    expect(rows.map(({ n }) => n)).toEqual([2, 1, 1]);
    expect(rows.every(({ template }) => template.startsWith("d"))).toBe(true);
    const templates = await store.db.query("SELECT name, source FROM prompt_templates FINAL ORDER BY name");
    expect(templates).toEqual([
      { name: "ask", source: "declared" },
      { name: "other", source: "declared" },
    ]);
    const versions = await store.db.query(
      "SELECT label, pattern FROM prompt_versions FINAL WHERE label != '' ORDER BY label",
    );
    const pattern = JSON.stringify(["Hello ", { name: "name", shape: "block" }]);
    expect(versions).toEqual([
      { label: "1", pattern },
      { label: "2", pattern },
    ]);
  });

  test("spans of other kinds and prompts like no others have no template", async () => {
    await write([call(1, "a", { kind: "CHAIN" }), call(2, "b"), call(3, "c", { inputMessages: [] })]);
    await prompts.settle();
    expect(await counts()).toEqual([{ template: "", version: "", n: 3 }]);
  });

  test("calls from before templates were looked for are gone through", async () => {
    await store.writeSpans(Array.from({ length: 24 }, (_, n) => call(n, "Answer from the documents.")));
    await prompts.backfill();
    await prompts.settle();
    expect((await counts()).map(({ n }) => n)).toEqual([24]);
    expect(await prompts.backfill()).toBe(0);
  });

  test("going through them goes on after a restart that interrupted it", async () => {
    const rules = ["Answer from the documents.", "Ask back when the question is unclear, and never guess."];
    await store.writeSpans(Array.from({ length: 96 }, (_, n) => call(n, rules[n < 48 ? 0 : 1]!)));
    // It is closed while the first page is written.
    const { prototype } = store.constructor as { prototype: Store };
    let closing: Promise<void> | undefined;
    store.exclusively = async (work) => {
      const result = await prototype.exclusively.call(store, work);
      closing ??= prompts.close();
      return result as never;
    };
    await prompts.backfill();
    await closing;
    await store.close();
    await open();
    const left = (await counts()).find(({ version }) => version === "")?.n ?? 0;
    expect(left).toBeGreaterThan(0);
    expect(await prompts.backfill()).toBeGreaterThanOrEqual(left);
    await prompts.settle();
    expect((await counts()).map(({ n }) => n)).toEqual([48, 48]);
    expect(await prompts.backfill()).toBe(0);
  });

  test("a span rewritten with its template is otherwise as it was", async () => {
    const columns = "* EXCEPT (version, prompt_template_id, prompt_version_id)";
    const read = () => store.db.query(`SELECT ${columns} FROM spans FINAL ORDER BY span_id`);
    await store.writeSpans(
      Array.from({ length: 12 }, (_, n) => call(n, "Answer from the documents.")),
      7n,
    );
    const before = await read();
    await prompts.backfill();
    await prompts.settle();
    expect((await counts())[0]?.version).not.toBe("");
    expect(await read()).toEqual(before);
  });
});
