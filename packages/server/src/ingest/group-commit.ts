import { setImmediate as afterIo } from "node:timers/promises";
import { NO_LOG, type Log } from "../store/log.ts";
import type { RowBytes } from "../store/row-buffer.ts";
import { OverloadedError, RowsRefusedError, StoreUnavailableError, type RefusedRow } from "./errors.ts";
import { writeGroup, type Chunk, type InsertRows } from "./write-group.ts";

/**
 * Items to write: an array, or what makes a part of one when its turn comes. Each part is asked for once, in order, and let
 * go of once it is rows: what waits for the disk should be bytes, not objects that the garbage collector copies meanwhile.
 */
export interface Items<T> {
  readonly length: number;
  slice(from: number, to: number): readonly T[];
}

/** What group commit needs to know of the table that it writes to. `T` is an item, `W` what a chunk of them touches. */
export interface Destination<T, W> {
  /** For messages: `spans`. */
  noun: string;
  nextTimeNs(): bigint;
  /** Items as rows, and what is passed on once they are written. */
  toRows(items: readonly T[], receivedNs: bigint): RowBytes & { touched: W };
  insert: InsertRows;
  /**
   * Told of rows that are on disk, before their submit resolves, in the order of `receivedNs`; with `isWhole`
   * false when a write failed and some of it may be there.
   */
  onWritten?: ((touched: W, isWhole: boolean, receivedNs: bigint) => void) | undefined;
}

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
  writtenRows: number;
  refusedRows: number;
  /** Requests that were turned away because the queue was full. */
  overloads: number;
  groups: number;
  /** Groups that the store could not write at all. */
  failedGroups: number;
}

export interface Ingest<T> {
  /**
   * Writes items together with those of other requests; resolves when they are on disk.
   *
   * @param bytes about how large they are, for the queue's limit before they are counted.
   * @throws {OverloadedError} the queue is full, nothing was taken. {StoreUnavailableError} the store cannot
   *   write: some may be on disk, send all again. {RowsRefusedError} the store cannot hold some of
   *   them; all others are on disk.
   */
  submit(items: Items<T>, bytes?: number): Promise<void>;
  /** Resolves when everything that was submitted before is written, or has failed. */
  flush(): Promise<void>;
  stats(): IngestStats;
  /** Takes nothing new and writes what is there. */
  close(): Promise<void>;
}

const ignore = () => {};

/** Items that are serialised in one go: then other requests, and the group being written, get their turn. */
const CHUNK_ITEMS = 100;
const ASSUMED_ITEM_BYTES = 2_000;

/**
 * Group commit: a write to disk costs the same for one row and for thousands, so requests that arrive
 * together are written together, and those that arrive while one group is written form the next.
 */
export function createGroupCommit<T, W>(
  destination: Destination<T, W>,
  options: { limits?: Partial<IngestLimits> | undefined; log?: Log | undefined } = {},
): Ingest<T> {
  const { log = NO_LOG } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const stats: IngestStats = {
    queuedRows: 0,
    queuedBytes: 0,
    writtenRows: 0,
    refusedRows: 0,
    overloads: 0,
    groups: 0,
    failedGroups: 0,
  };
  const queue: Chunk<W>[] = [];
  const pending = new Set<Promise<void>>();
  let closed = false;
  let writing = false;
  let serialising: Promise<unknown> = Promise.resolve();
  let linger: NodeJS.Timeout | undefined;
  let bytesPerSecond = 0;

  async function submit(items: Items<T>, bytes = items.length * ASSUMED_ITEM_BYTES): Promise<void> {
    if (closed) throw new StoreUnavailableError("The server is stopping.", { retryAfterSeconds: 5 });
    if (items.length === 0) return;
    const isFull =
      stats.queuedRows + items.length > limits.queueRows || stats.queuedBytes + bytes > limits.queueBytes;
    if (isFull && stats.queuedRows > 0) {
      stats.overloads += 1;
      throw new OverloadedError(`More ${destination.noun} come in than can be written.`, retryAfterSeconds());
    }
    const done = accept(items, bytes);
    pending.add(done);
    const forget = () => void pending.delete(done);
    done.then(forget, forget);
    return done;
  }

  async function accept(items: Items<T>, bytes: number): Promise<void> {
    // Room for the whole request is taken at once, so that two cannot fill the same room.
    const reserved = { rows: items.length, bytes };
    stats.queuedRows += reserved.rows;
    stats.queuedBytes += reserved.bytes;
    // One request after the other, so that groups are in the order of the times received.
    const mine = serialising.then(() => serialise(items, bytes, reserved));
    serialising = mine.then(ignore, ignore);
    const outcomes = await mine.finally(() => {
      stats.queuedRows -= reserved.rows;
      stats.queuedBytes -= reserved.bytes;
    });
    const settled = await Promise.allSettled(outcomes);
    const failed = settled.find((outcome) => outcome.status === "rejected");
    if (failed) throw failed.reason;
    const refused = settled.flatMap((outcome) => (outcome.status === "fulfilled" ? outcome.value : []));
    if (refused.length > 0) throw new RowsRefusedError(refused, destination.noun);
  }

  /** Queues a request, all of it at once: a group of a few rows costs the disk as much as one of thousands. */
  async function serialise(
    items: Items<T>,
    bytes: number,
    reserved: { rows: number; bytes: number },
  ): Promise<Promise<RefusedRow[]>[]> {
    const chunks: Omit<Chunk<W>, "resolve" | "reject">[] = [];
    for (let from = 0; from < items.length; from += CHUNK_ITEMS) {
      if (from > 0) await afterIo();
      const slice = items.slice(from, Math.min(items.length, from + CHUNK_ITEMS));
      const receivedNs = destination.nextTimeNs();
      const rows = destination.toRows(slice, receivedNs);
      const share = Math.min(reserved.bytes, Math.ceil((bytes * slice.length) / items.length));
      stats.queuedBytes += rows.bytes.length - share;
      reserved.rows -= slice.length;
      reserved.bytes -= share;
      chunks.push({ ...rows, receivedNs, firstIndex: from });
    }
    return chunks.map(enqueue);
  }

  function enqueue(chunk: Omit<Chunk<W>, "resolve" | "reject">): Promise<RefusedRow[]> {
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
      const outcome = await writeGroup(destination.insert, group);
      const seconds = (performance.now() - startedAt) / 1000;
      bytesPerSecond = bytesPerSecond * 0.8 + (bytes / Math.max(seconds, 0.001)) * 0.2;
      stats.queuedRows -= rows;
      stats.queuedBytes -= bytes;
      stats.groups += 1;
      for (const [i, chunk] of group.entries()) tell(chunk, !outcome.error && !outcome.refused[i]?.length);
      if (outcome.error) {
        stats.failedGroups += 1;
        log.error(
          { err: outcome.error.cause ?? outcome.error, rows, bytes },
          `${destination.noun} could not be written`,
        );
        for (const chunk of group) chunk.reject(outcome.error);
        continue;
      }
      for (const [i, chunk] of group.entries()) {
        const refused = outcome.refused[i] ?? [];
        stats.refusedRows += refused.length;
        stats.writtenRows += chunk.ends.length - refused.length;
        if (refused.length > 0)
          log.warn({ refused: refused.slice(0, 10) }, `the store refused ${destination.noun}`);
        chunk.resolve(refused);
      }
    }
    writing = false;
  }

  function takeGroup(): Chunk<W>[] {
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
  function tell(chunk: Chunk<W>, isWhole: boolean): void {
    try {
      destination.onWritten?.(chunk.touched, isWhole, chunk.receivedNs);
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
