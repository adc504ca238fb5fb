import type { LogRecord } from "@nightowl/model/log/log-record";
import type { PromptReference, Span, WireSpan } from "@nightowl/model/span/span";
import type { AccountedRow } from "@nightowl/model/trace/call-facts";
import { CALL_FACT_COLUMNS, toCallFacts, type CallFactColumns } from "./call-facts.ts";
import { CALL_COLUMNS, toCallRows } from "./call-rows.ts";
import type { Database } from "./db/database.ts";
import { openDataFolder } from "./db/data-folder.ts";
import { openEmbedded } from "./db/embedded.ts";
import { NO_LOG, type Log } from "./log.ts";
import { migrate } from "./migrate.ts";
import { LOG_COLUMNS } from "./log-rows.ts";
import { DOCUMENT_COLUMNS, DocumentRows, RETRIEVAL_COLUMNS, toRetrievalRows } from "./retrieval-rows.ts";
import { TOLD_BY_ID } from "@nightowl/otlp/agent-events/told-by-id";
import { readTraceEvents } from "./read-span-events.ts";
import {
  fromRow,
  RECEIPT_STEP_NS,
  SPAN_COLUMNS,
  toRereadRows,
  toRows,
  WIRE_SPAN_COLUMNS,
  type DocumentsOf,
  type RereadSpan,
  type WireSpanRow,
} from "./rows.ts";
import {
  OTHER_READ_COLUMNS,
  readingOfRow,
  SPAN_ROW_COLUMNS,
  toSpanRow,
  type SpanRowColumns,
} from "./span-rows.ts";
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

/** A span as it is stored: what was sent, and of which receipt and reading its row is. */
export interface StoredVersion {
  project: string;
  span: WireSpan;
  startHour: number;
  receivedNs: string;
  version: bigint;
  /** What the dialects read of it when it was written; see `readingOf`. */
  reading: string;
  /** The prompt template that it follows, as far as that is known. */
  prompt: PromptReference | undefined;
}

/** Where a span's row lies among all others. */
export interface SpanPlace {
  project: string;
  startHour: number;
  traceId: string;
  spanId: string;
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
  insertSpanRows(rows: Buffer | readonly Buffer[], rowCount: number): Promise<void>;
  /** Rows of `toLogRows`. */
  insertLogRows(rows: Buffer | readonly Buffer[], rowCount: number): Promise<void>;
  /** Puts new readings of stored spans in the place of the old ones. */
  rewriteSpans(spans: readonly RereadSpan[], documentsOf?: DocumentsOf): Promise<void>;
  /** Summaries, and before them what the traces' calls cost and their searches found. */
  writeTraceSummaries(traces: readonly SummarisedTrace[], watermarkNs: bigint): Promise<void>;
  deleteTraceSummaries(traces: readonly { project: string; traceId: string }[]): Promise<void>;

