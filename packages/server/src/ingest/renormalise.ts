import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { renormaliseStatusSchema, type RenormaliseStatus } from "@nightowl/model/api/renormalise";
import type { Span } from "@nightowl/model/span/span";
import { z } from "zod";
import { NO_LOG, type Log } from "../store/log.ts";
import type { SpanPlace, Store } from "../store/store.ts";
import { rereadSpans, tracesOf } from "./reread-spans.ts";
import type { TouchedTrace } from "./touched-traces.ts";

/**
 * Reads stored spans again from their original attributes, so that what a dialect learned is seen in the lists of old
 * traces too. A run may be broken off at any moment, also by `kill -9`: it goes on where it was, and what it reads
 * twice reads the same.
 */
export interface Renormaliser {
  status(): RenormaliseStatus;
  /** Starts a run and returns; while one goes on, does nothing. */
  start(project?: string): RenormaliseStatus;
  /** Ends the run; resolves when nothing of it is underway. */
  stop(): Promise<RenormaliseStatus>;
  /** Goes on with the run that the last stop of the server interrupted. */
  resume(): Promise<void>;
  /** Interrupts the run, which goes on at the next start. */
  close(): Promise<void>;
}

const PAGE_SPANS = 500;
const RETRY_MS = 5_000;
const MAX_FAILURES = 5;

const IDLE: RenormaliseStatus = {
  state: "idle",
  project: null,
  startedAtNs: null,
  finishedAtNs: null,
  readSpans: 0,
  changedSpans: 0,
  totalSpans: 0,
  error: null,
};

/** What the file in the data folder holds: the run, and the last span that was read. */
const savedSchema = z.object({
  status: renormaliseStatusSchema,
  after: z
    .object({ project: z.string(), startHour: z.number(), traceId: z.string(), spanId: z.string() })
    .optional(),
});

/**
 * @param options.resummarise summarises traces in which something reads otherwise now.
 * @param options.assign gives prompt templates to spans whose prompts were not read before.
 * @param options.pageSpans how many spans are read, and written, at one time.
 */
export function createRenormaliser(options: {
  store: Store;
  resummarise: (traces: readonly TouchedTrace[]) => Promise<void>;
  assign?: (spans: readonly Span[]) => void;
  log?: Log;
  pageSpans?: number;
}): Renormaliser {
  const { store, resummarise, assign, log = NO_LOG, pageSpans = PAGE_SPANS } = options;
  const path = join(store.dataDir, "renormalise.json");
  let status = IDLE;
  let after: SpanPlace | undefined;
  let running: Promise<void> = Promise.resolve();
  let wanted = false;
  let isResumed = false;

  function start(project?: string): RenormaliseStatus {
    if (wanted) return status;
    after = undefined;
    isResumed = false;
    status = {
      ...IDLE,
      state: "running",
      project: project ?? null,
      startedAtNs: String(store.nextTimeNs()),
    };
    launch();
    return status;
  }

  function launch(): void {
    wanted = true;
    running = running.then(run).catch((error: unknown) => {
      log.error({ err: error }, "stored spans could not be read again");
    });
  }

  async function run(): Promise<void> {
    await save();
    let failures = 0;
    while (wanted) {
      try {
        if (after === undefined) {
          status = { ...status, totalSpans: await store.countSpans(status.project ?? undefined) };
        }
        const isLast = await readPage();
        failures = 0;
        if (isLast) finish("done");
        await save();
      } catch (error) {
        failures += 1;
        if (failures < MAX_FAILURES && wanted) {
          log.warn({ err: error }, "a part of the stored spans could not be read again; trying again");
          await pause(RETRY_MS);
          continue;
        }
        finish("failed", error instanceof Error ? error.message : String(error));
        await save();
      }
    }
  }

  /** Returns whether there was none left. */
  async function readPage(): Promise<boolean> {
    const { stored, changed } = await store.exclusively(async () => {
      const page = await store.readSpansAfter(after, {
        project: status.project ?? undefined,
        limit: pageSpans,
      });
      const events = await store.readSpanEvents([...new Set(page.map(({ span }) => span.traceId))]);
      return { stored: page, changed: await rereadSpans(store, page, events, assign) };
    });
    const last = stored.at(-1);
    if (last === undefined) return true;
    // The page on which a run was broken off may have been written, and its traces not summarised.
    const touched = tracesOf(isResumed ? stored : changed);
    if (touched.length > 0) await resummarise(touched);
    isResumed = false;
    const { project, startHour, span } = last;
    after = { project, startHour, traceId: span.traceId, spanId: span.spanId };
    const readSpans = status.readSpans + stored.length;
    status = {
      ...status,
      readSpans,
      changedSpans: status.changedSpans + changed.length,
      totalSpans: Math.max(status.totalSpans, readSpans),
    };
    return false;
  }

  function finish(state: "done" | "stopped" | "failed", error: string | null = null): void {
    wanted = false;
    const { readSpans, changedSpans } = status;
    const totalSpans = state === "done" ? readSpans : status.totalSpans;
    status = { ...status, state, totalSpans, error, finishedAtNs: String(store.nextTimeNs()) };
    log.info({ state, readSpans, changedSpans }, `stored spans were read again: ${state}`);
  }

  /** A reader of the file finds the old state or the new one, never half of it. */
  async function save(): Promise<void> {
    const draft = `${path}.new`;
    await writeFile(draft, `${JSON.stringify({ status, after })}\n`);
    await rename(draft, path);
  }

  return {
    status: () => status,
    start,
    stop: async () => {
      if (!wanted) return status;
      wanted = false;
      await running;
      if (status.state === "running") {
        finish("stopped");
        await save();
      }
      return status;
    },
    resume: async () => {
      const saved = await readSaved(path);
      if (saved === undefined) return;
      status = saved.status;
      after = saved.after;
      if (status.state !== "running") return;
      log.info({ readSpans: status.readSpans }, "the reading again of stored spans goes on");
      isResumed = true;
      launch();
    },
    close: async () => {
      wanted = false;
      await running;
    },
  };
}

async function readSaved(path: string): Promise<z.infer<typeof savedSchema> | undefined> {
  try {
    const parsed = savedSchema.safeParse(JSON.parse(await readFile(path, "utf8")));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // No run yet, or a file that says nothing: a new run does the same.
    return undefined;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
