import { LRUCache } from "lru-cache";
import { summariseTrace } from "@nightowl/model/trace/summarise-trace";
import { NO_LOG, type Log } from "../store/log.ts";
import { groupByProject, type Store, type TraceExtent } from "../store/store.ts";
import type { SummarisedTrace } from "../store/trace-rows.ts";
import { traceKey, widen } from "./touched-traces.ts";

/** Keeps the `traces` table, one summary for each trace, up to date with `spans`. */
export interface Summariser {
  /** These traces have new spans on disk; the extents are those of the new spans. Calls come in the order of `receivedNs`. */
  markWritten(traces: readonly TraceExtent[], receivedNs: bigint): void;
  /** Resolves when all that was marked before the call is summarised and readable. @throws {DatabaseError} */
  settle(): Promise<void>;
  /** Summarises these traces again, at once; those without spans leave the list. */
  resummarise(traces: readonly TraceExtent[]): Promise<void>;
  /** Marks what was received but not summarised before the last stop or crash. Resolves with its number of traces. */
  recover(): Promise<number>;
  stats(): { waitingTraces: number; summarisedTraces: number; failures: number };
  /** Settles, as far as the store can, and stops. */
  close(): Promise<void>;
}

const BATCH_SPANS = 5_000;
const BATCH_TRACES = 1_000;
const RETRY_MS = 5_000;
const MAX_DELAY_MS = 10_000;
/** A trace of so many spans waits the usual time; one of ten times as many waits ten times as long. */
const USUAL_SPANS = 2_000;
const REMEMBERED_TRACES = 10_000;

/** A trace that has spans its summary does not know. */
interface Dirty extends TraceExtent {
  /** When the first of these spans was received. */
  sinceNs: bigint;
  dueMs: number;
}

