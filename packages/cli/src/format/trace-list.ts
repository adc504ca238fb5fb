import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import { formatCount, formatDuration, formatTime, formatTokens } from "./amounts.ts";
import type { Palette } from "./palette.ts";
import { plainLine } from "./plain-text.ts";
import { formatTable, type Cell, type Column } from "./text-table.ts";

const COLUMNS: readonly Column[] = [
  { title: "TIME" },
  { title: "NAME", minWidth: 16 },
  { title: "STATUS" },
  { title: "LATENCY", align: "right" },
  { title: "TOKENS", align: "right" },
  { title: "SPANS", align: "right" },
  { title: "TRACE" },
];

/** Traces as the lines of a table, the titles first. Names give way when the terminal is narrow. */
export function formatTraceList(
  traces: readonly TraceSummary[],
  { palette, width, timeZone }: { palette: Palette; width?: number; timeZone?: string },
): string[] {
  const rows = traces.map((trace): Cell[] => [
    { text: formatTime(trace.startTimeNs, timeZone), style: palette.dim },
    { text: plainLine(trace.name) || "(no name)" },
    statusCell(trace, palette),
    { text: trace.running ? "running" : formatDuration(trace.durationMs) },
    { text: formatTokens(trace.inputTokens, trace.outputTokens) },
    { text: formatCount(trace.spanCount) },
    { text: trace.traceId, style: palette.dim },
  ]);
  return formatTable(COLUMNS, rows, { titleStyle: palette.bold, ...(width === undefined ? {} : { width }) });
}

/** `ok`, `error` when the root failed, `2 errors` when spans below an unfailed root did. */
export function statusCell(
  trace: Pick<TraceSummary, "status" | "errorCount" | "running">,
  palette: Palette,
): Cell {
  if (trace.status === "ERROR") return { text: "error", style: palette.red };
  if (trace.errorCount > 0) {
    return {
      text: `${formatCount(trace.errorCount)} error${trace.errorCount === 1 ? "" : "s"}`,
      style: palette.red,
    };
  }
  if (trace.running) return { text: "running", style: palette.yellow };
  return { text: "ok", style: palette.green };
}
