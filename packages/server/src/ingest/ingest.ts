import { setImmediate as afterIo } from "node:timers/promises";
import type { Span } from "@nightowl/model/span/span";
import { NO_LOG, type Log } from "../store/log.ts";
import { toRows } from "../store/rows.ts";
import type { Store } from "../store/store.ts";
import { OverloadedError, SpansRefusedError, StoreUnavailableError, type RefusedSpan } from "./errors.ts";
import { RecentDocuments } from "./recent-documents.ts";
import { touchedTraces, withoutRows, type TouchedTrace } from "./touched-traces.ts";
import { writeGroup, type Chunk } from "./write-group.ts";

export interface IngestLimits {
  /** A group is written when it has this many rows or bytes, or has waited this long. */
  groupRows: number;
  groupBytes: number;
  lingerMs: number;
  /** What may wait or be written at one time; past it submit rejects. One request is always let in. */
  queueRows: number;
  queueBytes: number;
}

export const DEFAULT_LIMITS: IngestLimits = {
  groupRows: 5_000,
  groupBytes: 16 << 20,
  lingerMs: 5,
  queueRows: 100_000,
  queueBytes: 256 << 20,
};

/** Counters since the start, but for the two gauges. */
export interface IngestStats {
  queuedRows: number;
  queuedBytes: number;
  writtenSpans: number;
  refusedSpans: number;
  /** Requests that were turned away because the queue was full. */
  overloads: number;
  groups: number;
  /** Groups that the store could not write at all. */
  failedGroups: number;
}

export interface Ingest {
  /**
   * Writes spans together with those of other requests; resolves when they are on disk.
   *
   * @param bytes about how large they are, for the queue's limit before they are counted.
   * @throws {OverloadedError} the queue is full, nothing was taken. {StoreUnavailableError} the store cannot
   *   write: some may be on disk, send all again. {SpansRefusedError} the store cannot hold some of the
   *   spans; all others are on disk.
   */
  submit(spans: readonly Span[], bytes?: number): Promise<void>;
  /** Resolves when everything that was submitted before is written, or has failed. */
  flush(): Promise<void>;
  stats(): IngestStats;
  /** Takes nothing new and writes what is there. */
  close(): Promise<void>;
}

const ignore = () => {};

/** Spans that are serialised in one go: then other requests, and the group being written, get their turn. */
const CHUNK_SPANS = 200;
const ASSUMED_SPAN_BYTES = 2_000;

/**
 * Group commit: a write to disk costs the same for one row and for thousands, so requests that arrive
 * together are written together, and those that arrive while one group is written form the next.
 *
 * @param options.onWritten told of traces that have new spans on disk, before their submit resolves, in the
 *   order of `receivedNs`; also when a write failed and some of it may be there.
 */