export function createSummariser(options: { store: Store; log?: Log; delayMs?: number }): Summariser {
  const { store, log = NO_LOG, delayMs = 250 } = options;
  const dirty = new Map<string, Dirty>();
  /** Number of spans of traces that were summarised lately, to know the large ones. */
  const sizes = new LRUCache<string, number>({ max: REMEMBERED_TRACES });
  /** Traces that are being summarised: not done, so the watermark stays before them. */
  const underway = new Set<Dirty>();
  let lastMarkedNs = 0n;
  let watermarkNs = store.watermarkNs;
  let recovered = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let runs: Promise<unknown> = Promise.resolve();
  let nextSettle: Promise<void> | undefined;
  let running = 0;
  let summarisedTraces = 0;
  let failures = 0;

  function markWritten(traces: readonly TraceExtent[], receivedNs: bigint): void {
    if (receivedNs > lastMarkedNs) lastMarkedNs = receivedNs;
    const nowMs = Date.now();
    for (const trace of traces) mark(trace, receivedNs, nowMs);
    schedule();
  }

  function mark(trace: TraceExtent, sinceNs: bigint, nowMs: number): void {
    const key = traceKey(trace.project, trace.traceId);
    const known = dirty.get(key);
    if (known) {
      widen(known, trace);
      known.spanCount += trace.spanCount;
      if (sinceNs < known.sinceNs) known.sinceNs = sinceNs;
      return;
    }
    const size = (sizes.get(key) ?? 0) + trace.spanCount;
    const waitMs = Math.min(Math.max(delayMs, MAX_DELAY_MS), delayMs * Math.max(1, size / USUAL_SPANS));
    dirty.set(key, { ...trace, sinceNs, dueMs: nowMs + waitMs });
  }

  function schedule(waitMs = delayMs): void {
    if (closed || timer !== undefined || dirty.size === 0) return;
    timer = setTimeout(() => void onTimer(), waitMs);
  }

  async function onTimer(): Promise<void> {
    let waitMs = delayMs;
    try {
      await run(() => take(Date.now()));
    } catch (error) {
      log.error({ err: error, traces: dirty.size }, "traces could not be summarised; trying again");
      waitMs = RETRY_MS;
    }
    timer = undefined;
    schedule(waitMs);
  }

  /** Takes the traces that are due by then. */
  function take(dueMs: number): Dirty[] {
    const taken: Dirty[] = [];
    for (const [key, trace] of dirty) {
      if (trace.dueMs > dueMs) continue;
      dirty.delete(key);
      underway.add(trace);
      taken.push(trace);
    }
    return taken;
  }

  /** One run after the other; each takes its traces when its turn comes. */
  async function run(takeTraces: () => Dirty[]): Promise<void> {
    const before = runs;
    const mine = (async () => {
      await before;
      const taken = takeTraces();
      try {
        await summarise(taken);
      } finally {
        putBack(taken);
        running -= 1;
      }
    })();
    running += 1;
    runs = mine.catch(() => {});
    return mine;
  }

  /** What was taken and not done is dirty again. */
  function putBack(taken: Dirty[]): void {
    for (const trace of taken) {
      if (!underway.delete(trace)) continue;
      failures += 1;
      const key = traceKey(trace.project, trace.traceId);
      const marked = dirty.get(key);
      if (marked) {
        widen(marked, trace);
        marked.spanCount += trace.spanCount;
        marked.sinceNs = trace.sinceNs;
      } else {
        dirty.set(key, trace);
      }
    }
  }

  async function summarise(taken: Dirty[]): Promise<void> {
    for (const [project, traces] of groupByProject(taken)) {
      for (let from = 0; from < traces.length; from += BATCH_TRACES) {
        const some = traces.slice(from, from + BATCH_TRACES);
        await addKnown(project, some);
        // Traces of one time side by side, so that a batch reads few hours.
        some.sort((a, b) => a.firstHour - b.firstHour);
        for (const batch of batchesOf(some)) await store.exclusively(() => writeBatch(project, batch));
      }
    }
  }

  /** Widens the extents by what the summaries know: spans that were there before. */
  async function addKnown(project: string, traces: Dirty[]): Promise<void> {
    const byId = new Map(traces.map((trace) => [trace.traceId, trace]));
    for (const known of await store.findTraceExtents(project, [...byId.keys()])) {
      const trace = byId.get(known.traceId);
      if (!trace) continue;
      widen(trace, known);
      trace.spanCount += known.spanCount;
    }
  }

  async function writeBatch(project: string, batch: Dirty[]): Promise<void> {
    const summarised: SummarisedTrace[] = [];
    const gone: TraceExtent[] = [];
    for (const { traceId, rows, firstHour, lastHour, spanCount } of await store.readTraces(project, batch)) {
      if (rows.length === 0) {
        gone.push({ project, traceId, firstHour, lastHour, spanCount });
        continue;
      }
      summarised.push({ summary: summariseTrace(rows, { project, traceId }), firstHour, lastHour });
      sizes.set(traceKey(project, traceId), spanCount);
    }
    for (const trace of batch) underway.delete(trace);
    try {
      await store.writeTraceSummaries(summarised, nextWatermark());
      if (gone.length > 0) await store.deleteTraceSummaries(gone);
    } catch (error) {
      for (const trace of batch) underway.add(trace);
      throw error;
    }
    summarisedTraces += summarised.length;
  }

  /** All spans received before it are summarised, once the batch that is just being written is. */
  function nextWatermark(): bigint {
    if (!recovered || underway.size > 0) return watermarkNs;
    let next = lastMarkedNs + 1n;
    for (const { sinceNs } of dirty.values()) if (sinceNs < next) next = sinceNs;
    if (next > watermarkNs) watermarkNs = next;
    return watermarkNs;
  }

  function settle(): Promise<void> {
    if (dirty.size === 0 && running === 0) return Promise.resolve();
    // Those who ask while a run goes on all get the next one: it takes whatever is marked when it starts.
    nextSettle ??= run(() => {
      nextSettle = undefined;
      return take(Infinity);
    });
    return nextSettle;
  }

  async function recover(): Promise<number> {
    let traces = 0;
    const since = store.watermarkNs;
    const nowMs = Date.now();
    for await (const trace of store.listTracesSince(since)) {
      const lastNs = BigInt(trace.lastReceivedNs);
      if (lastNs > lastMarkedNs) lastMarkedNs = lastNs;
      mark(trace, since, nowMs);
      traces += 1;
    }
    recovered = true;
    if (traces > 0) log.info({ traces }, `${traces} traces from before the last stop are summarised again`);
    schedule();
    return traces;
  }

  return {
    markWritten,
    settle,
    recover,
    resummarise: (traces) => {
      const nowMs = Date.now();
      for (const trace of traces) mark(trace, lastMarkedNs + 1n, nowMs);
      return settle();
    },
    stats: () => ({ waitingTraces: dirty.size + underway.size, summarisedTraces, failures }),
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await settle().catch((error: unknown) => {
        log.warn({ err: error, traces: dirty.size }, "traces were not summarised; the next start does it");
      });
    },
  };
}

function* batchesOf(traces: Dirty[]): Iterable<Dirty[]> {
  let batch: Dirty[] = [];
  let spans = 0;
  for (const trace of traces) {
    if (batch.length > 0 && spans + trace.spanCount > BATCH_SPANS) {
      yield batch;
      batch = [];
      spans = 0;
    }
    batch.push(trace);
    spans += trace.spanCount;
  }
  if (batch.length > 0) yield batch;
}