  /** What the summaries say of these traces; a trace that has none is not among them. */
  findTraceExtents(project: string, traceIds: readonly string[]): Promise<TraceExtent[]>;
  /**
   * Spans of traces of one project, looked for between their first and last hours, in the order they were received.
   * One entry per trace asked for. A span that was sent with starts in two hours is there twice.
   */
  readTraces(project: string, extents: readonly TraceExtent[]): Promise<TraceContent[]>;
  /** What was said about spans of these traces, by trace id and span id in one text; see `read-span-events.ts`. */
  readSpanEvents(traceIds: readonly string[]): Promise<Map<string, LogRecord[]>>;
  /** Whether there is any log record. */
  hasLogs(): Promise<boolean>;
  /** Spans of which something was said, where it or the span itself was received at `receivedNs` or later. */
  listJoinableSince(receivedNs: bigint): AsyncIterable<{ traceId: string; spanId: string }>;
  /** These spans of these traces, in every project. */
  readSpans(ids: readonly { traceId: string; spanId: string }[]): Promise<StoredVersion[]>;
  /** About how many spans there are, of one project or of all. */
  countSpans(project?: string): Promise<number>;
  /** The next spans in the order of their rows, of one project or of all; fewer than `limit` where they are large. */
  readSpansAfter(
    after: SpanPlace | undefined,
    options: { project?: string | undefined; limit: number },
  ): Promise<StoredVersion[]>;
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
  readonly #documents = new DocumentRows();
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
    this.#lastTimeNs = now > this.#lastTimeNs ? now : this.#lastTimeNs + RECEIPT_STEP_NS;
    return this.#lastTimeNs;
  }

  async writeSpans(spans: readonly Span[], receivedNs: bigint = this.nextTimeNs()): Promise<void> {
    if (spans.length > 0) await this.insertSpanRows(toRows(spans, receivedNs).bytes, spans.length);
  }

  insertSpanRows(rows: Buffer | readonly Buffer[], rowCount: number): Promise<void> {
    return this.db.insert("spans", SPAN_COLUMNS, rows, rowCount, "RowBinary");
  }

  insertLogRows(rows: Buffer | readonly Buffer[], rowCount: number): Promise<void> {
    return this.db.insert("logs", LOG_COLUMNS, rows, rowCount);
  }

  async rewriteSpans(spans: readonly RereadSpan[], documentsOf?: DocumentsOf): Promise<void> {
    if (spans.length > 0) await this.insertSpanRows(toRereadRows(spans, documentsOf).bytes, spans.length);
  }

  async writeTraceSummaries(traces: readonly SummarisedTrace[], watermarkNs: bigint): Promise<void> {
    if (traces.length === 0) return;
    const version = this.nextTimeNs();
    const calls = toCallRows(traces, version);
    if (calls.ends.length > 0) {
      await this.db.insert("calls", CALL_COLUMNS, calls.bytes, calls.ends.length, "RowBinary");
    }
    const searched = traces.filter(({ retrievals }) => retrievals.length > 0);
    if (searched.length > 0) await this.#writeRetrievals(searched, version);
    const { bytes } = toTraceRows(traces, { version, watermarkNs });
    await this.db.insert("traces", TRACE_COLUMNS, bytes, traces.length, "RowBinary");
  }

  async #writeRetrievals(traces: readonly SummarisedTrace[], version: bigint): Promise<void> {
    const documents = this.#documents.of(traces, version);
    if (documents.ends.length > 0)
      await this.db.insert("documents", DOCUMENT_COLUMNS, documents.bytes, documents.ends.length);
    documents.written();
    const rows = toRetrievalRows(traces, version);
    await this.db.insert("retrievals", RETRIEVAL_COLUMNS, rows.bytes, rows.ends.length);
  }

  async deleteTraceSummaries(traces: readonly { project: string; traceId: string }[]): Promise<void> {
    for (const [project, list] of groupByProject(traces)) {
      for (const table of ["calls", "retrievals", "traces"]) {
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

  readSpanEvents(traceIds: readonly string[]): Promise<Map<string, LogRecord[]>> {
    return readTraceEvents(this.db, traceIds);
  }

  async hasLogs(): Promise<boolean> {
    return (await this.db.query("SELECT 1 FROM logs LIMIT 1")).length > 0;
  }

  listJoinableSince(receivedNs: bigint): AsyncIterable<{ traceId: string; spanId: string }> {
    const said = "span_id != '' AND event != ''";
    return this.db.stream(
      `SELECT DISTINCT trace_id AS traceId, span_id AS spanId FROM logs
       WHERE ${said} AND received_ns >= {receivedNs:UInt64}
       UNION DISTINCT
       SELECT trace_id AS traceId, span_id AS spanId FROM spans
       WHERE received_ns >= {receivedNs:UInt64} AND (
         (trace_id, span_id) IN (SELECT trace_id, span_id FROM logs WHERE ${said})
         OR (name IN {toldById:Array(String)} AND trace_id IN (SELECT trace_id FROM logs WHERE ${said})))`,
      { receivedNs, toldById: Object.keys(TOLD_BY_ID) },
      { timeoutMs: RECOVERY_TIMEOUT_MS },
    );
  }

  async readSpans(ids: readonly { traceId: string; spanId: string }[]): Promise<StoredVersion[]> {
    if (ids.length === 0) return [];
    const rows = await this.db.query<StoredSpanRow>(
      `SELECT ${STORED_SPAN_COLUMNS} FROM spans FINAL
       WHERE trace_id IN {traceIds:Array(String)} AND span_id IN {spanIds:Array(String)}`,
      {
        traceIds: [...new Set(ids.map(({ traceId }) => traceId))],
        spanIds: [...new Set(ids.map(({ spanId }) => spanId))],
      },
    );
    const wanted = new Set(ids.map(({ traceId, spanId }) => traceId + spanId));
    return rows.filter((row) => wanted.has(row.trace_id + row.span_id)).map(toStoredVersion);
  }

  async countSpans(project?: string): Promise<number> {
    const [row] = await this.db.query<{ n: string }>(
      `SELECT count() AS n FROM spans ${project === undefined ? "" : "WHERE project = {project:String}"}`,
      project === undefined ? {} : { project },
    );
    return Number(row?.n ?? 0);
  }

  async readSpansAfter(
    after: SpanPlace | undefined,
    options: { project?: string | undefined; limit: number },
  ): Promise<StoredVersion[]> {
    const conditions: string[] = [];
    if (options.project !== undefined) conditions.push("project = {project:String}");
    if (after) {
      conditions.push(
        `(project, start_hour, trace_id, span_id) >
         ({lastProject:String}, {lastHour:UInt32}, {lastTrace:String}, {lastSpan:String})`,
      );
    }
    const params = {
      ...(options.project === undefined ? {} : { project: options.project }),
      ...(after
        ? {
            lastProject: after.project,
            lastHour: after.startHour,
            lastTrace: after.traceId,
            lastSpan: after.spanId,
          }
        : {}),
    };
    const from = `FROM spans FINAL ${conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : ""}
       ORDER BY project, start_hour, trace_id, span_id LIMIT {limit:UInt32}`;
    const sizes = await this.db.queryArrays<[bytes: string]>(
      `SELECT length(attributes) + length(events) ${from}`,
      { ...params, limit: options.limit },
    );
    let totalBytes = 0;
    const overflow = sizes.findIndex(([bytes]) => (totalBytes += Number(bytes)) > MAX_PAGE_BYTES);
    const limit = overflow === -1 ? options.limit : Math.max(1, overflow);
    const rows = await this.db.query<StoredSpanRow>(`SELECT ${STORED_SPAN_COLUMNS} ${from}`, {
      ...params,
      limit,
    });
    return rows.map(toStoredVersion);
  }

  async deleteSpanVersions(
    { project, traceId }: { project: string; traceId: string },
    versions: readonly { spanId: string; startHour: number }[],
  ): Promise<void> {
    for (const table of ["calls", "retrievals", "spans"]) {
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

const STORED_SPAN_COLUMNS = [
  ...new Set([
    "project",
    "start_hour",
    "version",
    "received_ns",
    "prompt_template_id",
    "prompt_version_id",
    ...WIRE_SPAN_COLUMNS,
    ...SPAN_ROW_COLUMNS,
    ...OTHER_READ_COLUMNS,
  ]),
].join(", ");

/** A thousand spans may have 20 MB each. */
const MAX_PAGE_BYTES = 32 * 1024 ** 2;

interface StoredSpanRow extends WireSpanRow {
  project: string;
  start_hour: number;
  version: string;
  received_ns: string;
  prompt_template_id: string;
  prompt_version_id: string;
}

function toStoredVersion(row: StoredSpanRow): StoredVersion {
  return {
    project: row.project,
    span: fromRow(row),
    startHour: row.start_hour,
    receivedNs: row.received_ns,
    version: BigInt(row.version),
    reading: readingOfRow({ ...row }),
    prompt:
      row.prompt_template_id === ""
        ? undefined
        : { templateId: row.prompt_template_id, versionId: row.prompt_version_id },
  };
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
