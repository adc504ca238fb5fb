import { shownName, type SpanRow } from "../api/span-row.ts";
import type { TraceSummary } from "../api/trace-summary.ts";
import { buildTree, findRoot, type TraceTree, type TreeNode } from "./build-tree.ts";
import { countUsage, isModelCall, type UsageCount } from "./count-usage.ts";
import { compareNs } from "./nanoseconds.ts";

/**
 * The trace's line in lists, from all of its spans (at least one): the same roll-up that the trace page shows.
 * What only children carry (session, user, tags, environment, previews) is lifted to the trace.
 */
export function summariseTrace(
  rows: readonly SpanRow[],
  identity: { project: string; traceId: string },
): TraceSummary {
  return summariseTree(buildTree(rows), identity);
}

/** {@link summariseTrace} for whoever has the tree already, or knows better what its calls cost. */
export function summariseTree(
  tree: TraceTree,
  identity: { project: string; traceId: string },
  usage: UsageCount = countUsage(tree),
): TraceSummary {
  const root = findRoot(tree);
  const spans = tree.nodes.map((node) => node.span);
  const byStart = [...tree.nodes].sort((a, b) => a.startOffsetNs - b.startOffsetNs).map((node) => node.span);
  const main = root?.span ?? byStart[0];
  const failed = tree.nodes.filter((node) => node.span.statusCode === "ERROR");
  // What a step of a failed run ended with is no answer of the run.
  const hasFailed = root?.span.statusCode === "ERROR";
  return {
    traceId: identity.traceId,
    project: identity.project,
    name: main === undefined ? "" : shownName(main),
    kind: main?.kind ?? "UNKNOWN",
    rootSpanId: root?.span.spanId ?? null,
    startTimeNs: tree.originNs,
    endTimeNs: latestNs(spans),
    durationMs: tree.durationNs / 1e6,
    running: tree.nodes.some((node) => node.running),
    status: root ? root.span.statusCode : statusOf(spans, failed.length),
    errorCount: failed.length,
    spanCount: spans.length,
    llmCount: usage.llmCount,
    inputPreview: preview(root?.span, byStart, (span) => span.inputPreview),
    outputPreview: preview(root?.span, byStart.toReversed(), (span) => span.outputPreview, hasFailed),
    errorPreview: errorPreview(failed),
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    costUsd: usage.costUsd,
    unpricedCount: usage.unpricedCount,
    models: distinct(byStart.map((span) => (isModelCall(span) ? span.model : undefined))),
    serviceName: first(main, byStart, (span) => span.service),
    environment: first(main, byStart, (span) => span.environment),
    sessionId: first(main, byStart, (span) => span.sessionId),
    userId: first(main, byStart, (span) => span.userId),
    tags: distinct(byStart.flatMap((span) => span.tags ?? [])),
    sampleWeight: main?.sampleWeight ?? 1,
  };
}

function latestNs(spans: SpanRow[]): string {
  let latest = "0";
  for (const { startTimeNs, endTimeNs } of spans) {
    if (compareNs(startTimeNs, latest) > 0) latest = startTimeNs;
    if (compareNs(endTimeNs, latest) > 0) latest = endTimeNs;
  }
  return latest;
}

function statusOf(spans: SpanRow[], failedCount: number): TraceSummary["status"] {
  if (failedCount > 0) return "ERROR";
  return spans.some((span) => span.statusCode === "OK") ? "OK" : "UNSET";
}

/**
 * The root's own words, else the first (or last, as ordered) model call's, else any span's unless `isOfCalls`. Where models
 * were called and their content was not recorded, a tool's arguments and result are not what the trace was asked.
 */
function preview(
  root: SpanRow | undefined,
  ordered: SpanRow[],
  read: (span: SpanRow) => string | undefined,
  isOfCalls = false,
): string {
  const fromRoot = root && read(root);
  if (fromRoot) return fromRoot;
  const calls = ordered.filter((span) => span.kind === "LLM");
  const others = calls.length > 0 ? ordered.filter((span) => span.kind !== "TOOL") : ordered;
  const told = calls.find(read) ?? (isOfCalls ? undefined : others.find(read));
  return (told && read(told)) ?? "";
}

function first(
  main: SpanRow | undefined,
  byStart: SpanRow[],
  read: (span: SpanRow) => string | undefined,
): string {
  const own = main && read(main);
  if (own) return own;
  for (const span of byStart) {
    const value = read(span);
    if (value) return value;
  }
  return "";
}

function distinct(values: (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined && value !== ""))] as string[];
}

/** The deepest failed span knows best what went wrong; what it passed up is wrapped and vaguer. */
function errorPreview(failed: TreeNode[]): string {
  let best: TreeNode | undefined;
  for (const node of failed) {
    const message = node.span.statusMessage || node.span.errorType;
    if (message && (best === undefined || node.depth > best.depth)) best = node;
  }
  return best?.span.statusMessage || best?.span.errorType || "";
}
