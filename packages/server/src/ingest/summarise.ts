import { LRUCache } from "lru-cache";
import type { PriceBook } from "@nightowl/model/pricing/price-book";
import { accountRetrievals } from "@nightowl/model/retrieval/account-retrievals";
import { accountCalls } from "@nightowl/model/trace/account-calls";
import { buildTree, type TraceTree } from "@nightowl/model/trace/build-tree";
import type { AccountedRow } from "@nightowl/model/trace/call-facts";
import { summariseTree } from "@nightowl/model/trace/summarise-trace";
import { NO_LOG, type Log } from "../store/log.ts";
import { groupByProject, type Store, type TraceExtent } from "../store/store.ts";
import type { SummarisedTrace } from "../store/trace-rows.ts";
import { loadSearchFacts } from "./load-search-facts.ts";
import { hoursOf, mergeRows, RecentTraces, type StaleVersion } from "./recent-traces.ts";
import { traceKey, widen, withoutRows, type TouchedTrace } from "./touched-traces.ts";

/** Keeps the `traces` table, one summary for each trace, up to date with `spans`. */
export interface Summariser {
  /** These traces have new spans on disk. Calls come in the order of `receivedNs`. */
  markWritten(traces: readonly TouchedTrace[], receivedNs: bigint): void;
  /** Resolves when all that was marked before the call is summarised and readable. @throws {DatabaseError} */
  settle(): Promise<void>;
  /**
   * Calls of these traces changed on disk: what is in memory of them is not to be written any more. To be called inside
   * `store.exclusively`, in which they were changed.
   */
  forget(project: string, spans: readonly { traceId: string }[]): void;
  /** Summarises these traces again, at once; those without spans leave the list. */
  resummarise(traces: readonly TraceExtent[]): Promise<void>;
  /** Marks what was received but not summarised before the last stop or crash. Resolves with its number of traces. */
  recover(): Promise<number>;
  stats(): { waitingTraces: number; summarisedTraces: number; failures: number };
  /** Settles, as far as the store can, and stops. */
  close(): Promise<void>;
}

const NO_PRICES: PriceBook = { findPrice: () => undefined };
const BATCH_SPANS = 5_000;
const BATCH_TRACES = 1_000;
const RETRY_MS = 5_000;
const MAX_DELAY_MS = 10_000;
/** A trace of so many spans waits the usual time; one of ten times as many waits ten times as long. */
const USUAL_SPANS = 2_000;
const REMEMBERED_TRACES = 10_000;
/** New spans of all traces together that wait in memory; past it traces are read back. */
const WAITING_ROWS = 200_000;

/** A trace that has spans its summary does not know. */
interface Dirty extends TraceExtent {
  /** These spans, in the order they were written; absent when the trace must be read back. */
  rows?: AccountedRow[] | undefined;
  /** When the first of these spans was received. */
  sinceNs: bigint;
  dueMs: number;
}

/**
 * @param options.prices what calls cost; without it only what applications report is known. A trace is priced
 *   whenever its summary is written.
 * @param options.holdBackNs no watermark may pass this moment: something received then is still to be written.
 */
