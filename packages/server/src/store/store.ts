import type { Span } from "@nightowl/model/span/span";
import type { AccountedRow } from "@nightowl/model/trace/call-facts";
import { CALL_FACT_COLUMNS, toCallFacts, type CallFactColumns } from "./call-facts.ts";
import { CALL_COLUMNS, toCallRows } from "./call-rows.ts";
import type { Database } from "./db/database.ts";
import { openDataFolder } from "./db/data-folder.ts";
import { openEmbedded } from "./db/embedded.ts";
import { NO_LOG, type Log } from "./log.ts";
import { migrate } from "./migrate.ts";
import { SPAN_COLUMNS, toRows } from "./rows.ts";
import { SPAN_ROW_COLUMNS, toSpanRow, type SpanRowColumns } from "./span-rows.ts";
import { TRACE_COLUMNS, toTraceRows, type SummarisedTrace } from "./trace-rows.ts";

/** A trace, and the first and last start hour (hours since 1970) of its spans, or of some of them. */
export interface TraceExtent {
  project: string;
  traceId: string;
  firstHour: number;
  lastHour: number;
  spanCount: number;
}

/** All spans of one trace as they are now. `rows` is empty when there are none. */
export interface TraceContent extends TraceExtent {
  rows: AccountedRow[];
}

/** A trace with spans of late. */
export interface ReceivedTrace extends TraceExtent {
  /** When the last of them was received. */
  lastReceivedNs: string;
}

export interface Store {
  /** For queries; what is written goes through the store. */
  readonly db: Database;
  /** Absolute. */
  readonly dataDir: string;
  /** Unix nanoseconds; later than any time it gave before, and than what was written by the last run. */
  nextTimeNs(): bigint;
  /** Every span received before this moment was summarised when the store was opened. */
  readonly watermarkNs: bigint;

  /** Writes spans; on disk when it resolves. Ingest serialises by itself and uses {@link insertSpanRows}. */
  writeSpans(spans: readonly Span[], receivedNs?: bigint): Promise<void>;
  /** Rows of `toRows`. */
  insertSpanRows(rows: Buffer, rowCount: number): Promise<void>;
  /** Summaries, and before them what the traces' calls cost. */
  writeTraceSummaries(traces: readonly SummarisedTrace[], watermarkNs: bigint): Promise<void>;
  deleteTraceSummaries(traces: readonly { project: string; traceId: string }[]): Promise<void>;

  /** What the summaries say of these traces; a trace that has none is not among them. */
  findTraceExtents(project: string, traceIds: readonly string[]): Promise<TraceExtent[]>;
  /**
   * Spans of traces of one project, looked for between their first and last hours, in the order they were received.
   * One entry per trace asked for. A span that was sent with starts in two hours is there twice.
   */
  readTraces(project: string, extents: readonly TraceExtent[]): Promise<TraceContent[]>;
  /** Deletes versions of spans of a trace that others have taken the place of. */
  deleteSpanVersions(
    trace: { project: string; traceId: string },
    versions: readonly { spanId: string; startHour: number }[],
  ): Promise<void>;
  /** Traces with spans received at `receivedNs` or later; the extents are those of these spans. */
  listTracesSince(receivedNs: bigint): AsyncIterable<ReceivedTrace>;

  /** Runs one piece of work that reads spans and writes summaries, or deletes, after the ones before it. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const RECOVERY_TIMEOUT_MS = 600_000;

/**
 * Takes the data folder, opens the engine on it and brings its schema up to date.
 *
 * @param options.nowNs the clock, for tests.
 * @throws {DataFolderInUseError}, {DataFolderError}, {MigrationError}: each says what to do.
 */
export async function openStore(options: {
  dataDir: string;
  log?: Log;
  nowNs?: () => bigint;
}): Promise<Store> {
  const log = options.log ?? NO_LOG;
  const folder = openDataFolder(options.dataDir);
  let db: Database | undefined;
  try {
    db = openEmbedded({ path: folder.storePath });
    const applied = await migrate(db);
    if (applied.length > 0) log.info({ applied }, "the schema is up to date");
    const [row] = await db.query<{ watermark: string }>("SELECT max(watermark_ns) AS watermark FROM traces");
    return new EmbeddedStore(db, folder, BigInt(row?.watermark ?? 0), options.nowNs ?? systemTimeNs);
  } catch (error) {
    await db?.close();
    folder.release();
    throw error;
  }
}

function systemTimeNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

class EmbeddedStore implements Store {
  readonly db: Database;
  readonly dataDir: string;
  readonly watermarkNs: bigint;
  readonly #release: () => void;
  readonly #nowNs: () => bigint;
  #lastTimeNs: bigint;
  #exclusive: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(
    db: Database,
    folder: { path: string; release: () => void },
    watermarkNs: bigint,
    nowNs: () => bigint,
  ) {
    this.db = db;
    this.dataDir = folder.path;
    this.watermarkNs = watermarkNs;
    this.#release = folder.release;
    this.#nowNs = nowNs;
    this.#lastTimeNs = watermarkNs;
  }

  nextTimeNs(): bigint {
    const now = this.#nowNs();
    this.#lastTimeNs = now > this.#lastTimeNs ? now : this.#lastTimeNs + 1n;
    return this.#lastTimeNs;
  }

