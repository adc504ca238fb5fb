import { shownName } from "@nightowl/model/api/span-row";
import type { CriticalSegment } from "@nightowl/model/trace/critical-path";
import type { TreeNode } from "@nightowl/model/trace/build-tree";
import { memo } from "react";
import { KindDot } from "../../../components/marks.tsx";
import { formatDuration } from "../../../view/format-duration.ts";
import { formatCount } from "../../../view/format-number.ts";
import { formatShortUsd, formatUsd } from "../../../view/format-cost.ts";
import { barOf } from "../../../view/waterfall-bar.ts";
import { indentOf } from "../../../view/waterfall-rows.ts";
import { fractionAt, type TimeWindow } from "../../../view/waterfall-scale.ts";
import { subTextOf } from "../../../view/waterfall-sub.ts";
import { nodeDurationMs, type TraceModel } from "../trace-model.ts";
import css from "./waterfall.module.css";

/** What all rows share: the same object while one scrolls, so that a row that is there is not drawn again. */
export interface RowView {
  model: TraceModel;
  timeWindow: TimeWindow;
  nameWidth: number;
  timelineWidth: number;
  rowCount: number;
  /** Critical path by span, while it is shown. */
  critical: ReadonlyMap<string, CriticalSegment[]> | undefined;
}

interface RowProps {
  view: RowView;
  node: TreeNode;
  position: number;
  collapsed: boolean;
  selected: boolean;
  /** Something is sought, and this is not it. */
  dim: boolean;
}

export const ROW_HEIGHT = 28;
/** A name of so few characters is never cut, and keeps no room that it does not fill. */
const SHORT_NAME = 5;

/** One span: its place in the tree, what it was, and when. Clicks are heard by the list (`data-position`). */
export const WaterfallRow = memo(function WaterfallRow({
  view,
  node,
  position,
  collapsed,
  selected,
  dim,
}: RowProps) {
  const { span } = node;
  const failed = span.statusCode === "ERROR";
  const parent = node.children.length > 0;
  return (
    <div
      role="row"
      id={`row-${span.spanId}`}
      className={css["row"]}
      style={{ transform: `translateY(${position * ROW_HEIGHT}px)` }}
      data-position={position}
      data-kind={failed ? "ERROR" : span.kind}
      data-failed={failed || undefined}
      data-selected={selected || undefined}
      data-dim={dim || undefined}
      aria-level={node.depth + 1}
      aria-rowindex={position + 2}
      aria-expanded={parent ? !collapsed : undefined}
      aria-selected={selected}
      tabIndex={selected ? 0 : -1}
    >
      <NameCell view={view} node={node} collapsed={collapsed} />
      <Bar view={view} node={node} />
    </div>
  );
});

function NameCell({ view, node, collapsed }: { view: RowView; node: TreeNode; collapsed: boolean }) {
  const { span } = node;
  const { model, nameWidth } = view;
  const failed = span.statusCode === "ERROR";
  const indent = indentOf(node.depth, model.maxDepth, nameWidth);
  const name = shownName(span) || "(no name)";
  const sub = subTextOf(node);
  return (
    <div role="gridcell" className={css["name"]}>
      {indent.px > 0 && (
        <span
          className={css["guides"]}
          style={{ width: indent.px, backgroundSize: `${indent.stepPx}px 100%` }}
          aria-hidden="true"
        />
      )}
      {indent.capped && (
        <span className={css["depth"]} title={`${node.depth} levels deep`}>
          {node.depth}
        </span>
      )}
      <span className={css["caret"]} data-caret={node.children.length > 0 || undefined} aria-hidden="true">
        {node.children.length > 0 ? (collapsed ? "▸" : "▾") : ""}
      </span>
      <KindDot kind={span.kind} failed={failed} />
      <span className={css["label"]} data-short={name.length <= SHORT_NAME || undefined} title={span.name}>
        {name}
      </span>
      {collapsed && node.descendantCount > 0 && (
        <span className={css["hidden"]} title={`${node.descendantCount} spans are folded away`}>
          {formatCount(node.descendantCount)}
        </span>
      )}
      {node.mark !== undefined && <Mark mark={node.mark} />}
      <span className={css["sub"]} data-error={sub.error || undefined} title={sub.text}>
        <span>{sub.text}</span>
      </span>
      <Amounts model={model} node={node} />
    </div>
  );
}

const MARKS = {
  orphan: ["no parent", "Its parent span has not arrived"],
  self_parent: ["own parent", "It names itself as its parent"],
  cycle: ["cycle", "Its parent is one of its own descendants; the circle is cut here"],
} as const;

function Mark({ mark }: { mark: keyof typeof MARKS }) {
  const [text, title] = MARKS[mark];
  return (
    <span className={css["mark"]} title={title}>
      {text}
    </span>
  );
}

