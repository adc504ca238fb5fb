import { setTimeout as wait } from "node:timers/promises";
import type { PromptReference, Span, WireSpan } from "@nightowl/model/span/span";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import { NO_LOG, type Log } from "../store/log.ts";
import {
  assignCalls,
  listUnassignedProjects,
  listUnminedProjects,
  moveCalls,
  readCallsOfVersion,
  readPrompts,
  readUnassignedCalls,
  writeTemplates,
  writeWordings,
  type SpanPlace,
} from "../store/prompt-rows.ts";
import { startHour } from "../store/rows.ts";
import type { Store } from "../store/store.ts";
import { readBackfill, saveBackfill } from "./backfill-file.ts";
import { ProjectPrompts, type ProjectChanges } from "./project-prompts.ts";

/** Says which prompt template each model call follows, when it is written, and keeps what it learns of templates. */
export interface PromptAssigner {
  /** Sets `prompt` of the model calls among spans that are about to be written. Never throws. */
  assign(spans: readonly Span[]): void;
  /** Resolves when what was learnt before the call is on disk, and earlier calls are put right. @throws {DatabaseError} */
  settle(): Promise<void>;
  /**
   * Goes through the model calls without a template of projects that have none, and of those where the stop of the server
   * interrupted it. Resolves with how many calls were given one.
   */
  backfill(): Promise<number>;
  /** Keeps everything and stops. */
  close(): Promise<void>;
}

const DELAY_MS = 1_000;
const RETRY_MS = 10_000;
/** A version that turned out to be several has few calls by then; more than this stay with it. */
const MAX_SPLIT_CALLS = 2_000;
const BACKFILL_PAGE = 500;
const BACKFILL_PAUSE_MS = 50;

/**
 * Reads what was kept, so that it goes on where it was.
 *
 * @param options.backfillPage how many earlier calls are gone through at one time.
 * @param options.onReassigned told of traces of which calls on disk were given another template or version.
 */
