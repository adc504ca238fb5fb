import { setTimeout as wait } from "node:timers/promises";
import { NO_LOG, type Log } from "../store/log.ts";
import { listUntakenSearches } from "../store/retrieval-rows.ts";
import type { Store, TraceExtent } from "../store/store.ts";

const BATCH_TRACES = 200;
const PAUSE_MS = 20;

/**
 * Summarises traces with searches again that were received before searches had a table of their own, and are not in it: once,
 * in the background. Resolves with their number.
 *
 * @param options.isStopped asked before each batch; the rest is done at the next start.
 */
export async function backfillRetrievals(options: {
  store: Pick<Store, "db">;
  resummarise: (traces: readonly TraceExtent[]) => Promise<void>;
  isStopped: () => boolean;
  log?: Log;
}): Promise<number> {
  const { store, resummarise, isStopped, log = NO_LOG } = options;
  const traces = await listUntakenSearches(store.db);
  let count = 0;
  for (let from = 0; from < traces.length && !isStopped(); from += BATCH_TRACES) {
    const batch = traces.slice(from, from + BATCH_TRACES);
    await resummarise(batch);
    count += batch.length;
    await wait(PAUSE_MS);
  }
  if (count > 0) log.info({ traces: count }, `the searches of ${count} earlier traces were taken in`);
  return count;
}
