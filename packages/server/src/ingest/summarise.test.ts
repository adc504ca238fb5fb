import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NOON_NS, spanFixture, spanIdOf, traceIdOf } from "../store/span-fixture.ts";
import { assignCalls } from "../store/prompt-rows.ts";
import { startHour } from "../store/rows.ts";
import { openStore, type Store } from "../store/store.ts";
import { tempFolder } from "../store/temp-folder.ts";
import type { Span } from "@nightowl/model/span/span";
import type { Ingest } from "./group-commit.ts";
import { createIngest } from "./ingest.ts";
import { createSummariser, type Summariser } from "./summarise.ts";

let folder: ReturnType<typeof tempFolder>;
let store: Store;
let ingest: Ingest<Span>;
let summariser: Summariser;

async function open(delayMs = 60_000): Promise<void> {
  store = await openStore({ dataDir: folder.path });
  summariser = createSummariser({ store, delayMs });
  ingest = createIngest({ store, onWritten: summariser.markWritten });
}

/** Stops without settling, as a crash does. */
async function crash(): Promise<void> {
  await ingest.close();
  await store.close();
}

beforeEach(async () => {
  folder = tempFolder();
  await open();
});
afterEach(async () => {
  await ingest.close();
  await summariser.close();
  await store.close();
  folder.remove();
});

function child(n: number, given: Partial<Span> = {}): Span {
  return spanFixture({ traceId: traceIdOf(1), spanId: spanIdOf(n), parentSpanId: spanIdOf(1), ...given });
}
const root = spanFixture({ traceId: traceIdOf(1), spanId: spanIdOf(1), name: "root" });

async function listed(): Promise<{ name: string; spans: number; first: number; last: number }[]> {
  return store.db.query(
    `SELECT name, span_count AS spans, first_hour AS first, last_hour AS last
     FROM traces FINAL ORDER BY project, trace_id`,
  );
}

