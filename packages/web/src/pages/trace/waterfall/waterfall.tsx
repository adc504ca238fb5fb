import type { TreeNode } from "@nightowl/model/trace/build-tree";
import { findTraceCriticalPath, groupSegments } from "@nightowl/model/trace/critical-path";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { Button } from "../../../components/button.tsx";
import { formatDuration } from "../../../view/format-duration.ts";
import { formatCount, formatPlural } from "../../../view/format-number.ts";
import { nextNode } from "../../../view/waterfall-rows.ts";
import { fractionAt, isWhole, ticksOf } from "../../../view/waterfall-scale.ts";
import type { TraceModel } from "../trace-model.ts";
import type { AiOnly } from "../use-ai-only.ts";
import { useElementSize } from "../use-element-size.ts";
import { usePageKeys } from "../use-trace-keys.ts";
import type { TraceAddress } from "../use-trace-address.ts";
import { useFind } from "./use-find.ts";
import { useFold } from "./use-fold.ts";
import { useTimeWindow } from "./use-time-window.ts";
import { useWheelZoom } from "./use-wheel-zoom.ts";
import { WaterfallMinimap } from "./waterfall-minimap.tsx";
import type { RowView } from "./waterfall-row.tsx";
import { WaterfallRows } from "./waterfall-rows.tsx";
import { WaterfallToolbar } from "./waterfall-toolbar.tsx";
import css from "./waterfall.module.css";

/** Room after the last moment, so that a bar's end is seen. */
const TIMELINE_PAD_PX = 10;

/** The spans of a trace as a tree beside a timeline. */
export function Waterfall({
  model,
  address,
  selected,
  onSelect,
  narrow,
  aiOnly,
}: {
  model: TraceModel;
  address: TraceAddress;
  selected: TreeNode | undefined;
  onSelect: (spanId: string, push?: boolean) => void;
  narrow: boolean;
  aiOnly: AiOnly;
}) {
  const { totalMs } = model;
  const { ref: headRef, width } = useElementSize();
  const { nameWidth, timelineWidth } = columnWidths(width);
  const [timeWindow, setTimeWindow] = useTimeWindow(address, totalMs);
  const fold = useFold(model, selected);
  const find = useFind(model, address);
  const findRef = useRef<HTMLInputElement>(null);
  const gridRef = useRef<HTMLDivElement>(null);
  const path = address.search.path === "1";
  const critical = useMemo(
    () => (path ? groupSegments(findTraceCriticalPath(model.tree)) : undefined),
    [path, model],
  );
  const togglePath = () => address.change({ path: path ? undefined : "1" });
  const view = useMemo<RowView>(
    () => ({ model, timeWindow, nameWidth, timelineWidth, rowCount: fold.rows.length, critical }),
    [model, timeWindow, nameWidth, timelineWidth, fold.rows.length, critical],
  );
  const ticks = useMemo(() => ticksOf(timeWindow, timelineWidth), [timeWindow, timelineWidth]);
  useWheelZoom(gridRef, { totalMs, timeWindow, nameWidth, timelineWidth }, setTimeWindow);

  // What is selected is never folded away.
  const { reveal } = fold;
  useEffect(() => {
    if (selected) reveal(selected);
  }, [selected, reveal]);

  const focusRow = useCallback(() => {
    gridRef.current?.querySelector<HTMLElement>('[role="row"][data-selected]')?.focus();
  }, []);
  const step = (backwards: boolean) => {
    const target = nextNode(find.nodes, selected, backwards);
    if (target) onSelect(target.span.spanId);
  };
  usePageKeys((event) => {
    if (event.key === "/") findRef.current?.focus();
    else if (event.key === "c") togglePath();
    else if (event.key === "h" && aiOnly.hiddenCount > 0) aiOnly.toggle();
    else return;
    event.preventDefault();
  });
  const position = selected ? find.nodes.indexOf(selected) + 1 : 0;
  return (
    <section
      className={css["waterfall"]}
      aria-label="Waterfall"
      style={{ "--name": `${nameWidth}px`, "--pad": `${TIMELINE_PAD_PX}px` } as React.CSSProperties}
      data-metered={reportsTokens(model) || undefined}
      data-priced={model.usage.costUsd !== null || undefined}
      data-size={width < 470 ? "small" : width < 600 ? "medium" : "large"}
    >
      <WaterfallToolbar
        find={find}
        findRef={findRef}
        position={position}
        onStep={step}
        onLeave={focusRow}
        path={path}
        onPath={togglePath}
        aiOnly={aiOnly}
        fold={fold.actions}
      />
      <div className={css["head"]} ref={headRef}>
        <div className={css["minimapLine"]}>
          <div className={css["extent"]}>
            {isWhole(timeWindow, totalMs) ? (
              <>
                {aiOnly.on && `${formatCount(model.tree.nodes.length)} of `}
                {formatPlural(model.tree.nodes.length + (aiOnly.on ? aiOnly.hiddenCount : 0), "span")} in{" "}
                {formatDuration(totalMs)}
              </>
            ) : (
              <Button variant="ghost" size="small" onClick={() => setTimeWindow(undefined)}>
                Show all {formatDuration(totalMs)}
              </Button>
            )}
          </div>
          <WaterfallMinimap
            model={model}
            timeWindow={timeWindow}
            onChange={setTimeWindow}
            width={timelineWidth}
          />
        </div>
        <div className={css["axis"]} aria-hidden="true">
          <div className={css["columns"]}>
            <span>Span</span>
            <span className={css["tokens"]}>tokens</span>
            <span className={css["cost"]}>cost</span>
          </div>
          <div className={css["ticks"]}>
            {ticks.map((tick) => (
              <span key={tick.atMs} style={{ left: `${fractionAt(timeWindow, tick.atMs) * 100}%` }}>
                {tick.label}
              </span>
            ))}
          </div>
        </div>
      </div>
      <div className={css["body"]}>
        <div className={css["grid"]} style={{ width: timelineWidth }} aria-hidden="true">
          {ticks.map((tick) => (
            <i key={tick.atMs} style={{ left: `${fractionAt(timeWindow, tick.atMs) * 100}%` }} />
          ))}
        </div>
        <WaterfallRows
          gridRef={gridRef}
          view={view}
          fold={fold}
          find={find}
          selected={selected}
          onSelect={onSelect}
          narrow={narrow}
        />
      </div>
    </section>
  );
}

/** Whether any span says how many tokens it used. */
function reportsTokens({ usage, tree }: TraceModel): boolean {
  if (usage.inputTokens !== null || usage.outputTokens !== null) return true;
  for (const spanId of usage.uncounted.keys()) {
    const span = tree.bySpanId.get(spanId)?.span;
    if (span?.inputTokens || span?.outputTokens) return true;
  }
  return false;
}

/** How the width is shared between names and timeline. */
function columnWidths(width: number): { nameWidth: number; timelineWidth: number } {
  if (width === 0) return { nameWidth: 0, timelineWidth: 0 };
  const share = width < 470 ? 0.58 : 0.46;
  const nameWidth = Math.round(Math.min(560, Math.max(160, width * share)));
  return { nameWidth, timelineWidth: Math.max(0, width - nameWidth - TIMELINE_PAD_PX) };
}