export function createSummariser(options: {
  store: Store;
  prices?: PriceBook;
  log?: Log;
  delayMs?: number;
  holdBackNs?: () => bigint | undefined;
}): Summariser {
  const { store, prices = NO_PRICES, log = NO_LOG, delayMs = 1000 } = options;
  const dirty = new Map<string, Dirty>();
  const recent = new RecentTraces();
  let waitingRows = 0;
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

  function markWritten(traces: readonly TouchedTrace[], receivedNs: bigint): void {
    if (receivedNs > lastMarkedNs) lastMarkedNs = receivedNs;
    const nowMs = Date.now();
    for (const trace of traces) mark(trace, receivedNs, nowMs);
    schedule();
  }

  function mark(trace: TouchedTrace, sinceNs: bigint, nowMs: number): void {
    const key = traceKey(trace.project, trace.traceId);
    // Before recovery nobody knows which traces have spans that no summary counts.
    const rows = recovered && waitingRows + trace.spanCount <= WAITING_ROWS ? trace.rows : undefined;
    const known = dirty.get(key);
    if (known) {
      widen(known, trace);
      known.spanCount += trace.spanCount;
      if (sinceNs < known.sinceNs) known.sinceNs = sinceNs;
      if (!known.rows) return;
      if (rows) {
        for (const row of rows) known.rows.push(row);
        waitingRows += rows.length;
      } else dropRows(known);
      return;
    }
    if (rows) waitingRows += rows.length;
    const size = (sizes.get(key) ?? 0) + trace.spanCount;
    const waitMs = Math.min(Math.max(delayMs, MAX_DELAY_MS), delayMs * Math.max(1, size / USUAL_SPANS));
    dirty.set(key, { ...trace, rows, sinceNs, dueMs: nowMs + waitMs });
  }

  /** What was in memory of the trace is not to be trusted, or no longer wanted. */
  function dropRows(trace: Dirty): void {
    if (trace.rows) waitingRows -= trace.rows.length;
    trace.rows = undefined;
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
      recent.forget(key);
      dropRows(trace);
      const marked = dirty.get(key);
      if (marked) {
        widen(marked, trace);
        marked.spanCount += trace.spanCount;
        marked.sinceNs = trace.sinceNs;
        dropRows(marked);
      } else {
        dirty.set(key, trace);
      }
    }
  }

  async function summarise(taken: Dirty[]): Promise<void> {
    for (const [project, traces] of groupByProject(taken)) {
      for (let from = 0; from < traces.length; from += BATCH_TRACES) {
        const some = traces.slice(from, from + BATCH_TRACES);
        const toRead = await writeFromMemory(project, some);
        // Traces of one time side by side, so that a batch reads few hours.
        toRead.sort((a, b) => a.firstHour - b.firstHour);
        for (const batch of batchesOf(toRead)) {
          await store.exclusively(async () => {
            const read = await store.readTraces(project, batch);
            await write(
              batch,
              read.map(({ traceId, rows }) => contentOf({ project, traceId }, rows, [])),
            );
          });
        }
      }
    }
  }

  /** Writes the summaries of traces whose spans are all in memory. Returns the others, their extents widened to all there is. */
  async function writeFromMemory(project: string, traces: readonly Dirty[]): Promise<Dirty[]> {
    return store.exclusively(async () => {
      const unknown = traces.filter((trace) => !trace.rows || !recentRows(trace));
      const extents = await store.findTraceExtents(
        project,
        unknown.map(({ traceId }) => traceId),
      );
      const known = new Map(extents.map((extent) => [extent.traceId, extent]));
      const whole: Dirty[] = [];
      const contents: Content[] = [];
      const toRead: Dirty[] = [];
      for (const trace of traces) {
        const before = recentRows(trace) ?? (known.has(trace.traceId) ? undefined : []);
        if (!trace.rows || !before) {
          toRead.push(trace);
          continue;
        }
        whole.push(trace);
        contents.push(contentOf(trace, before, trace.rows));
      }
      await write(whole, contents);
      for (const trace of toRead) {
        const extent = known.get(trace.traceId);
        if (!extent) continue;
        widen(trace, extent);
        trace.spanCount += extent.spanCount;
      }
      return toRead;
    });
  }

  function recentRows(trace: TraceExtent): readonly AccountedRow[] | undefined {
    return recent.find(traceKey(trace.project, trace.traceId));
  }

  async function write(batch: readonly Dirty[], contents: readonly Content[]): Promise<void> {
    const summarised: SummarisedTrace[] = [];
    const gone: Content[] = [];
    const there: (Content & { tree: TraceTree })[] = [];
    for (const content of contents) {
      const { project, traceId, rows, stale } = content;
      if (stale.length > 0) await store.deleteSpanVersions({ project, traceId }, stale);
      if (rows.length === 0) gone.push(content);
      else there.push({ ...content, tree: buildTree(rows) });
    }
    await loadFacts(there);
    for (const { project, traceId, firstHour, lastHour, tree } of there) {
      const { calls, usage } = accountCalls(tree, prices);
      const summary = summariseTree(tree, { project, traceId }, usage);
      summarised.push({ summary, calls, retrievals: accountRetrievals(tree), firstHour, lastHour });
    }
    for (const trace of batch) underway.delete(trace);
    try {
      await store.writeTraceSummaries(summarised, nextWatermark());
      if (gone.length > 0) await store.deleteTraceSummaries(gone);
    } catch (error) {
      for (const trace of batch) underway.add(trace);
      throw error;
    }
    for (const trace of batch) dropRows(trace);
    for (const { project, traceId, rows } of contents) {
      const key = traceKey(project, traceId);
      sizes.set(key, rows.length);
      if (rows.length > 0) recent.remember(key, rows);
      else recent.forget(key);
    }
    summarisedTraces += summarised.length;
  }

  /** What cannot be read of searches costs no trace its summary. */
  async function loadFacts(traces: readonly (Content & { tree: TraceTree })[]): Promise<void> {
    const [first] = traces;
    if (!first) return;
    try {
      await loadSearchFacts(store, first.project, traces);
    } catch (error) {
      log.error({ err: error }, "what searches found could not be read; it is missing on the Retrieval page");
    }
  }

  /** All spans received before it are summarised, once the batch that is just being written is. */
  function nextWatermark(): bigint {
    if (!recovered || underway.size > 0) return watermarkNs;
    let next = lastMarkedNs + 1n;
    const heldBackNs = options.holdBackNs?.();
    if (heldBackNs !== undefined && heldBackNs < next) next = heldBackNs;
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
      // What is in memory of them may not be on disk any more.
      for (const trace of traces) {
        recent.forget(traceKey(trace.project, trace.traceId));
        mark(withoutRows(trace), lastMarkedNs + 1n, nowMs);
      }
      return settle();
    },
    forget: (project, spans) => {
      const keys = new Set(spans.map(({ traceId }) => traceKey(project, traceId)));
      for (const key of keys) {
        recent.forget(key);
        const waiting = dirty.get(key);
        if (waiting) dropRows(waiting);
      }
      // Those that were taken wait for their turn to write.
      for (const trace of underway) if (keys.has(traceKey(trace.project, trace.traceId))) dropRows(trace);
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

/** All spans of a trace, each once. */
interface Content {
  project: string;
  traceId: string;
  rows: AccountedRow[];
  stale: StaleVersion[];
  firstHour: number;
  lastHour: number;
}

function contentOf(
  { project, traceId }: { project: string; traceId: string },
  rows: readonly AccountedRow[],
  later: readonly AccountedRow[],
): Content {
  const merged = mergeRows(rows, later);
  return { project, traceId, ...merged, ...hoursOf(merged.rows) };
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
