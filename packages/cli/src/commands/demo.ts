import { defineCommand } from "citty";
import { annotateDocuments } from "@nightowl/model/api/annotations";
import { listProjects } from "@nightowl/model/api/projects";
import { createClient, type Client } from "@nightowl/model/client/create-client";
import { CliError } from "../cli-error.ts";
import { createTraceCounter, type TraceTotals } from "../demo/count-traces.ts";
import { createDemoWeek, type DemoOptions } from "../demo/demo-week.ts";
import { toResourceSpans, type DocumentVerdict } from "../demo/trace-draft.ts";
import { formatCost, formatCount, formatDuration } from "../format/amounts.ts";
import { plainLine } from "../format/plain-text.ts";
import type { Piece } from "../import/read-export-file.ts";
import { sendPieces, SendError, type SendResult } from "../import/send-batches.ts";
import { createProgressMeter } from "../progress-meter.ts";
import { resolveServerUrl, SERVER_ARGS } from "../server-url.ts";
import { createTerminal, type Terminal } from "../terminal.ts";

/** A project of its own: what an application sends without naming one lands in `default`, and stays apart. */
const DEFAULT_PROJECT = "demo";
/** Small enough that a request is soon answered, and the bar moves. */
const MAX_BATCH_BYTES = 2 * 2 ** 20;
const MAX_ANNOTATIONS = 2_000;
const MINUTE_MS = 60_000;
const MAX_DAYS = 365;
const MAX_REQUESTS = 100_000;

/** What `--json` prints. */
export interface DemoReport extends TraceTotals, SendResult {
  project: string;
  /** The page that shows it. */
  page: string;
  durationMs: number;
}

export const demo = defineCommand({
  meta: {
    name: "demo",
    description: "Fill the running server with a believable week of an AI service's traces",
  },
  args: {
    project: {
      type: "string",
      alias: "p",
      default: DEFAULT_PROJECT,
      valueHint: "name",
      description: "Project to fill; one that has no traces yet",
    },
    days: { type: "string", default: "7", valueHint: "count", description: "How many days back from now" },
    traces: {
      type: "string",
      default: "2000",
      valueHint: "count",
      description: "How many requests to the service; feedback and a judge add some",
    },
    seed: {
      type: "string",
      default: "1",
      valueHint: "number",
      description: "Other data for another number, the same for the same one and the same --now",
    },
    now: {
      type: "string",
      valueHint: "time",
      description: "The end of the week: 2026-11-21T08:00; now if not given",
    },
    force: { type: "boolean", description: "Also into a project that has traces" },
    ...SERVER_ARGS,
  },
  async run({ args }) {
    const terminal = createTerminal();
    const url = resolveServerUrl(args.url, process.env);
    const report = await fillDemo(
      { ...parseDemoOptions(args), url, project: args.project, isForced: args.force ?? false },
      createClient({ baseUrl: url }),
      terminal,
    );
    if (args.json) terminal.printJson(report);
    else terminal.print(formatDemoReport(report, terminal));
    if (report.rejectedSpans > 0) process.exitCode = 1;
  },
});

/** Sends the week. Throws {@link CliError} when the project has traces already or the server stops taking any. */
export async function fillDemo(
  { url, project, isForced, ...options }: DemoOptions & { url: string; project: string; isForced: boolean },
  client: Client,
  terminal: Terminal,
): Promise<DemoReport> {
  if (!isForced) await refuseProjectWithTraces(client, project);
  const startedMs = performance.now();
  const counter = createTraceCounter();
  const meter = createProgressMeter(terminal, options.days);
  const verdicts: DocumentVerdict[] = [];
  async function* pieces(): AsyncGenerator<Piece> {
    let before = options.nowMs - options.days * 24 * 60 * MINUTE_MS;
    for (const trace of createDemoWeek(options)) {
      counter.add(trace);
      verdicts.push(...(trace.documentVerdicts ?? []));
      meter.step(`sending ${dayOf(trace.startMs, options.utcOffsetMs)}`, daysBetween(before, trace.startMs));
      before = Math.max(before, trace.startMs);
      const bytes = Buffer.from(JSON.stringify(toResourceSpans(trace)));
      yield { encoding: "json", bytes, spanCount: trace.spans.length, where: "" };
    }
  }
  try {
    const sent = await sendPieces(pieces(), { url, project, maxBatchBytes: MAX_BATCH_BYTES });
    meter.step("sending what was judged", 0);
    await sendVerdicts(client, verdicts);
    meter.stop(true);
    const page = `${url}/projects/${encodeURIComponent(project)}/traces?range=${rangeOf(options)}`;
    return {
      project,
      page,
      ...counter.totals(),
      ...sent,
      durationMs: Math.round(performance.now() - startedMs),
    };
  } catch (error) {
    meter.stop(false);
    if (!(error instanceof SendError)) throw error;
    throw new CliError(error.message, "Is Nightowl running there? Start it with `nightowl serve`.", {
      cause: error,
    });
  }
}