/** Tokens and cost of the span, or of what is below it. What is not counted (a wrapper's echo) is in brackets. */
function Amounts({ model, node }: { model: TraceModel; node: TreeNode }) {
  const { span } = node;
  const tokens = model.totals.tokens[node.index] ?? Number.NaN;
  const costUsd = model.totals.costUsd[node.index] ?? Number.NaN;
  const echo = model.usage.uncounted.get(span.spanId);
  const own = (span.inputTokens ?? 0) + (span.outputTokens ?? 0);
  const isUnpriced = Number.isNaN(costUsd) && model.usage.unpricedSpanIds.has(span.spanId);
  const repeated = own > 0 && (echo === "duplicate" || (echo !== undefined && Number.isNaN(tokens)));
  // The name has the room of both where there is neither.
  if (Number.isNaN(tokens) && Number.isNaN(costUsd) && !repeated && !isUnpriced) return null;
  const title = repeated
    ? echo === "not_a_model_call"
      ? "Reported by a span that is no model call: not in the totals"
      : "The same call, reported again: not in the totals"
    : model.usage.countedSpanIds.has(span.spanId)
      ? `${formatCount(span.inputTokens ?? 0)} in, ${formatCount(span.outputTokens ?? 0)} out`
      : "Together, of the spans below";
  return (
    <>
      <span className={css["tokens"]} title={Number.isNaN(tokens) && !repeated ? undefined : title}>
        {repeated ? `(${formatCount(own)})` : Number.isNaN(tokens) ? "" : formatCount(tokens)}
      </span>
      <span
        className={css["cost"]}
        data-unpriced={isUnpriced || undefined}
        title={
          isUnpriced
            ? "No price is known for this model"
            : Number.isNaN(costUsd)
              ? undefined
              : formatUsd(costUsd)
        }
      >
        {isUnpriced ? "unpriced" : Number.isNaN(costUsd) ? "" : formatShortUsd(costUsd)}
      </span>
    </>
  );
}

function Bar({ view, node }: { view: RowView; node: TreeNode }) {
  const { timeWindow, timelineWidth } = view;
  const label = node.running ? "running" : formatDuration(nodeDurationMs(node));
  const { timeToFirstTokenMs } = node.span;
  const bar = barOf(
    {
      startMs: node.startOffsetNs / 1e6,
      endMs: node.endOffsetNs / 1e6,
      ...(timeToFirstTokenMs === undefined ? {} : { firstTokenMs: timeToFirstTokenMs }),
    },
    timeWindow,
    timelineWidth,
    label,
  );
  if (bar === undefined) {
    const before = node.endOffsetNs / 1e6 < timeWindow.startMs;
    return (
      <div role="gridcell" className={css["timeline"]} aria-label={label}>
        <span className={css["outside"]} data-before={before || undefined} aria-hidden="true">
          {before ? "‹" : "›"}
        </span>
      </div>
    );
  }
  const segments = view.critical?.get(node.span.spanId);
  return (
    <div role="gridcell" className={css["timeline"]} aria-label={label}>
      <i
        className={css["bar"]}
        data-running={node.running || undefined}
        data-cut-left={bar.cutLeft || undefined}
        data-cut-right={bar.cutRight || undefined}
        style={{ left: percent(bar.left), width: percent(bar.width) }}
      />
      {bar.firstToken !== undefined && (
        <i
          className={css["firstToken"]}
          style={{ left: percent(bar.firstToken) }}
          title={`First token after ${formatDuration(timeToFirstTokenMs)}`}
        />
      )}
      {segments?.map((segment) => (
        <Segment
          key={segment.startOffsetNs}
          segment={segment}
          timeWindow={timeWindow}
          // Gaps between children that are thinner than a pixel would read as dust; a whole span never goes.
          minShare={segments.length > 1 ? 1 / Math.max(1, timelineWidth) : 0}
        />
      ))}
      {bar.label.side !== "none" && (
        <em
          className={css["duration"]}
          data-side={bar.label.side}
          style={
            bar.label.side === "before"
              ? { right: percent(1 - bar.label.at) }
              : { left: percent(bar.label.at) }
          }
        >
          {label}
        </em>
      )}
    </div>
  );
}

function Segment({
  segment,
  timeWindow,
  minShare,
}: {
  segment: CriticalSegment;
  timeWindow: TimeWindow;
  minShare: number;
}) {
  const from = Math.max(0, fractionAt(timeWindow, segment.startOffsetNs / 1e6));
  const to = Math.min(1, fractionAt(timeWindow, segment.endOffsetNs / 1e6));
  if (to - from < minShare) return null;
  return <i className={css["critical"]} style={{ left: percent(from), width: percent(to - from) }} />;
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(4)}%`;
}