describe("the summariser", () => {
  test("after settle, what was written is in the list", async () => {
    await summariser.recover();
    await ingest.submit([child(2), child(3)]);
    await summariser.settle();
    expect(await listed()).toMatchObject([{ name: "answer", spans: 2 }]);
    await ingest.submit([root]);
    await summariser.settle();
    expect(await listed()).toMatchObject([{ name: "root", spans: 3 }]);
    await summariser.settle();
    expect(summariser.stats()).toEqual({ waitingTraces: 0, summarisedTraces: 2, failures: 0 });
  });

  test("does so by itself, soon", async () => {
    await summariser.close();
    summariser = createSummariser({ store, delayMs: 5 });
    await summariser.recover();
    const [extent] = [
      { project: "default", traceId: traceIdOf(1), firstHour: 492_324, lastHour: 492_324, spanCount: 1 },
    ];
    const receivedNs = store.nextTimeNs();
    await store.writeSpans([root], receivedNs);
    summariser.markWritten([extent as NonNullable<typeof extent>], receivedNs);
    while ((await listed()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  test("a span that was sent again does not count twice", async () => {
    await ingest.submit([root, child(2)]);
    await summariser.settle();
    await ingest.submit([child(2)]);
    await summariser.settle();
    expect(await listed()).toMatchObject([{ spans: 2 }]);
  });

  test("writes nothing old of a call that was given its prompt while its summary was underway", async () => {
    await summariser.recover();
    const call = child(2, { kind: "LLM", usage: { inputTokens: 7 } });
    const place = { traceId: call.traceId, spanId: call.spanId, startHour: startHour(call.startTimeNs) };
    const promptOf = () =>
      store.db.query("SELECT prompt_version_id AS id FROM calls FINAL WHERE kind = 'LLM'");
    await ingest.submit([root, call]);
    let settled: Promise<void> | undefined;
    await store.exclusively(async () => {
      settled = summariser.settle();
      await assignCalls(store.db, "default", [place], { templateId: "t1", versionId: "v1" });
      summariser.forget("default", [place]);
    });
    await settled;
    expect(await promptOf()).toEqual([{ id: "v1" }]);
    // What comes next of the trace is summarised from what was remembered of it.
    await store.exclusively(async () => {
      await assignCalls(store.db, "default", [place], { templateId: "t1", versionId: "v2" });
      summariser.forget("default", [place]);
    });
    expect(await promptOf()).toEqual([{ id: "v2" }]);
    await ingest.submit([child(3)]);
    await summariser.settle();
    expect(await promptOf()).toEqual([{ id: "v2" }]);
  });

  test("what is in memory and what is on disk make the same summary", async () => {
    await summariser.recover();
    const drafts = [root, child(2)].map((span) => ({ ...span, endTimeNs: "0" }));
    await ingest.submit(drafts);
    await summariser.settle();
    await ingest.submit([child(2), child(3, { statusCode: "ERROR", statusMessage: "late" })]);
    await summariser.settle();
    // An earlier version that comes after the ended one changes nothing.
    await ingest.submit([{ ...child(2), endTimeNs: "0" }, root, child(3, { statusCode: "OK" })]);
    await summariser.settle();
    const fromMemory = await store.db.query("SELECT * EXCEPT (version, watermark_ns) FROM traces FINAL");
    expect(fromMemory).toMatchObject([{ name: "root", span_count: 3, error_count: 0, running: false }]);
    await summariser.resummarise([
      { project: root.project, traceId: root.traceId, firstHour: 0, lastHour: 2 ** 31, spanCount: 3 },
    ]);
    const fromDisk = await store.db.query("SELECT * EXCEPT (version, watermark_ns) FROM traces FINAL");
    expect(fromDisk).toEqual(fromMemory);
  });

  test.each([true, false])(
    "a span sent again with its start in another hour takes the place of the first (in memory: %s)",
    async (inMemory) => {
      if (inMemory) await summariser.recover();
      await ingest.submit([
        root,
        child(2, { startTimeNs: String(NOON_NS - 7_200_000_000_000n), name: "old" }),
      ]);
      await summariser.settle();
      await ingest.submit([child(2, { name: "new" })]);
      await summariser.settle();
      expect(await listed()).toMatchObject([{ spans: 2 }]);
      const names = await store.db.query<{ name: string }>("SELECT name FROM spans FINAL ORDER BY span_id");
      expect(names.map(({ name }) => name)).toEqual(["root", "new"]);
    },
  );

  test("a trace that was begun before the start is counted with what is on disk", async () => {
    await summariser.recover();
    await ingest.submit([root, child(2)]);
    await summariser.settle();
    await crash();
    await open();
    await summariser.recover();
    await ingest.submit([child(3)]);
    await summariser.settle();
    await ingest.submit([child(4)]);
    await summariser.settle();
    expect(await listed()).toMatchObject([{ name: "root", spans: 4 }]);
  });

  test("finds the spans of a trace in whatever hours they are", async () => {
    const hours = (n: number) => String(NOON_NS + BigInt(n) * 3_600_000_000_000n);
    await ingest.submit([child(2, { startTimeNs: hours(50) })]);
    await summariser.settle();
    await ingest.submit([child(3, { startTimeNs: "0" })]);
    await summariser.settle();
    await ingest.submit([child(4, { startTimeNs: hours(3) }), child(5, { startTimeNs: hours(1) })]);
    await summariser.settle();
    expect(await listed()).toMatchObject([{ spans: 4, first: 0, last: 492_374 }]);
  });

  test("keeps projects apart, and settles while others write and settle", async () => {
    await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const traceId = traceIdOf(n % 10);
        const span = spanFixture({ project: `p${n % 2}`, traceId, spanId: spanIdOf(n) });
        await ingest.submit([span]);
        await summariser.settle();
        const found = await store.findTraceExtents(span.project, [traceId]);
        expect(found).toHaveLength(1);
      }),
    );
    expect((await listed()).map(({ spans }) => spans)).toEqual(Array.from({ length: 10 }, () => 4));
  });

  test("a trace of very many spans is summarised whole", async () => {
    const spans = Array.from({ length: 12_000 }, (_, i) => child(i + 2));
    await ingest.submit([root, ...spans]);
    await summariser.settle();
    expect(await listed()).toMatchObject([{ name: "root", spans: 12_001 }]);
  });

  test("after a crash, what was not summarised is, and only that", async () => {
    await summariser.recover();
    await ingest.submit([spanFixture({ traceId: traceIdOf(7), spanId: spanIdOf(7), name: "before" })]);
    await summariser.settle();
    await ingest.submit([root, child(2)]);
    await crash();

    await open();
    expect((await listed()).map(({ name }) => name)).toEqual(["before"]);
    expect(await summariser.recover()).toBe(1);
    await summariser.settle();
    expect((await listed()).map(({ name, spans }) => [name, spans])).toEqual([
      ["root", 2],
      ["before", 1],
    ]);
    await crash();

    await open();
    expect(await summariser.recover()).toBe(0);
  });

  test("spans that arrive before the recovery do not hide what it must find", async () => {
    await ingest.submit([root]);
    await crash();
    await open();
    await ingest.submit([spanFixture({ traceId: traceIdOf(7), spanId: spanIdOf(7) })]);
    await summariser.settle();
    await crash();
    await open();
    expect(await summariser.recover()).toBe(2);
    await summariser.settle();
    expect(await listed()).toHaveLength(2);
  });

  test("a trace whose spans are gone leaves the list", async () => {
    await ingest.submit([root]);
    await summariser.settle();
    const extents = await store.findTraceExtents("default", [traceIdOf(1)]);
    await store.db.command("DELETE FROM spans WHERE 1");
    await summariser.resummarise(extents);
    expect(await listed()).toEqual([]);
  });

  test("a failure is passed on, and the traces are kept for the next time", async () => {
    await ingest.submit([root]);
    await store.db.command("RENAME TABLE traces TO traces_away");
    await expect(summariser.settle()).rejects.toThrow("traces");
    expect(summariser.stats()).toMatchObject({ waitingTraces: 1, failures: 1 });
    await store.db.command("RENAME TABLE traces_away TO traces");
    await summariser.settle();
    expect(await listed()).toMatchObject([{ name: "root" }]);
  });
});