  async writeSpans(spans: readonly Span[], receivedNs: bigint = this.nextTimeNs()): Promise<void> {
    if (spans.length > 0) await this.insertSpanRows(toRows(spans, receivedNs).bytes, spans.length);
  }

  insertSpanRows(rows: Buffer, rowCount: number): Promise<void> {
    return this.db.insert("spans", SPAN_COLUMNS, rows, rowCount);
  }

  async writeTraceSummaries(traces: readonly SummarisedTrace[], watermarkNs: bigint): Promise<void> {
    if (traces.length === 0) return;
    const version = this.nextTimeNs();
    const calls = toCallRows(traces, version);
    if (calls.ends.length > 0) await this.db.insert("calls", CALL_COLUMNS, calls.bytes, calls.ends.length);
    const { bytes } = toTraceRows(traces, { version, watermarkNs });
    await this.db.insert("traces", TRACE_COLUMNS, bytes, traces.length);
  }

  async deleteTraceSummaries(traces: readonly { project: string; traceId: string }[]): Promise<void> {
    for (const [project, list] of groupByProject(traces)) {
      for (const table of ["calls", "traces"]) {
        await this.db.command(
          `DELETE FROM ${table} WHERE project = {project:String} AND trace_id IN {traceIds:Array(String)}`,
          { project, traceIds: list.map(({ traceId }) => traceId) },
        );
      }
    }
  }

  async findTraceExtents(project: string, traceIds: readonly string[]): Promise<TraceExtent[]> {
    if (traceIds.length === 0) return [];
    const rows = await this.db.queryArrays<[string, number, number, number]>(
      `SELECT trace_id, first_hour, last_hour, span_count FROM traces FINAL
       WHERE project = {project:String} AND trace_id IN {traceIds:Array(String)}`,
      { project, traceIds },
    );
    return rows.map(([traceId, firstHour, lastHour, spanCount]) => ({
      project,
      traceId,
      firstHour,
      lastHour,
      spanCount,
    }));
  }

  async readTraces(project: string, extents: readonly TraceExtent[]): Promise<TraceContent[]> {
    const traces = new Map<string, TraceContent>();
    let firstHour = Infinity;
    let lastHour = 0;
    for (const extent of extents) {
      traces.set(extent.traceId, { ...extent, firstHour: Infinity, lastHour: 0, spanCount: 0, rows: [] });
      firstHour = Math.min(firstHour, extent.firstHour);
      lastHour = Math.max(lastHour, extent.lastHour);
    }
    if (traces.size === 0) return [];
    const rows = await this.db.queryArrays<[string, number, CallFactColumns, ...SpanRowColumns]>(
      `SELECT trace_id, start_hour, (${CALL_FACT_COLUMNS.join(", ")}) AS call, ${SPAN_ROW_COLUMNS.join(", ")}
       FROM spans FINAL
       WHERE project = {project:String} AND start_hour BETWEEN {firstHour:UInt32} AND {lastHour:UInt32}
         AND trace_id IN {traceIds:Array(String)}
       ORDER BY version`,
      { project, firstHour, lastHour, traceIds: [...traces.keys()] },
    );
    for (const [traceId, hour, facts, ...columns] of rows) {
      const trace = traces.get(traceId);
      if (!trace) continue;
      const row: AccountedRow = toSpanRow(columns);
      const call = toCallFacts(facts, row);
      if (call) row.call = call;
      trace.rows.push(row);
      trace.spanCount += 1;
      if (hour < trace.firstHour) trace.firstHour = hour;
      if (hour > trace.lastHour) trace.lastHour = hour;
    }
    return [...traces.values()];
  }

  async deleteSpanVersions(
    { project, traceId }: { project: string; traceId: string },
    versions: readonly { spanId: string; startHour: number }[],
  ): Promise<void> {
    for (const table of ["calls", "spans"]) {
      await this.db.command(
        `DELETE FROM ${table} WHERE project = {project:String} AND trace_id = {traceId:String}
         AND start_hour IN {hours:Array(UInt32)} AND concat(span_id, toString(start_hour)) IN {versions:Array(String)}`,
        {
          project,
          traceId,
          hours: [...new Set(versions.map(({ startHour }) => startHour))],
          versions: versions.map(({ spanId, startHour }) => `${spanId}${startHour}`),
        },
      );
    }
  }

  listTracesSince(receivedNs: bigint): AsyncIterable<ReceivedTrace> {
    return this.db.stream<ReceivedTrace>(
      `SELECT project, trace_id AS traceId, min(start_hour) AS firstHour, max(start_hour) AS lastHour,
         toUInt32(count()) AS spanCount, max(received_ns) AS lastReceivedNs
       FROM spans WHERE received_ns >= {receivedNs:UInt64} GROUP BY project, trace_id`,
      { receivedNs },
      { timeoutMs: RECOVERY_TIMEOUT_MS },
    );
  }

  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#exclusive.then(work);
    this.#exclusive = run.catch(() => {});
    return run;
  }

  close(): Promise<void> {
    this.#closed ??= this.#exclusive.then(() => this.db.close()).finally(this.#release);
    return this.#closed;
  }
}

export function groupByProject<T extends { project: string }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.project);
    if (group) group.push(item);
    else groups.set(item.project, [item]);
  }
  return groups;
}