export async function createPromptAssigner(options: {
  store: Store;
  log?: Log;
  delayMs?: number;
  backfillPage?: number;
  onReassigned?: (project: string, places: readonly SpanPlace[]) => void;
}): Promise<PromptAssigner> {
  const { store, log = NO_LOG, delayMs = DELAY_MS, backfillPage = BACKFILL_PAGE, onReassigned } = options;
  const projects = new Map<string, ProjectPrompts>();
  const touched = new Set<string>();
  const unwritten = new Map<string, ProjectChanges[]>();
  const lastChanges = new Map<string, Pick<ProjectChanges, "moves" | "arrivals">>();
  let timer: NodeJS.Timeout | undefined;
  let runs: Promise<void> = Promise.resolve();
  let backfilling: Promise<unknown> = Promise.resolve();
  let closed = false;
  let failed = false;

  await restore();

  async function restore(): Promise<void> {
    const { templates, wordings } = await readPrompts(store.db);
    const names = new Set([...templates, ...wordings].map(({ project }) => project));
    for (const project of names) {
      promptsOf(project).restore(
        templates.filter((template) => template.project === project && template.mergedInto === ""),
        wordings.filter((wording) => wording.project === project),
      );
    }
  }

  function promptsOf(project: string): ProjectPrompts {
    let prompts = projects.get(project);
    if (!prompts) projects.set(project, (prompts = new ProjectPrompts(project)));
    return prompts;
  }

  function assign(spans: readonly Span[]): void {
    for (const span of spans) {
      if (span.kind !== "LLM") continue;
      const prompt = assignOne(span);
      if (prompt) span.prompt = prompt;
      touched.add(span.project);
    }
    schedule(delayMs);
  }

  /** A prompt that cannot be looked at costs its span nothing. */
  function assignOne(span: Span): PromptReference | undefined {
    try {
      return promptsOf(span.project).assign(span);
    } catch (error) {
      if (!failed) log.error({ err: error, spanId: span.spanId }, "a prompt could not be looked at");
      failed = true;
      return undefined;
    }
  }

  function schedule(waitMs: number): void {
    if (closed || timer !== undefined || touched.size === 0) return;
    timer = setTimeout(() => {
      timer = undefined;
      settle().catch((error: unknown) => {
        log.error({ err: error }, "prompt templates could not be written; trying again");
        schedule(RETRY_MS);
      });
    }, waitMs);
    timer.unref();
  }

  /** One after the other: a change may build on the one before. */
  function settle(): Promise<void> {
    const mine = runs.then(write);
    runs = mine.catch(() => {});
    return mine;
  }

  /** What could not be written is written before what was learnt since. */
  async function write(): Promise<void> {
    for (const project of Array.from(touched)) {
      touched.delete(project);
      const pending = [...(unwritten.get(project) ?? []), promptsOf(project).takeChanges()];
      unwritten.set(project, pending);
      try {
        for (let changes = pending[0]; changes; changes = pending[0]) {
          await keep(project, changes);
          pending.shift();
        }
      } catch (error) {
        touched.add(project);
        throw error;
      }
      unwritten.delete(project);
    }
  }

  async function keep(project: string, changes: ProjectChanges): Promise<void> {
    await writeTemplates(store.db, changes.templates, store.nextTimeNs());
    await writeWordings(store.db, changes.wordings, store.nextTimeNs());
    await store.exclusively(() => putRight(project, changes));
  }

  async function putRight(project: string, { moves, splits, arrivals }: ProjectChanges): Promise<void> {
    // What was on its way to the disk when it was put right is found by doing so once more.
    const again = lastChanges.get(project);
    for (const { places, to } of again?.arrivals ?? []) await give(project, places, to, { ifNone: true });
    for (const [versionId, to] of again?.moves ?? [])
      if (!moves.has(versionId)) await move(project, versionId, to);
    for (const [versionId, to] of moves) await move(project, versionId, to);
    for (const { places, to } of arrivals) await give(project, places, to);
    lastChanges.delete(project);
    if (moves.size > 0 || arrivals.length > 0) {
      lastChanges.set(project, { moves, arrivals });
      touched.add(project);
      schedule(delayMs);
    }
    for (const versionId of splits) {
      const spans = await readCallsOfVersion(store.db, project, versionId, MAX_SPLIT_CALLS);
      await reassign(project, spans, (span) => promptsOf(project).find(span), versionId);
    }
  }

  async function move(project: string, versionId: string, to: PromptReference): Promise<void> {
    const places = await moveCalls(store.db, project, versionId, to);
    onReassigned?.(project, places);
  }

  async function give(
    project: string,
    places: readonly SpanPlace[],
    to: PromptReference,
    condition?: { ifNone: boolean },
  ): Promise<void> {
    await assignCalls(store.db, project, places, to, condition);
    onReassigned?.(project, places);
  }

  /** Looks up whole spans again, and writes those anew that are of another version than `before`. */
  async function reassign(
    project: string,
    spans: readonly WireSpan[],
    lookUp: (span: Span) => PromptReference | undefined,
    before: string,
  ): Promise<number> {
    const groups = new Map<string, { to: PromptReference; places: SpanPlace[] }>();
    let count = 0;
    for (const wire of spans) {
      const to = lookUp(normaliseSpan(wire, { project }));
      if (!to || to.versionId === before) continue;
      const place = { traceId: wire.traceId, spanId: wire.spanId, startHour: startHour(wire.startTimeNs) };
      const group = groups.get(to.versionId);
      if (group) group.places.push(place);
      else groups.set(to.versionId, { to, places: [place] });
      count += 1;
    }
    for (const { to, places } of groups.values()) await give(project, places, to);
    return count;
  }

  function backfill(): Promise<number> {
    const run = goThroughEarlier();
    backfilling = run.catch(() => {});
    return run;
  }

  async function goThroughEarlier(): Promise<number> {
    const receivedBeforeNs = store.nextTimeNs();
    // Without a word of an earlier run any project may have been left in the middle of one.
    const left = (await readBackfill(store.dataDir)) ?? (await listUnassignedProjects(store.db));
    const waiting = new Set([...left, ...(await listUnminedProjects(store.db))]);
    let count = 0;
    for (const project of waiting) {
      await saveBackfill(store.dataDir, [...waiting]);
      count += await backfillProject(project, receivedBeforeNs);
      if (closed) break;
      waiting.delete(project);
    }
    await saveBackfill(store.dataDir, [...waiting]);
    if (count > 0)
      log.info({ calls: count }, `${count} earlier model calls were given their prompt templates`);
    return count;
  }

  /** From the first call on, also after an interruption: those that waited for their template then wait no more. */
  async function backfillProject(project: string, receivedBeforeNs: bigint): Promise<number> {
    let count = 0;
    let after = { startNs: "0", spanId: "" };
    for (;;) {
      const page = await readUnassignedCalls(store.db, project, { after, receivedBeforeNs }, backfillPage);
      const last = page.at(-1);
      if (closed || !last) return count;
      after = { startNs: last.startTimeNs, spanId: last.spanId };
      touched.add(project);
      count += await store.exclusively(() =>
        reassign(project, page, (span) => promptsOf(project).assign(span), ""),
      );
      await settle();
      await wait(BACKFILL_PAUSE_MS);
    }
  }

  return {
    assign,
    settle,
    backfill,
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await backfilling;
      await settle();
      const all = [...projects.values()].flatMap((prompts) => [...prompts.all()]);
      await writeWordings(store.db, all, store.nextTimeNs());
    },
  };
}
