import { shownName, type SpanRow } from "@nightowl/model/api/span-row";
import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import { buildTree, type TreeNode } from "@nightowl/model/trace/build-tree";
import { formatCost, formatCount, formatDuration, formatTime, formatTokens } from "./amounts.ts";
import type { Palette } from "./palette.ts";
import { cutText, plainLine, textWidth } from "./plain-text.ts";
import { statusCell } from "./trace-list.ts";

/** Deeper than this the guides stop growing, so that a chain of thousands of spans stays readable and small. */
const MAX_DRAWN_DEPTH = 40;
const SHORT_ID = 8;

export interface TreeOptions {
  palette: Palette;
  /** Columns of the terminal; lines are cut to it. Without it nothing is cut. */
  width?: number;
  timeZone?: string;
}

/**
 * A trace as lines: its summary, then a line per span with the start of its id, its duration, its tokens and
 * its place in the tree. Failed spans are red and say why.
 */
export function formatTrace(
  { trace, spans }: { trace: TraceSummary; spans: readonly SpanRow[] },
  options: TreeOptions,
): string[] {
  const { nodes } = buildTree(spans);
  const durations = nodes.map(formatNodeDuration);
  const tokens = nodes.map(({ span }) => formatTokens(span.inputTokens, span.outputTokens));
  const durationWidth = Math.max(0, ...durations.map((text) => text.length));
  const tokenWidth = Math.max(0, ...tokens.map((text) => text.length));
  const guides = createGuides();
  const lines = nodes.map((node, index) => {
    const id = node.span.spanId.slice(0, SHORT_ID);
    const figures = [
      (durations[index] ?? "").padStart(durationWidth),
      ...(tokenWidth > 0 ? [(tokens[index] ?? "").padStart(tokenWidth)] : []),
    ].join("  ");
    const guide = guides(node);
    const taken = id.length + 2 + figures.length + 2 + guide.length;
    const room = options.width === undefined ? Number.POSITIVE_INFINITY : Math.max(20, options.width - taken);
    const { palette } = options;
    return `${palette.dim(id)}  ${figures}  ${palette.dim(guide)}${formatNode(node, palette, room)}`;
  });
  return [...formatTraceSummary(trace, options), "", ...lines];
}

/** The two or three lines over the tree. */
export function formatTraceSummary(trace: TraceSummary, { palette, timeZone }: TreeOptions): string[] {
  const status = statusCell(trace, palette);
  const tokens = formatTokens(trace.inputTokens, trace.outputTokens);
  const facts = [
    status.style ? status.style(status.text) : status.text,
    ...(trace.running ? [] : [formatDuration(trace.durationMs)]),
    `${formatCount(trace.spanCount)} span${trace.spanCount === 1 ? "" : "s"}`,
    ...(tokens ? [`${tokens} tokens`] : []),
    ...(trace.costUsd === null ? [] : [formatCost(trace.costUsd)]),
    formatTime(trace.startTimeNs, timeZone),
  ];
  const about = [
    `trace ${trace.traceId}`,
    `project ${plainLine(trace.project)}`,
    ...(trace.serviceName ? [`service ${plainLine(trace.serviceName)}`] : []),
    ...(trace.userId ? [`user ${plainLine(trace.userId)}`] : []),
    ...(trace.sessionId ? [`session ${plainLine(trace.sessionId)}`] : []),
    ...(trace.tags.length > 0 ? [`tags ${trace.tags.map(plainLine).join(", ")}`] : []),
  ];
  return [
    `${palette.bold(plainLine(trace.name) || "(no name)")}  ${facts.join("  ")}`,
    palette.dim(about.join("  ")),
  ];
}

function formatNodeDuration(node: TreeNode): string {
  return node.running ? "running" : formatDuration((node.endOffsetNs - node.startOffsetNs) / 1e6);
}

function formatNode({ span, mark }: TreeNode, palette: Palette, room: number): string {
  const failed = span.statusCode === "ERROR";
  const name = plainLine(shownName(span)) || "(no name)";
  const kind = span.kind === "UNKNOWN" ? "" : `${span.kind} `;
  const details = [
    ...(span.model ? [plainLine(span.model)] : []),
    ...(span.toolName && span.toolName !== shownName(span) ? [plainLine(span.toolName)] : []),
    ...(span.documentCount ? [`${formatCount(span.documentCount)} documents`] : []),
    ...(mark === "orphan" ? ["(its parent has not arrived)"] : []),
    ...(mark === "cycle" || mark === "self_parent" ? ["(its parents form a circle)"] : []),
  ].join("  ");
  const error = failed
    ? `✗ ${
        [span.errorType, span.statusMessage]
          .filter(Boolean)
          .map((text) => plainLine(text ?? ""))
          .join(": ") || "error"
      }`
    : "";
  const parts = [
    { text: kind, style: palette.cyan },
    { text: name, style: failed ? palette.red : (text: string) => text },
    { text: details ? `  ${details}` : "", style: palette.dim },
    { text: error ? `  ${error}` : "", style: palette.red },
  ];
  const fits = parts.reduce((sum, part) => sum + textWidth(part.text), 0) <= room;
  let left = fits ? room : room - 1;
  const styled = parts.map(({ text, style }) => {
    if (textWidth(text) <= left) {
      left -= textWidth(text);
      return style(text);
    }
    const cut = cutText(text, left + 1).slice(0, -1);
    left = 0;
    return style(cut);
  });
  return styled.join("") + (fits ? "" : "…");
}

/** Returns, for nodes in the tree's order, the guide before the name: `│  ├─ `. */
function createGuides(): (node: TreeNode) => string {
  /** By depth: what the children of the last node of that depth are preceded by. */
  const below: string[] = [];
  return (node) => {
    if (node.depth === 0 || !node.parent) {
      below[0] = "";
      return "";
    }
    if (node.depth > MAX_DRAWN_DEPTH) return `${below[MAX_DRAWN_DEPTH - 1] ?? ""}⋯ `;
    const before = below[node.depth - 1] ?? "";
    const last = node.parent.children.at(-1) === node;
    below[node.depth] = before + (last ? "   " : "│  ");
    return before + (last ? "└─ " : "├─ ");
  };
}
