import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import pino, { type Logger } from "pino";
import packageJson from "../package.json" with { type: "json" };
import { AgentMemory } from "@nightowl/otlp/agent-events/agent-events";
import type { ServerMeta } from "./api/projects.ts";
import { createApp } from "./app.ts";
import type { Config } from "./config.ts";
import { createAnnotations } from "./ingest/annotations.ts";
import { createPromptAssigner } from "./ingest/assign-prompts.ts";
import { backfillRetrievals } from "./ingest/backfill-retrievals.ts";
import { createIngest } from "./ingest/ingest.ts";
import { createLogIngest } from "./ingest/ingest-logs.ts";
import { createLogJoiner } from "./ingest/join-logs.ts";
import { createRenormaliser } from "./ingest/renormalise.ts";
import { createSummariser } from "./ingest/summarise.ts";
import { openPorts, type Addresses } from "./open-ports.ts";
import { ByteBudget } from "./receive/byte-budget.ts";
import { createExportLogs } from "./receive/export-logs.ts";
import { createExportTraces } from "./receive/export-traces.ts";
import { openPriceList } from "./pricing/price-list.ts";
import { createReprice } from "./pricing/reprice.ts";
import { keepBudget } from "./store/kept-values.ts";
import { createRetention } from "./store/retention.ts";
import { openStore } from "./store/store.ts";

export interface RunningServer {
  addresses: Addresses;
  /** Absolute. */
  dataDir: string;
  /** What the person who started it should know; logged too. */
  warnings: string[];
  /** Finishes what is in flight, writes everything to disk and lets go of the folder. Idempotent. */
  close(): Promise<void>;
}

/** Valid from the source (packages/server/src) and from the bundle (packages/cli/dist). */
const WEB_DIR = fileURLToPath(new URL("../../web/dist", import.meta.url));
/** How many of the largest bodies may be in memory at once. */
const LARGEST_BODIES = 4;

/**
 * Starts the whole server; stops what it started when it cannot. It prints nothing and takes no
 * signals: that is for whoever starts it.
 * @throws PortError, DataFolderInUseError, DataFolderError, MigrationError: each says what to do.
 */
export async function startServer(config: Config, options: { log?: Logger } = {}): Promise<RunningServer> {
  const log = options.log ?? pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: true }));
  const closers: (() => Promise<unknown>)[] = [];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeAll(closers));
  try {
    const store = await openStore({ dataDir: config.dataDir, log });
    closers.push(() => store.close());
    const prices = await openPriceList({ store, configRules: config.prices, log });
    const summariser = createSummariser({
      store,
      prices: prices.book,
      log,
      holdBackNs: () => joiner.waitingSinceNs(),
    });
    closers.push(() => summariser.close());
    const joiner = createLogJoiner({
      store,
      log,
      onJoined: summariser.markWritten,
      assign: (spans) => prompts.assign(spans),
    });
    closers.push(() => joiner.close());
    const annotations = createAnnotations({ store, log });
    closers.push(() => annotations.close());
    const prompts = await createPromptAssigner({ store, log, onReassigned: summariser.forget });
    closers.push(() => prompts.close());
    const ingest = createIngest({
      store,
      log,
      onWritten: (traces, receivedNs) => {
        joiner.markSpans(traces, receivedNs);
        summariser.markWritten(traces, receivedNs);
        annotations.markWritten();
      },
      prepare: prompts.assign,
    });
    closers.push(() => ingest.close());
    const logIngest = createLogIngest({ store, log, onWritten: joiner.markLogs });
    closers.push(() => logIngest.close());
    await joiner.recover();
    await Promise.all([summariser.recover(), annotations.recover()]);
    const renormaliser = createRenormaliser({
      store,
      log,
      resummarise: summariser.resummarise,
      assign: prompts.assign,
    });
    closers.push(() => renormaliser.close());
    await renormaliser.resume();
    const retention = createRetention({
      store,
      days: config.retentionDays,
      resummarise: summariser.resummarise,
      log,
    });
    closers.push(() => retention.close());

    const reprice = createReprice({ store, resummarise: summariser.resummarise, log });
    closers.push(() => reprice.close());

    const memory = new AgentMemory((text) => createHash("sha256").update(text).digest("hex"));
    const otlp = {
      ...config,
      exports: {
        traces: createExportTraces({
          ...config,
          submit: ingest.submit,
          annotate: annotations.write,
          onSpans: (spans) => memory.markTraced(spans),
        }),
        logs: createExportLogs({
          ...config,
          submit: logIngest.submit,
          submitSpans: ingest.submit,
          annotate: annotations.write,
          memory,
        }),
      },
      budget: new ByteBudget(LARGEST_BODIES * config.maxDecompressedBytes),
    };
    const meta: ServerMeta = {
      version: packageJson.version,
      dataDir: store.dataDir,
      retentionDays: config.retentionDays === 0 ? null : config.retentionDays,
      receivers: { http: [], grpc: null },
    };
    const app = await createApp({
      db: store.db,
      freshen: async () => {
        await joiner.settle();
        await summariser.settle();
      },
      renormaliser,
      prices,
      reprice,
      keepBudget: (project, id, budget) => keepBudget(store, { project, id }, budget),
      settlePrompts: prompts.settle,
      // A question about nothing, which the store must answer all the same.
      checkStore: async () => void (await store.findTraceExtents("default", ["0".repeat(32)])),
      annotations,
      otlp,
      meta: () => meta,
      host: config.host,
      webDir: WEB_DIR,
      log,
    });
    const ports = await openPorts(app, { otlp, config, log, closers });
    const { addresses } = ports;
    meta.receivers = {
      http: [addresses.http, addresses.otlpHttp].filter((url) => url !== null),
      grpc: addresses.grpc,
    };
    prompts
      .backfill()
      .catch((error: unknown) => log.error({ err: error }, "earlier prompts stay without template"));
    backfillRetrievals({
      store,
      resummarise: summariser.resummarise,
      isStopped: () => closing !== undefined,
      log,
    }).catch((error: unknown) =>
      log.error({ err: error }, "the searches of earlier traces were not taken in"),
    );
    const warnings = [...config.warnings, ...ports.warnings];
    for (const warning of warnings) log.warn({}, warning);
    log.info({ addresses, dataDir: store.dataDir }, "the server is up");
    return { addresses, dataDir: store.dataDir, warnings, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Last opened, first closed. One that fails does not keep the others open. */
async function closeAll(closers: (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const closer of closers.toReversed()) await closer().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, "the server did not stop cleanly");
}
