import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Span } from "@nightowl/model/span/span";
import { createIngest } from "../ingest/ingest.ts";
import { createSummariser, type Summariser } from "../ingest/summarise.ts";
import { createRetention } from "./retention.ts";
import { NOON_NS, spanFixture, spanIdOf, traceIdOf } from "./span-fixture.ts";
import { openStore, type Store } from "./store.ts";
import { tempFolder } from "./temp-folder.ts";

const DAY_NS = 86_400_000_000_000n;
const NOW_MS = Number(NOON_NS / 1_000_000n);

let folder: ReturnType<typeof tempFolder>;
let store: Store;
let summariser: Summariser;
let nowNs: bigint;
beforeEach(async () => {
  folder = tempFolder();
  nowNs = NOON_NS;
  store = await openStore({ dataDir: folder.path, nowNs: () => nowNs });
  summariser = createSummariser({ store });
  await summariser.recover();
});
afterEach(async () => {
  await summariser.close();
  await store.close();
  folder.remove();
});

/** Writes spans as the server does, received `daysAgo`. */
async function receive(spans: Span[], daysAgo = 0): Promise<void> {
  nowNs = NOON_NS - BigInt(daysAgo) * DAY_NS;
  const ingest = createIngest({ store, onWritten: summariser.markWritten });
  await ingest.submit(spans);
  await ingest.close();
  await summariser.settle();
}

function span(n: number, daysAgo: number, traceId = traceIdOf(n)): Span {
  const start = NOON_NS - BigInt(Math.round(daysAgo * 24)) * 3_600_000_000_000n;
  return spanFixture({
    traceId,
    spanId: spanIdOf(n),
    startTimeNs: String(start),
    endTimeNs: String(start + 1000n),
  });
}

function retention(days: number, log?: Parameters<typeof createRetention>[0]["log"]) {
  return createRetention({ store, days, log, resummarise: summariser.resummarise, nowMs: () => NOW_MS });
}

async function spanIds(): Promise<string[]> {
  const rows = await store.db.query<{ id: string }>("SELECT span_id AS id FROM spans FINAL ORDER BY id");
  return rows.map(({ id }) => id);
}

async function listed(): Promise<[string, number][]> {
  return store.db.queryArrays<[string, number]>(
    "SELECT trace_id, span_count FROM traces FINAL ORDER BY trace_id",
  );
}

describe("retention", () => {
  test("drops whole days that are too old, and their traces from the list", async () => {
    await receive([span(1, 0), span(2, 6.9), span(3, 7), span(4, 8), span(5, 400)]);
    const said: string[] = [];
    const log = { info: (_: object, text: string) => void said.push(text), warn() {}, error() {} };
    const rounds = retention(7, log);
    expect(await rounds.run()).toBe(0);
    await rounds.close();
    expect(said).toEqual(["retention: 2 spans from before 2026-02-22 are gone"]);
    expect(await spanIds()).toEqual([1, 2, 3].map(spanIdOf));
    expect(await listed()).toEqual([1, 2, 3].map((n) => [traceIdOf(n), 1]));
  });

  test("a trace that loses some of its spans is summarised again", async () => {
    await receive([span(1, 7, traceIdOf(1)), span(2, 8, traceIdOf(1)), span(3, 8, traceIdOf(3))]);
    expect(await listed()).toEqual([
      [traceIdOf(1), 2],
      [traceIdOf(3), 1],
    ]);
    await retention(7).close();
    expect(await spanIds()).toEqual([spanIdOf(1)]);
    expect(await listed()).toEqual([[traceIdOf(1), 1]]);
  });

  test("a span with an impossible start goes by when it was received", async () => {
    const timeless = (n: number, startTimeNs: string) =>
      spanFixture({ traceId: traceIdOf(n), spanId: spanIdOf(n), startTimeNs, endTimeNs: startTimeNs });
    await receive([timeless(1, "5"), timeless(2, "9214646400000000000")], 9);
    await receive([timeless(3, "5"), timeless(4, "9214646400000000000"), span(5, 0)], 1);
    await retention(7).close();
    expect(await spanIds()).toEqual([3, 4, 5].map(spanIdOf));
    expect(await listed()).toEqual([3, 4, 5].map((n) => [traceIdOf(n), 1]));
  });

  test("0 keeps everything", async () => {
    await receive([span(1, 4000)]);
    const rounds = retention(0);
    expect(await rounds.run()).toBe(0);
    await rounds.close();
    expect(await spanIds()).toEqual([spanIdOf(1)]);
    expect(await listed()).toHaveLength(1);
  });

  test("looks again each interval", async () => {
    const rounds = createRetention({
      store,
      days: 7,
      resummarise: summariser.resummarise,
      nowMs: () => NOW_MS,
      intervalMs: 20,
    });
    await rounds.run();
    await receive([span(1, 8)]);
    while ((await spanIds()).length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await rounds.close();
    expect(await listed()).toEqual([]);
  });
});
