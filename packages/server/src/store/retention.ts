import type { Store, TraceExtent } from "./store.ts";
import { NO_LOG, type Log } from "./log.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Starts between these hours have a partition of their day; all others share partition 0. See the schema. */
const FIRST_DAY_HOUR = 262_968;
const LAST_DAY_HOUR = 1_139_568;

export interface Retention {
  /** One round, after the round that may be running. Resolves with the number of spans that are gone. */
  run(): Promise<number>;
  /** Stops the clock and waits for the round that may be running. */
  close(): Promise<void>;
}

/**
 * Forgets spans by age, now and each hour: whole days of starts that lie more than `days` full days back
 * (UTC), and, of the spans whose start is no plausible time, those received before then. Their traces leave
 * the list with them. Log records go by the same rule.
 *
 * @param options.days 0 keeps everything.
 * @param options.resummarise called with traces that lost some of their spans, or perhaps all.
 */
export function createRetention(options: {
  store: Store;
  days: number;
  resummarise: (traces: TraceExtent[]) => Promise<void>;
  log?: Log;
  nowMs?: () => number;
  intervalMs?: number;
}): Retention {
  const { store, days, resummarise, log = NO_LOG, nowMs = Date.now, intervalMs = HOUR_MS } = options;
  let running: Promise<number> = Promise.resolve(0);
  let timer: NodeJS.Timeout | undefined;

  async function round(): Promise<number> {
    if (days <= 0) return 0;
    const cutoffMs = Math.floor(nowMs() / DAY_MS) * DAY_MS - days * DAY_MS;
    const { spanCount, partitions, touched } = await store.exclusively(() => forget(store, cutoffMs));
    if (touched.length > 0) await resummarise(touched);
    if (spanCount > 0) {
      const before = new Date(cutoffMs).toISOString().slice(0, 10);
      log.info(
        { spanCount, partitions, before },
        `retention: ${spanCount} spans from before ${before} are gone`,
      );
    }
    return spanCount;
  }

  function run(): Promise<number> {
    running = running.catch(() => 0).then(round);
    return running;
  }

  function tick(): void {
    run().catch((error: unknown) => log.error({ err: error }, "retention failed; it tries again later"));
  }

  if (days > 0) {
    tick();
    timer = setInterval(tick, intervalMs);
    timer.unref();
  }
  return {
    run,
    close: async () => {
      clearInterval(timer);
      await running.catch(() => {});
    },
  };
}

interface Forgotten {
  spanCount: number;
  partitions: string[];
  /** Traces that are still in the list though spans of theirs are gone. */
  touched: TraceExtent[];
}

/** List rows go first: if this stops half-way, the next round finds the partitions again. */
async function forget({ db }: Store, cutoffMs: number): Promise<Forgotten> {
  const cutoffHour = Math.floor(cutoffMs / HOUR_MS);
  const cutoffDay = new Date(cutoffMs).toISOString().slice(0, 10).replaceAll("-", "");
  const receivedNs = BigInt(cutoffMs) * 1_000_000n;

  const parts = await db.query<{ id: string; spanCount: string }>(
    `SELECT partition_id AS id, sum(rows) AS spanCount FROM system.parts
     WHERE active AND database = currentDatabase() AND table = 'spans' GROUP BY partition_id`,
  );
  await forgetLogs(db, cutoffDay, receivedNs);
  const old = parts.filter(({ id }) => /^\d{8}$/.test(id) && id < cutoffDay);
  const touched: TraceExtent[] = [];
  let spanCount = old.reduce((sum, part) => sum + Number(part.spanCount), 0);

  const listed = `first_hour >= ${FIRST_DAY_HOUR} AND last_hour < {cutoffHour:UInt32}`;
  const [gone] = await db.query<{ n: string }>(`SELECT count() AS n FROM traces FINAL WHERE ${listed}`, {
    cutoffHour,
  });
  if (Number(gone?.n) > 0) {
    await db.command(
      `DELETE FROM traces WHERE (project, trace_id) IN
       (SELECT project, trace_id FROM traces FINAL WHERE ${listed})`,
      { cutoffHour },
    );
  }

  if (old.length > 0) {
    const across = await db.query<TraceExtent>(
      `SELECT project, trace_id AS traceId, first_hour AS firstHour, last_hour AS lastHour,
         span_count AS spanCount
       FROM traces FINAL WHERE first_hour < {cutoffHour:UInt32}`,
      { cutoffHour },
    );
    touched.push(...across);
    for (const { id } of old) {
      for (const table of ["calls", "retrievals", "documents", "spans"]) {
        await db.command(`ALTER TABLE ${table} DROP PARTITION ID '${id}'`);
      }
    }
  }

  if (parts.some(({ id }) => id === "0")) {
    const timeless = await db.query<TraceExtent>(
      `SELECT project, trace_id AS traceId, min(start_hour) AS firstHour, max(start_hour) AS lastHour,
         toUInt32(count()) AS spanCount
       FROM spans FINAL
       WHERE (start_hour < ${FIRST_DAY_HOUR} OR start_hour > ${LAST_DAY_HOUR})
         AND received_ns < {receivedNs:UInt64}
       GROUP BY project, trace_id`,
      { receivedNs },
    );
    if (timeless.length > 0) {
      await db.command("DELETE FROM spans IN PARTITION ID '0' WHERE received_ns < {receivedNs:UInt64}", {
        receivedNs,
      });
      // Summarising these traces again writes back the calls and searches that remain.
      const traceIds = timeless.map(({ traceId }) => traceId);
      for (const table of ["calls", "retrievals"]) {
        await db.command(
          `DELETE FROM ${table} IN PARTITION ID '0' WHERE trace_id IN {traceIds:Array(String)}`,
          {
            traceIds,
          },
        );
      }
      await db.command("DELETE FROM documents IN PARTITION ID '0' WHERE version < {receivedNs:UInt64}", {
        receivedNs,
      });
      touched.push(...timeless);
      spanCount += timeless.reduce((sum, trace) => sum + trace.spanCount, 0);
    }
  }
  return { spanCount, partitions: old.map(({ id }) => id), touched };
}

async function forgetLogs(db: Store["db"], cutoffDay: string, receivedNs: bigint): Promise<void> {
  const parts = await db.query<{ id: string }>(
    `SELECT DISTINCT partition_id AS id FROM system.parts
     WHERE active AND database = currentDatabase() AND table = 'logs'`,
  );
  for (const { id } of parts) {
    if (/^\d{8}$/.test(id) && id < cutoffDay) {
      await db.command(`ALTER TABLE logs DROP PARTITION ID '${id}'`);
    } else if (id === "0") {
      await db.command("DELETE FROM logs IN PARTITION ID '0' WHERE received_ns < {receivedNs:UInt64}", {
        receivedNs,
      });
    }
  }
}
