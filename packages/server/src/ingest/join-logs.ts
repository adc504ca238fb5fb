import type { Span } from "@nightowl/model/span/span";
import { NO_LOG, type Log } from "../store/log.ts";
import type { Store } from "../store/store.ts";
import type { SpanId } from "./ingest-logs.ts";
import { rereadSpans, tracesOf } from "./reread-spans.ts";
import type { TouchedTrace } from "./touched-traces.ts";

/**
 * Brings what was said in log records into the narrow columns of the spans that they tell of: previews, tokens, errors.
 * A record may come before its span or after it; both are on disk by themselves, and whichever comes second has the
 * span read again.
 */
export interface LogJoiner {
  /** Something was said of these spans. Calls come in the order of `receivedNs`. */
  markLogs(spans: readonly SpanId[], receivedNs: bigint): void;
  /** These traces have new spans; of some of them something may have been said before. */
  markSpans(traces: readonly TouchedTrace[], receivedNs: bigint): void;
  /** Resolves when all that was marked before the call is joined. @throws {DatabaseError} */
  settle(): Promise<void>;
  /** Marks what was received since the watermark of the last run. */
  recover(): Promise<void>;
  /** When the first of what waits was received: no watermark may pass it. */
  waitingSinceNs(): bigint | undefined;
  /** Joins what waits, as far as the store can, and stops. */
  close(): Promise<void>;
}

const BATCH_TRACES = 200;
const TRACE_ID_LENGTH = 32;
const RETRY_MS = 5_000;

/** Spans of one trace that wait; `undefined` stands for all of them. */
interface Waiting {
  spanIds: Set<string> | undefined;
  sinceNs: bigint;
}

/**
 * @param options.onJoined told of the traces whose spans were read again, with when the first of it was received.
 * @param options.assign gives prompt templates to spans whose prompts came in log records.
 */
export function createLogJoiner(options: {
  store: Store;
  onJoined: (traces: readonly TouchedTrace[], sinceNs: bigint) => void;
  assign?: (spans: readonly Span[]) => void;
  log?: Log;
  delayMs?: number;
}): LogJoiner {
  const { store, onJoined, assign, log = NO_LOG, delayMs = 500 } = options;
  let waiting = new Map<string, Waiting>();
  let underway = new Map<string, Waiting>();
  /** Without any log record in the store no span needs to be looked at. */
  let hasLogs = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let runs: Promise<unknown> = Promise.resolve();
  let nextRun: Promise<void> | undefined;

  function mark(traceId: string, spanIds: readonly string[] | undefined, sinceNs: bigint): void {
    const known = waiting.get(traceId);
    if (!known) {
      waiting.set(traceId, { spanIds: spanIds && new Set(spanIds), sinceNs });
      return;
    }
    if (sinceNs < known.sinceNs) known.sinceNs = sinceNs;
    if (!spanIds) known.spanIds = undefined;
    else for (const spanId of spanIds) known.spanIds?.add(spanId);
  }

  function schedule(waitMs = delayMs): void {
    if (closed || timer !== undefined || waiting.size === 0) return;
    timer = setTimeout(() => {
      timer = undefined;
      run().then(
        () => schedule(),
        (error: unknown) => {
          log.error({ err: error, traces: waiting.size }, "log records could not be joined; trying again");
          schedule(RETRY_MS);
        },
      );
    }, waitMs);
  }

  /** One run after the other; those who ask while one goes on all get the next. */
  function run(): Promise<void> {
    nextRun ??= runAfter(runs);
    runs = nextRun.catch(() => {});
    return nextRun;
  }

  async function runAfter(before: Promise<unknown>): Promise<void> {
    await before;
    nextRun = undefined;
    underway = waiting;
    waiting = new Map();
    try {
      await join(underway);
    } finally {
      // What was taken and not done waits again.
      for (const [traceId, { spanIds, sinceNs }] of underway) mark(traceId, spanIds && [...spanIds], sinceNs);
      underway = new Map();
    }
  }

  async function join(taken: Map<string, Waiting>): Promise<void> {
    const traceIds = [...taken.keys()];
    for (let from = 0; from < traceIds.length; from += BATCH_TRACES) {
      const batch = traceIds.slice(from, from + BATCH_TRACES);
      const joined = await store.exclusively(() => joinTraces(batch, taken));
      if (joined.length > 0) onJoined(joined, earliest(batch.map((traceId) => taken.get(traceId)!)));
      for (const traceId of batch) taken.delete(traceId);
    }
  }

  async function joinTraces(
    traceIds: readonly string[],
    taken: ReadonlyMap<string, Waiting>,
  ): Promise<TouchedTrace[]> {
    const events = await store.readSpanEvents(traceIds);
    const ids: SpanId[] = [];
    for (const [key, records] of events) {
      const [traceId, spanId] = [key.slice(0, TRACE_ID_LENGTH), key.slice(TRACE_ID_LENGTH)];
      const spanIds = taken.get(traceId)?.spanIds;
      // A record that tells of a span by another id waits under the span that it names.
      const isMarked = spanIds?.has(spanId) ?? true;
      if (isMarked || records.some((record) => spanIds?.has(record.spanId))) ids.push({ traceId, spanId });
    }
    return tracesOf(await rereadSpans(store, await store.readSpans(ids), events, assign));
  }

  return {
    markLogs: (spans, receivedNs) => {
      hasLogs = true;
      for (const { traceId, spanId } of spans) mark(traceId, [spanId], receivedNs);
      schedule();
    },
    markSpans: (traces, receivedNs) => {
      if (!hasLogs) return;
      for (const { traceId, rows } of traces) {
        mark(
          traceId,
          rows?.map(({ spanId }) => spanId),
          receivedNs,
        );
      }
      schedule();
    },
    settle: () => (waiting.size === 0 && underway.size === 0 ? Promise.resolve() : run()),
    recover: async () => {
      hasLogs = await store.hasLogs();
      if (!hasLogs) return;
      for await (const { traceId, spanId } of store.listJoinableSince(store.watermarkNs)) {
        mark(traceId, [spanId], store.watermarkNs);
      }
      schedule();
    },
    waitingSinceNs: () => {
      const all = [...waiting.values(), ...underway.values()];
      return all.length === 0 ? undefined : earliest(all);
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await (waiting.size === 0 ? runs : run()).catch((error: unknown) => {
        log.warn({ err: error }, "log records were not joined to their spans; the next start does it");
      });
    },
  };
}

function earliest(waiting: readonly Waiting[]): bigint {
  return waiting.reduce((least, { sinceNs }) => (sinceNs < least ? sinceNs : least), waiting[0]!.sinceNs);
}
