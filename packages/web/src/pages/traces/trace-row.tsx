import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import { memo, type CSSProperties, type ReactNode } from "react";
import { Chip, KindDot } from "../../components/marks.tsx";
import { tracePath, type ListSearch } from "../../data/search-state.ts";
import { formatCostTotal } from "../../view/format-cost.ts";
import { formatDuration } from "../../view/format-duration.ts";
import { formatCount, formatPlural } from "../../view/format-number.ts";
import { formatClock, formatDay, formatIsoNs, msOfNs } from "../../view/format-time.ts";
import type { TraceColumn, TraceLayout } from "../../view/trace-columns.ts";
import css from "./trace-table.module.css";

interface TraceRowProps {
  trace: TraceSummary;
  /** The row's place in the list, from 0. */
  index: number;
  id: string;
  style: CSSProperties;
  layout: TraceLayout;
  selected: boolean;
  /** The duration whose bar is full. */
  fullBarMs: number;
  search: ListSearch;
  onSelect: (traceId: string) => void;
  /** Midnight of today: rows of other days show theirs. */
  todayMs: number;
}

/** One trace: columns, or two lines where there is no room for them. */
export const TraceRow = memo(function TraceRow(props: TraceRowProps) {
  const { trace, index, id, style, layout, selected, onSelect } = props;
  return (
    <div
      role="row"
      id={id}
      // The head is row 1.
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={`${css["row"]} ${layout.compact ? css["compactRow"] : ""}`}
      style={style}
      onPointerDown={() => onSelect(trace.traceId)}
    >
      {layout.compact ? (
        <CompactCell {...props} />
      ) : (
        layout.columns.map((column) => (
          <div key={column.id} role="gridcell" className={css["cell"]} data-align={column.align}>
            {cellOf(column, props)}
          </div>
        ))
      )}
    </div>
  );
});

function cellOf(
  column: TraceColumn,
  { trace, layout, search, fullBarMs, todayMs }: TraceRowProps,
): ReactNode {
  switch (column.id) {
    case "time":
      return <Time ns={trace.startTimeNs} todayMs={todayMs} />;
    case "name":
      return <Name trace={trace} search={search} />;
    case "input":
      // Where there is no room for the output, a failure still says what failed.
      if (trace.status === "ERROR" && !layout.columns.some(({ id }) => id === "output"))
        return <Output trace={trace} />;
      return <span className="muted">{trace.inputPreview}</span>;
    case "output":
      return <Output trace={trace} />;
    case "latency":
      return <Latency trace={trace} fullBarMs={fullBarMs} />;
    case "tokens":
      return <Tokens trace={trace} />;
    case "cost":
      return <CostCell trace={trace} />;
    case "spans":
      return <span className={`${css["figure"]} faint`}>{formatCount(trace.spanCount)}</span>;
    case "status":
      return <Status trace={trace} />;
  }
}

function CompactCell({ trace, search, todayMs }: TraceRowProps) {
  return (
    <div role="gridcell" className={css["cell"]}>
      <div className={css["compactLine"]}>
        <Name trace={trace} search={search} />
        <span className={css["figure"]}>{trace.running ? "running" : formatDuration(trace.durationMs)}</span>
      </div>
      <div className={css["compactLine"]}>
        <span className="truncate muted">
          {trace.status === "ERROR" ? (
            <Output trace={trace} />
          ) : (
            trace.inputPreview || trace.outputPreview || "–"
          )}
        </span>
        <Time ns={trace.startTimeNs} todayMs={todayMs} />
      </div>
    </div>
  );
}

function Time({ ns, todayMs }: { ns: string; todayMs: number }) {
  const iso = formatIsoNs(ns);
  if (iso === "unknown") return <span className={css["time"]}>unknown</span>;
  const ms = msOfNs(ns);
  const today = ms >= todayMs && ms < todayMs + 86_400_000;
  return (
    <time className={css["time"]} dateTime={iso} title={iso}>
      {formatClock(ms)}
      {!today && ` ${formatDay(ms, todayMs)}`}
    </time>
  );
}

/** A plain link, not the router's: fifty of those in each frame of scrolling are too dear. The table follows it. */
function Name({ trace, search }: { trace: TraceSummary; search: ListSearch }) {
  return (
    <span className={css["name"]}>
      <KindDot kind={trace.kind} failed={trace.status === "ERROR"} />
      <a
        href={tracePath(trace.project, trace.traceId, search)}
        data-trace={trace.traceId}
        className={css["link"]}
        tabIndex={-1}
        draggable={false}
      >
        {trace.name === "" ? <span className="faint">(no name)</span> : trace.name}
      </a>
      {trace.errorCount > 0 && (
        <Chip tone="error" title={`${formatPlural(trace.errorCount, "span")} failed`}>
          {formatCount(trace.errorCount)}
          <span className="sr-only"> failed</span>
        </Chip>
      )}
    </span>
  );
}

function Output({ trace }: { trace: TraceSummary }) {
  const failed = trace.status === "ERROR" || (trace.outputPreview === "" && trace.errorPreview !== "");
  if (failed)
    return <span className="error-text">{trace.errorPreview || trace.outputPreview || "failed"}</span>;
  return <span className="muted">{trace.outputPreview}</span>;
}

function Latency({ trace, fullBarMs }: { trace: TraceSummary; fullBarMs: number }) {
  const share = fullBarMs > 0 ? Math.min(100, Math.max(0, (trace.durationMs / fullBarMs) * 100)) : 0;
  return (
    <div className={css["latency"]} title={trace.running ? "Some span has not ended" : undefined}>
      {!trace.running && <i style={{ width: `${share}%` }} />}
      <span className={trace.running ? "faint" : undefined}>
        {trace.running && trace.durationMs === 0 ? "running" : formatDuration(trace.durationMs)}
      </span>
    </div>
  );
}

function Tokens({ trace }: { trace: TraceSummary }) {
  if (trace.inputTokens === null && trace.outputTokens === null)
    return <None what="No tokens were reported" />;
  const input = trace.inputTokens ?? 0;
  const output = trace.outputTokens ?? 0;
  return (
    <span className={css["figure"]} title={`${formatCount(input)} in, ${formatCount(output)} out`}>
      {formatCount(input + output)}
    </span>
  );
}

function CostCell({ trace }: { trace: TraceSummary }) {
  const { text, partial } = formatCostTotal(trace.costUsd, trace.unpricedCount);
  if (text === "") return <None what="No model call to price" />;
  if (text === "unpriced") {
    return (
      <span className="faint" title="The price of the model is not known">
        unpriced
      </span>
    );
  }
  const title = partial
    ? `At least: ${formatPlural(trace.unpricedCount, "model call has", "model calls have")} no known price`
    : undefined;
  return (
    <span className={css["figure"]} title={title}>
      {partial ? `${text}+` : text}
    </span>
  );
}

function None({ what }: { what: string }) {
  return (
    <span className="faint" title={what}>
      –
    </span>
  );
}

function Status({ trace }: { trace: TraceSummary }) {
  const [status, text] = statusOf(trace);
  return (
    <span
      className={css["status"]}
      data-status={status}
      title={status === "errors" ? "It ended well; something in it failed" : undefined}
    >
      <i />
      {text}
    </span>
  );
}

function statusOf(trace: TraceSummary): [status: string, text: string] {
  if (trace.status === "ERROR") return ["error", "Failed"];
  if (trace.running) return ["running", "Running"];
  return trace.errorCount > 0 ? ["errors", "Errors"] : ["ok", "OK"];
}