export function createIngest(options: {
  store: Pick<Store, "insertSpanRows" | "nextTimeNs">;
  limits?: Partial<IngestLimits>;
  log?: Log;
  onWritten?: (traces: readonly TouchedTrace[], receivedNs: bigint) => void;
}): Ingest {
  const { store, log = NO_LOG, onWritten } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const stats: IngestStats = {
    queuedRows: 0,
    queuedBytes: 0,
    writtenSpans: 0,
    refusedSpans: 0,
    overloads: 0,
    groups: 0,
    failedGroups: 0,
  };
  const documents = new RecentDocuments();
  const queue: Chunk[] = [];
  const pending = new Set<Promise<void>>();
  let closed = false;
  let writing = false;
  let serialising: Promise<unknown> = Promise.resolve();
  let linger: NodeJS.Timeout | undefined;
  let bytesPerSecond = 0;

  async function submit(spans: readonly Span[], bytes = spans.length * ASSUMED_SPAN_BYTES): Promise<void> {
    if (closed) throw new StoreUnavailableError("The server is stopping.", { retryAfterSeconds: 5 });
    if (spans.length === 0) return;
    const isFull =
      stats.queuedRows + spans.length > limits.queueRows || stats.queuedBytes + bytes > limits.queueBytes;
    if (isFull && stats.queuedRows > 0) {
      stats.overloads += 1;
      throw new OverloadedError("More spans come in than can be written.", retryAfterSeconds());
    }
    const done = accept(spans, bytes);
    pending.add(done);
    const forget = () => void pending.delete(done);
    done.then(forget, forget);
    return done;
  }

  async function accept(spans: readonly Span[], bytes: number): Promise<void> {
    // Room for the whole request is taken at once, so that two cannot fill the same room.
    const reserved = { rows: spans.length, bytes };
    stats.queuedRows += reserved.rows;
    stats.queuedBytes += reserved.bytes;
    // One request after the other, so that groups are in the order of the times received.
    const mine = serialising.then(() => serialise(spans, bytes, reserved));
    serialising = mine.then(ignore, ignore);
    const outcomes = await mine.finally(() => {
      stats.queuedRows -= reserved.rows;
      stats.queuedBytes -= reserved.bytes;
    });
    const settled = await Promise.allSettled(outcomes);
    const failed = settled.find((outcome) => outcome.status === "rejected");
    if (failed) throw failed.reason;
    const refused = settled.flatMap((outcome) => (outcome.status === "fulfilled" ? outcome.value : []));
    if (refused.length > 0) throw new SpansRefusedError(refused);
  }

  /** Queues a request, all of it at once: a group of a few rows costs the disk as much as one of thousands. */
  async function serialise(
    spans: readonly Span[],
    bytes: number,
    reserved: { rows: number; bytes: number },
  ): Promise<Promise<RefusedSpan[]>[]> {
    const chunks: Omit<Chunk, "resolve" | "reject">[] = [];
    for (let from = 0; from < spans.length; from += CHUNK_SPANS) {
      if (from > 0) await afterIo();
      const slice = spans.length <= CHUNK_SPANS ? spans : spans.slice(from, from + CHUNK_SPANS);
      const receivedNs = store.nextTimeNs();
      const { spanRows, ...rows } = toRows(slice, receivedNs, documents.after(slice));
      const share = Math.min(reserved.bytes, Math.ceil((bytes * slice.length) / spans.length));
      stats.queuedBytes += rows.bytes.length - share;
      reserved.rows -= slice.length;
      reserved.bytes -= share;
      chunks.push({ ...rows, receivedNs, firstIndex: from, traces: touchedTraces(slice, spanRows) });
    }
    return chunks.map(enqueue);
  }

  function enqueue(chunk: Omit<Chunk, "resolve" | "reject">): Promise<RefusedSpan[]> {
    return new Promise((resolve, reject) => {
      queue.push({ ...chunk, resolve, reject });
      if (writing) return;
      if (closed || isGroupFull()) start();
      else linger ??= setTimeout(start, limits.lingerMs);
    });
  }

  function isGroupFull(): boolean {
    let rows = 0;
    let bytes = 0;
    for (const chunk of queue) {
      rows += chunk.ends.length;
      bytes += chunk.bytes.length;
      if (rows >= limits.groupRows || bytes >= limits.groupBytes) return true;
    }
    return false;
  }

  function start(): void {
    clearTimeout(linger);
    linger = undefined;
    if (!writing) void writeQueue();
  }

  async function writeQueue(): Promise<void> {
    writing = true;
    while (queue.length > 0) {
      const group = takeGroup();
      const rows = group.reduce((sum, chunk) => sum + chunk.ends.length, 0);
      const bytes = group.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
      const startedAt = performance.now();
      const outcome = await writeGroup(store, group);
      const seconds = (performance.now() - startedAt) / 1000;
      bytesPerSecond = bytesPerSecond * 0.8 + (bytes / Math.max(seconds, 0.001)) * 0.2;
      stats.queuedRows -= rows;
      stats.queuedBytes -= bytes;
      stats.groups += 1;
      for (const [i, chunk] of group.entries()) tell(chunk, !outcome.error && !outcome.refused[i]?.length);
      if (outcome.error) {
        stats.failedGroups += 1;
        log.error({ err: outcome.error.cause ?? outcome.error, rows, bytes }, "spans could not be written");
        for (const chunk of group) chunk.reject(outcome.error);
        continue;
      }
      for (const [i, chunk] of group.entries()) {
        const refused = outcome.refused[i] ?? [];
        stats.refusedSpans += refused.length;
        stats.writtenSpans += chunk.ends.length - refused.length;
        if (refused.length > 0) log.warn({ refused: refused.slice(0, 10) }, "the store refused spans");
        chunk.resolve(refused);
      }
    }
    writing = false;
  }

  function takeGroup(): Chunk[] {
    let rows = 0;
    let bytes = 0;
    let length = 0;
    for (const chunk of queue) {
      rows += chunk.ends.length;
      bytes += chunk.bytes.length;
      if (length > 0 && (rows > limits.groupRows || bytes > limits.groupBytes)) break;
      length += 1;
    }
    return queue.splice(0, length);
  }

  /** `isWhole`: all of the chunk is on disk. */
  function tell(chunk: Chunk, isWhole: boolean): void {
    try {
      const traces = isWhole ? chunk.traces : chunk.traces.map(withoutRows);
      onWritten?.(traces, chunk.receivedNs);
    } catch (error) {
      log.error({ err: error }, "what was written could not be passed on");
    }
  }

  function retryAfterSeconds(): number {
    if (bytesPerSecond === 0) return 1;
    return Math.min(30, Math.max(1, Math.ceil(stats.queuedBytes / bytesPerSecond)));
  }

  async function flush(): Promise<void> {
    const before = [...pending];
    await serialising;
    if (linger) start();
    await Promise.allSettled(before);
  }

  return {
    submit,
    flush,
    stats: () => ({ ...stats }),
    close: async () => {
      closed = true;
      await flush();
    },
  };
}
