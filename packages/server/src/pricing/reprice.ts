import { setTimeout as pause } from "node:timers/promises";
import type { RepriceStatus } from "@nightowl/model/api/costs";
import { NO_LOG, type Log } from "../store/log.ts";
import {
  listTraceCosts,
  readModelCosts,
  readTraceCosts,
  type ModelCost,
  type StoredTraceCost,
  type TraceRange,
} from "../store/stored-costs.ts";
import { groupByProject, type Store, type TraceExtent } from "../store/store.ts";

/**
 * A job in the background over all stored traces, one at a time: it can be started, watched and stopped. It does its work
 * in small batches, so that requests get their turn, and doing it again does no harm.
 */
export interface Reprice {
  /** Starts it; undefined while one is running. */
  start(range: TraceRange): RepriceStatus | undefined;
  status(): RepriceStatus;
  /** Stops after the batch it is at. */
  stop(): Promise<RepriceStatus>;
  close(): Promise<void>;
}

const BATCH_TRACES = 200;
/** What the reader of a page gets of the machine between two batches. */
const PAUSE_MS = 10;
const MAX_MODELS = 50;

const NOTHING = { costUsd: 0, callCount: 0, unpricedCount: 0 };
const IDLE: RepriceStatus = {
  state: "idle",
  startedAtNs: null,
  endedAtNs: null,
  tracesTotal: 0,
  tracesDone: 0,
  tracesChanged: 0,
  before: NOTHING,
  after: NOTHING,
  models: [],
  problem: null,
};

/**
 * Pricing of what is stored, anew: each trace's summary is written again, and with it what its calls cost.
 *
 * @param options.resummarise writes the summaries of these traces again, with the prices of now.
 */
export function createReprice(options: {
  store: Store;
  resummarise: (traces: TraceExtent[]) => Promise<void>;
  log?: Log;
}): Reprice {
  const { store, resummarise, log = NO_LOG } = options;
  let status = IDLE;
  let running: Promise<void> | undefined;
  let stopping = new AbortController();

  async function run(range: TraceRange): Promise<void> {
    const models = await readModelCosts(store.db, range);
    const traces = await listTraceCosts(store.db, range);
    status = { ...status, tracesTotal: traces.length };
    for (let from = 0; from < traces.length && !stopping.signal.aborted; from += BATCH_TRACES) {
      const batch = traces.slice(from, from + BATCH_TRACES);
      await resummarise(batch);
      for (const [project, before] of groupByProject(batch)) {
        const ids = before.map(({ traceId }) => traceId);
        const after = new Map(
          (await readTraceCosts(store.db, project, ids)).map((trace) => [trace.traceId, trace]),
        );
        // A trace that retention took meanwhile changed nothing.
        for (const trace of before) count(trace, after.get(trace.traceId) ?? trace);
      }
      await pause(PAUSE_MS);
    }
    status = { ...status, models: changesOf(models, await readModelCosts(store.db, range)) };
  }

  function count(before: StoredTraceCost, after: StoredTraceCost): void {
    const changed =
      Math.abs((before.costUsd ?? 0) - (after.costUsd ?? 0)) > 1e-12 ||
      before.unpricedCount !== after.unpricedCount ||
      (before.costUsd === null) !== (after.costUsd === null);
    status = {
      ...status,
      tracesDone: status.tracesDone + 1,
      tracesChanged: status.tracesChanged + (changed ? 1 : 0),
      before: plus(status.before, before),
      after: plus(status.after, after),
    };
  }

  async function follow(range: TraceRange): Promise<void> {
    try {
      await run(range);
      finish({ state: stopping.signal.aborted ? "stopped" : "done" });
      const { tracesDone, tracesChanged, before, after } = status;
      log.info({ tracesDone, tracesChanged, before, after }, `repriced ${tracesDone} traces`);
    } catch (error) {
      log.error({ err: error }, "repricing failed");
      finish({ state: "failed", problem: error instanceof Error ? error.message : String(error) });
    }
  }

  function finish(end: Pick<RepriceStatus, "state"> & Partial<RepriceStatus>): void {
    status = { ...status, ...end, endedAtNs: String(store.nextTimeNs()) };
    running = undefined;
  }

  async function stop(): Promise<RepriceStatus> {
    stopping.abort();
    await running;
    return status;
  }

  return {
    start(range) {
      if (running) return undefined;
      stopping = new AbortController();
      status = { ...IDLE, state: "running", startedAtNs: String(store.nextTimeNs()) };
      running = follow(range);
      return status;
    },
    status: () => status,
    stop,
    close: async () => void (await stop()),
  };
}

function plus(total: RepriceStatus["before"], trace: StoredTraceCost): RepriceStatus["before"] {
  return {
    costUsd: total.costUsd + (trace.costUsd ?? 0),
    callCount: total.callCount + trace.callCount,
    unpricedCount: total.unpricedCount + trace.unpricedCount,
  };
}

function changesOf(before: ModelCost[], after: ModelCost[]): RepriceStatus["models"] {
  const key = ({ provider, model }: ModelCost): string => `${provider} ${model}`;
  const costs = new Map(before.map((cost) => [key(cost), cost.costUsd]));
  return after
    .map((cost) => ({
      model: cost.model,
      provider: cost.provider,
      beforeUsd: costs.get(key(cost)) ?? 0,
      afterUsd: cost.costUsd,
    }))
    .filter(({ beforeUsd, afterUsd }) => Math.abs(afterUsd - beforeUsd) > 1e-12)
    .sort((a, b) => Math.abs(b.afterUsd - b.beforeUsd) - Math.abs(a.afterUsd - a.beforeUsd))
    .slice(0, MAX_MODELS);
}
