import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LogRecord } from "@nightowl/model/log/log-record";
import { toIncomingLogs, toLogRows } from "./log-rows.ts";
import { fromRow, WIRE_SPAN_COLUMNS, type WireSpanRow } from "./rows.ts";
import { NOON_NS, spanFixture, spanIdOf, traceIdOf } from "./span-fixture.ts";
import { openStore, type Store } from "./store.ts";
import { tempFolder } from "./temp-folder.ts";

let folder: ReturnType<typeof tempFolder>;
let store: Store | undefined;
beforeEach(() => void (folder = tempFolder()));
afterEach(async () => {
  await store?.close();
  store = undefined;
  folder.remove();
});

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const tsx = (name: string, ...args: string[]) => ["--import", "tsx", fixture(name), ...args];

async function spansOf({ db }: Store) {
  const rows = await db.query<WireSpanRow>(
    `SELECT ${WIRE_SPAN_COLUMNS.join(", ")} FROM spans FINAL ORDER BY span_id`,
  );
  return rows.map(fromRow);
}

describe("the store", () => {
  test("what is written is there after it was closed and opened again", async () => {
    store = await openStore({ dataDir: folder.path });
    await store.writeSpans([spanFixture({ name: "kept" })]);
    await store.close();
    store = await openStore({ dataDir: folder.path });
    expect(await spansOf(store)).toMatchObject([{ name: "kept" }]);
  });

  test("a span that is sent twice is there once", async () => {
    store = await openStore({ dataDir: folder.path });
    const span = spanFixture({ name: "once" });
    await store.writeSpans([span, span]);
    await store.writeSpans([span]);
    expect(await spansOf(store)).toHaveLength(1);
  });

  test("a span replaces what was sent while it was running, in whichever order they come", async () => {
    store = await openStore({ dataDir: folder.path });
    const running = (n: number) => spanFixture({ spanId: spanIdOf(n), name: "running", endTimeNs: "0" });
    const ended = (n: number) => spanFixture({ spanId: spanIdOf(n), name: "ended" });
    await store.writeSpans([running(1)]);
    await store.writeSpans([ended(1)]);
    await store.writeSpans([ended(2)]);
    await store.writeSpans([running(2)]);
    await store.writeSpans([running(3)]);
    const names = async () => (await spansOf(store as Store)).map(({ name }) => name);
    expect(await names()).toEqual(["ended", "ended", "running"]);
    await store.db.command("OPTIMIZE TABLE spans FINAL");
    expect(await names()).toEqual(["ended", "ended", "running"]);
  });

  test("after a crash, records and spans that were not joined yet are listed", async () => {
    store = await openStore({ dataDir: folder.path });
    const { resource, scope, traceId } = spanFixture();
    const record: LogRecord = {
      traceId,
      spanId: spanIdOf(1),
      timeNs: String(NOON_NS),
      observedTimeNs: "0",
      severityNumber: 0,
      severityText: "",
      eventName: "api_request",
      body: null,
      attributes: { request_id: "r1" },
      droppedAttributesCount: 0,
      flags: 0,
      resource,
      scope,
      notes: [],
    };
    const saidNs = store.nextTimeNs();
    const rows = toLogRows(toIncomingLogs([{ record, project: "p" }]), saidNs);
    await store.insertLogRows(rows.bytes, rows.ends.length);
    const spans = ["claude_code.interaction", "claude_code.llm_request", "claude_code.hook"];
    const sentNs = store.nextTimeNs();
    await store.writeSpans(
      spans.map((name, index) => spanFixture({ name, spanId: spanIdOf(index + 1) })),
      sentNs,
    );
    const listSince = async (receivedNs: bigint) => {
      const ids: string[] = [];
      for await (const { spanId } of store!.listJoinableSince(receivedNs)) ids.push(spanId);
      return ids.sort();
    };
    expect(await listSince(saidNs)).toEqual([spanIdOf(1), spanIdOf(2)]);
    // The record names the turn alone, and tells of the request.
    expect(await listSince(sentNs)).toEqual([spanIdOf(1), spanIdOf(2)]);
    expect(await listSince(store.nextTimeNs())).toEqual([]);
  });

  test("one write holds spans of more than a hundred days", async () => {
    store = await openStore({ dataDir: folder.path });
    const day = 86_400_000_000_000n;
    const spans = Array.from({ length: 101 }, (_, n) =>
      spanFixture({ spanId: spanIdOf(n), startTimeNs: String(NOON_NS - BigInt(n) * day) }),
    );
    await store.writeSpans(spans);
    expect(await spansOf(store)).toHaveLength(101);
  });

  test("its clock never goes back, also when the machine's does", async () => {
    let nowNs = NOON_NS;
    store = await openStore({ dataDir: folder.path, nowNs: () => nowNs });
    expect(store.nextTimeNs()).toBe(NOON_NS);
    nowNs -= 1000n;
    expect(store.nextTimeNs()).toBe(NOON_NS + 1000n);
  });

  test("reads the spans of some traces, each with its hours", async () => {
    store = await openStore({ dataDir: folder.path });
    const later = String(NOON_NS + 7_200_000_000_000n);
    await store.writeSpans([
      spanFixture({ traceId: traceIdOf(1), spanId: spanIdOf(1), usage: { inputTokens: 3 }, tags: ["a"] }),
      spanFixture({ traceId: traceIdOf(1), spanId: spanIdOf(2), startTimeNs: later, endTimeNs: "0" }),
      spanFixture({ traceId: traceIdOf(2), spanId: spanIdOf(3) }),
      spanFixture({ traceId: traceIdOf(2), spanId: spanIdOf(4), project: "another" }),
    ]);
    const noon = Number(NOON_NS / 3_600_000_000_000n);
    const extent = { project: "default", firstHour: noon, lastHour: noon + 2, spanCount: 0 };
    const traces = await store.readTraces("default", [
      { ...extent, traceId: traceIdOf(1) },
      { ...extent, traceId: traceIdOf(9) },
    ]);
    expect(traces).toMatchObject([
      { traceId: traceIdOf(1), firstHour: noon, lastHour: noon + 2, spanCount: 2 },
      { traceId: traceIdOf(9), spanCount: 0, rows: [] },
    ]);
    expect(traces[0]?.rows.find((row) => row.spanId === spanIdOf(1))).toEqual({
      spanId: spanIdOf(1),
      name: "answer",
      kind: "CHAIN",
      startTimeNs: String(NOON_NS),
      endTimeNs: String(NOON_NS + 1_000_000_000n),
      statusCode: "OK",
      service: "shop",
      inputTokens: 3,
      tags: ["a"],
      call: { usage: { inputTokens: 3 } },
    });
  });

  test("a second process is refused with the folder and the process that has it", async () => {
    store = await openStore({ dataDir: folder.path });
    const ours = await promisify(execFile)(process.execPath, tsx("open-engine.ts", "store", folder.path));
    expect(ours.stdout).toContain(`DataFolderInUseError: The data folder ${folder.path} is in use`);
    expect(ours.stdout).toContain(`process ${process.pid}`);
    const behind = await promisify(execFile)(
      process.execPath,
      tsx("open-engine.ts", "engine", `${folder.path}/store`),
    );
    expect(behind.stdout).toContain(`DataFolderInUseError: The data folder ${folder.path}/store is in use`);
    expect(behind.stdout).toContain(`process ${process.pid}`);
    await store.close();
    const after = await promisify(execFile)(process.execPath, tsx("open-engine.ts", "store", folder.path));
    expect(after.stdout).toBe("opened");
  });

  test("what was acknowledged survives kill -9", { timeout: 120_000 }, async () => {
    const acknowledged = new Set<number>();
    for (let round = 0; round < 3; round++) {
      const from = round * 1_000_000;
      const writer = spawn(process.execPath, tsx("write-until-killed.ts", folder.path, String(from)));
      const exited = once(writer, "exit");
      const before = acknowledged.size;
      for await (const line of createInterface({ input: writer.stdout })) {
        acknowledged.add(Number(line));
        if (acknowledged.size - before === 200 + round * 37) writer.kill("SIGKILL");
      }
      await exited;
      expect(writer.signalCode).toBe("SIGKILL");
      store = await openStore({ dataDir: folder.path });
      const spans = await spansOf(store);
      const ids = new Set(spans.map(({ spanId }) => spanId));
      expect(ids.size).toBe(spans.length);
      expect([...acknowledged].filter((n) => !ids.has(spanIdOf(n)))).toEqual([]);
      await store.close();
    }
  });
});
