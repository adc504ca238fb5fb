import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LogRecord } from "@nightowl/model/log/log-record";
import type { Span } from "@nightowl/model/span/span";
import { DatabaseError } from "../store/db/database.ts";
import { spanFixture, spanIdOf, traceIdOf } from "../store/span-fixture.ts";
import { openStore, type Store } from "../store/store.ts";
import { tempFolder } from "../store/temp-folder.ts";
import { OverloadedError, RowsRefusedError, StoreUnavailableError } from "./errors.ts";
import { createIngest } from "./ingest.ts";
import { createLogIngest, type ReceivedLog } from "./ingest-logs.ts";
import { withoutRows, type TouchedTrace } from "./touched-traces.ts";

let folder: ReturnType<typeof tempFolder>;
let store: Store;
beforeEach(async () => {
  folder = tempFolder();
  store = await openStore({ dataDir: folder.path });
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

function spans(from: number, count: number): Span[] {
  return Array.from({ length: count }, (_, i) =>
    spanFixture({ traceId: traceIdOf(1), spanId: spanIdOf(from + i) }),
  );
}

let recordCount = 0;

/** Log records, each unlike the others. */
function records(count: number, given: Partial<LogRecord> = {}): ReceivedLog[] {
  const { traceId, spanId, resource, scope } = spanFixture();
  return Array.from({ length: count }, () => ({
    project: "default",
    record: {
      traceId, spanId, resource, scope, timeNs: "1", observedTimeNs: "2", severityNumber: 9, severityText: "INFO",
      eventName: "said", body: `record ${recordCount++}`, attributes: {}, droppedAttributesCount: 0, flags: 0, notes: [],
      ...given,
    }, // prettier-ignore
  }));
}

/** A record that the engine cannot parse, as no decoder would let it through. */
function poison(): ReceivedLog {
  return records(1, { flags: "poison" as unknown as number })[0]!;
}

async function countSpans(): Promise<number> {
  const [row] = await store.db.query<{ n: number }>("SELECT toUInt32(count()) AS n FROM spans FINAL");
  return row?.n ?? 0;
}

/** A store whose writes wait until they are let go, or fail. */
function heldStore() {
  const writes: { rowCount: number; succeed: () => void; fail: (error: Error) => void }[] = [];
  let timeNs = 0n;
  return {
    writes,
    nextTimeNs: () => ++timeNs,
    insertSpanRows: (_: unknown, rowCount: number) =>
      new Promise<void>((succeed, fail) => void writes.push({ rowCount, succeed, fail })),
  };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 20));

describe("ingest", () => {
  test("spans can be read as soon as submit resolves", async () => {
    const ingest = createIngest({ store });
    await ingest.submit(spans(0, 3));
    expect(await countSpans()).toBe(3);
    await ingest.submit([]);
    await ingest.close();
  });

  test("requests that arrive together are written together, also in parts when they are large", async () => {
    const ingest = createIngest({ store });
    await Promise.all(Array.from({ length: 50 }, (_, i) => ingest.submit(spans(i * 2, 2))));
    expect(ingest.stats()).toMatchObject({ groups: 1, writtenRows: 100, queuedRows: 0, queuedBytes: 0 });
    await ingest.submit(spans(1000, 2500));
    expect(await countSpans()).toBe(2600);
    expect(ingest.stats()).toMatchObject({ writtenRows: 2600, queuedRows: 0, queuedBytes: 0 });
    await ingest.close();
  });

  test("what arrives during a write forms the next group, within the limits", async () => {
    const held = heldStore();
    const ingest = createIngest({ store: held, limits: { lingerMs: 0, groupRows: 4 } });
    const first = ingest.submit(spans(0, 1));
    await turn();
    const others = Promise.all([3, 1, 2].map((count) => ingest.submit(spans(10, count))));
    await turn();
    expect(held.writes.map(({ rowCount }) => rowCount)).toEqual([1]);
    held.writes[0]?.succeed();
    await first;
    await turn();
    expect(held.writes.map(({ rowCount }) => rowCount)).toEqual([1, 4]);
    held.writes[1]?.succeed();
    await turn();
    expect(held.writes.map(({ rowCount }) => rowCount)).toEqual([1, 4, 2]);
    held.writes[2]?.succeed();
    await others;
    await ingest.close();
  });

  test("tells which traces have new spans, in order, before submit resolves", async () => {
    const told: { traces: readonly TouchedTrace[]; receivedNs: bigint }[] = [];
    const ingest = createIngest({
      store,
      onWritten: (traces, receivedNs) => void told.push({ traces, receivedNs }),
    });
    await ingest.submit([...spans(0, 2), spanFixture({ traceId: traceIdOf(2), startTimeNs: "0" })]);
    const extents = [
      { project: "default", traceId: traceIdOf(1), firstHour: 492_324, lastHour: 492_324, spanCount: 2 },
      { project: "default", traceId: traceIdOf(2), firstHour: 0, lastHour: 0, spanCount: 1 },
    ];
    expect(told.map(({ traces }) => traces.map(withoutRows))).toEqual([extents]);
    expect(told[0]?.traces.map(({ rows }) => rows?.map(({ spanId }) => spanId))).toEqual([
      [spanIdOf(0), spanIdOf(1)],
      [spanFixture().spanId],
    ]);
    await ingest.submit(spans(9, 1500));
    const times = told.map(({ receivedNs }) => receivedNs);
    expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : 1)));
    await ingest.close();
  });

  test("a record that the store cannot hold costs only itself, and is named", async () => {
    const ingest = createLogIngest({ store });
    const good = ingest.submit(records(20));
    const mixed = ingest.submit([...records(5), poison(), ...records(6), poison()]);
    const alsoGood = ingest.submit(records(20));
    await Promise.all([good, alsoGood]);
    const error = await mixed.catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RowsRefusedError);
    expect((error as RowsRefusedError).refused).toEqual([
      { index: 5, reason: expect.stringContaining("the store cannot hold it: ") },
      { index: 12, reason: expect.stringContaining("the store cannot hold it: ") },
    ]);
    const [row] = await store.db.query<{ n: string }>("SELECT count() AS n FROM logs FINAL");
    expect(row).toEqual({ n: "51" });
    expect(ingest.stats()).toMatchObject({ writtenRows: 51, refusedRows: 2, groups: 1, failedGroups: 0 });
    await ingest.close();
  });

  test("a part of a request is asked for when its turn comes, once and in order", async () => {
    const ingest = createIngest({ store });
    const asked: [number, number][] = [];
    const all = spans(0, 250);
    await ingest.submit({
      length: all.length,
      slice: (from, to) => {
        asked.push([from, to]);
        return all.slice(from, to);
      },
    });
    expect(asked.map(([from]) => from)).toEqual([0, ...asked.slice(0, -1).map(([, to]) => to)]);
    expect(asked.at(-1)?.[1]).toBe(250);
    expect(asked.length).toBeGreaterThan(1);
    expect(await countSpans()).toBe(250);
    await ingest.close();
  });

  test("past its limit it turns requests away, and lets them in again later", async () => {
    const held = heldStore();
    const ingest = createIngest({ store: held, limits: { lingerMs: 0, queueRows: 10 } });
    const large = ingest.submit(spans(0, 25));
    const error = await ingest.submit(spans(100, 1)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(OverloadedError);
    expect((error as OverloadedError).retryAfterSeconds).toBeGreaterThanOrEqual(1);
    await turn();
    held.writes[0]?.succeed();
    await large;
    const small = ingest.submit(spans(100, 10));
    await turn();
    held.writes[1]?.succeed();
    await small;
    expect(ingest.stats()).toMatchObject({ overloads: 1, writtenRows: 35, queuedRows: 0, queuedBytes: 0 });
    await ingest.close();
  });

  test("bytes are limited too", async () => {
    const held = heldStore();
    const ingest = createIngest({ store: held, limits: { lingerMs: 0, queueBytes: 1000 } });
    const first = ingest.submit(spans(0, 1), 600);
    await expect(ingest.submit(spans(1, 1), 600)).rejects.toBeInstanceOf(OverloadedError);
    await turn();
    held.writes[0]?.succeed();
    await first;
    await ingest.close();
  });

  test("an engine that cannot write is told apart from a bad span, and recovers", async () => {
    const held = heldStore();
    const ingest = createIngest({ store: held, limits: { lingerMs: 0 } });
    const full = ingest.submit(spans(0, 4));
    const alsoFull = ingest.submit(spans(4, 4));
    await turn();
    held.writes[0]?.fail(new DatabaseError("Cannot reserve 1 MiB: NOT_ENOUGH_SPACE", { code: 243 }));
    for (const submitted of [full, alsoFull]) {
      const error = await submitted.catch((e: unknown) => e);
      expect(error).toBeInstanceOf(StoreUnavailableError);
      expect((error as Error).message).toBe("The disk of the data folder is full.");
    }
    expect(held.writes).toHaveLength(1);
    const later = ingest.submit(spans(0, 4));
    await turn();
    held.writes[1]?.succeed();
    await later;
    expect(ingest.stats()).toMatchObject({ failedGroups: 1, writtenRows: 4, queuedRows: 0, queuedBytes: 0 });
    await ingest.close();
  });

  test("close writes what is waiting and takes nothing new", async () => {
    const ingest = createIngest({ store, limits: { lingerMs: 60_000 } });
    const waiting = ingest.submit(spans(0, 2100));
    const closed = ingest.close();
    await expect(ingest.submit(spans(5000, 1))).rejects.toBeInstanceOf(StoreUnavailableError);
    await Promise.all([waiting, closed]);
    expect(await countSpans()).toBe(2100);
  });

  test("flush writes what is waiting", async () => {
    const ingest = createIngest({ store, limits: { lingerMs: 60_000 } });
    const waiting = ingest.submit(spans(0, 3));
    await ingest.flush();
    expect(await countSpans()).toBe(3);
    await waiting;
    await ingest.close();
  });
});