async function sendVerdicts(client: Client, verdicts: readonly DocumentVerdict[]): Promise<void> {
  for (let from = 0; from < verdicts.length; from += MAX_ANNOTATIONS) {
    const data = verdicts
      .slice(from, from + MAX_ANNOTATIONS)
      .map(({ spanId, position, score, label, explanation }) => ({
        span_id: spanId,
        document_position: position,
        name: "relevance",
        annotator_kind: "LLM" as const,
        identifier: "stack-judge",
        result: { score, label, explanation },
      }));
    await client.call(annotateDocuments, { query: {}, body: { data } });
  }
}

async function refuseProjectWithTraces(client: Client, project: string): Promise<void> {
  const { data } = await client.call(listProjects, {});
  const there = data.find(({ name }) => name === project);
  if (there === undefined || there.traceCount === 0) return;
  throw new CliError(
    `project "${project}" has ${formatCount(there.traceCount)} traces already; the demo would be mixed with them`,
    "`--project NAME` puts it elsewhere, `--force` adds it all the same",
  );
}

/** Flags → what to make. Throws {@link CliError} naming the flag that cannot be read. */
export function parseDemoOptions(
  args: { days: string; traces: string; seed: string; now?: string | undefined },
  clockMs: number = Date.now(),
): DemoOptions {
  const nowMs = args.now === undefined ? clockMs : Date.parse(args.now);
  if (Number.isNaN(nowMs)) throw new CliError(`--now "${args.now}" is not a date (2026-11-21T08:00)`);
  return {
    nowMs,
    utcOffsetMs: -new Date(nowMs).getTimezoneOffset() * MINUTE_MS,
    days: parseCount("--days", args.days, 1, MAX_DAYS),
    requests: parseCount("--traces", args.traces, 1, MAX_REQUESTS),
    seed: parseCount("--seed", args.seed, 0, 2 ** 31),
  };
}

function parseCount(flag: string, text: string, min: number, max: number): number {
  const count = Number(text);
  if (text.trim() !== "" && Number.isInteger(count) && count >= min && count <= max) return count;
  throw new CliError(
    `${flag} "${text}" is not a whole number from ${formatCount(min)} to ${formatCount(max)}`,
  );
}

/** What was made, what failed, and where to look. */
export function formatDemoReport(report: DemoReport, { palette }: Pick<Terminal, "palette">): string[] {
  const { traceCount, spanCount, userCount, sessionCount, annotationCount, costUsd, durationMs } = report;
  return [
    `sent ${formatCount(traceCount)} traces with ${formatCount(spanCount)} spans to project ${plainLine(report.project)} in ${formatDuration(durationMs)}`,
    palette.dim(
      `${formatCount(userCount)} users in ${formatCount(sessionCount)} sessions, two versions of a prompt, ${formatCount(annotationCount)} evaluations, ${formatCost(costUsd)}`,
    ),
    ...report.reasons.map((reason) => palette.red(`✗ ${plainLine(reason)}`)),
    `open ${plainLine(report.page)}`,
  ];
}

/** The page's range that holds the week. */
function rangeOf({ nowMs, days }: DemoOptions): string {
  return Math.abs(Date.now() - nowMs) < 10 * MINUTE_MS ? `${days}d` : "all";
}

function dayOf(timeMs: number, utcOffsetMs: number): string {
  return new Date(timeMs + utcOffsetMs).toLocaleDateString("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });
}

function daysBetween(beforeMs: number, afterMs: number): number {
  return Math.max(0, afterMs - beforeMs) / (24 * 60 * MINUTE_MS);
}
