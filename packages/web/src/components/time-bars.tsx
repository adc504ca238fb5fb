import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import { barIndexAt } from "../view/histogram-scale.ts";
import { TimeAxis } from "./time-axis.tsx";
import css from "./time-bars.module.css";

/** Two bar indexes, both inside; `anchor` is where the selection began. */
interface Selection {
  anchor: number;
  head: number;
}

/**
 * Bars over time, side by side, with a time axis. Dragging, or Shift with the arrows and Enter, zooms in; `onRead` is
 * told the index of the bar that is looked at. What a bar looks like is the caller's.
 */
export function TimeBars<B extends { fromMs: number; toMs: number }>({
  bars,
  height,
  label,
  tickCount,
  current,
  barText,
  children,
  onRead,
  onZoom,
}: {
  bars: readonly B[];
  /** Of the bars, without the axis: pixels. */
  height: number;
  label: string;
  tickCount: number;
  current: number | undefined;
  /** What a bar says, for those who do not see it. */
  barText: (bar: B) => string;
  children: (bar: B) => ReactNode;
  onRead: (index: number | undefined) => void;
  onZoom: (fromMs: number, toMs: number) => void;
}) {
  const chartRef = useRef<HTMLDivElement>(null);
  const [selection, setSelection] = useState<Selection>();
  const first = bars[0];
  const last = bars.at(-1);
  if (first === undefined || last === undefined) return null;

  const indexOf = (event: PointerEvent) => {
    const box = chartRef.current?.getBoundingClientRect();
    return box === undefined ? 0 : barIndexAt((event.clientX - box.left) / box.width, bars.length);
  };
  const zoom = ({ anchor, head }: Selection) => {
    const from = bars[Math.min(anchor, head)];
    const to = bars[Math.max(anchor, head)];
    setSelection(undefined);
    // Other bars come: what was read is none of them.
    onRead(undefined);
    if (from !== undefined && to !== undefined) onZoom(from.fromMs, to.toMs);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = current ?? bars.length - 1;
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: bars.length - 1 }[event.key];
    if (next !== undefined) {
      const index = Math.max(0, Math.min(bars.length - 1, next));
      setSelection(event.shiftKey ? { anchor: selection?.anchor ?? at, head: index } : undefined);
      onRead(index);
    } else if (event.key === "Enter") {
      zoom(selection ?? { anchor: at, head: at });
    } else if (event.key === "Escape" && selection !== undefined) {
      setSelection(undefined);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={chartRef}
      className={css["chart"]}
      role="slider"
      tabIndex={0}
      aria-label={`${label}. Arrows move, Shift and arrows select, Enter zooms in`}
      aria-valuemin={0}
      aria-valuemax={bars.length - 1}
      aria-valuenow={current ?? bars.length - 1}
      aria-valuetext={barText(bars[current ?? bars.length - 1] ?? last)}
      onKeyDown={onKeyDown}
      onBlur={() => {
        setSelection(undefined);
        onRead(undefined);
      }}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setSelection({ anchor: indexOf(event), head: indexOf(event) });
      }}
      onPointerMove={(event) => {
        const index = indexOf(event);
        if (index !== current) onRead(index);
        if (selection !== undefined && event.buttons === 1) setSelection({ ...selection, head: index });
      }}
      onPointerUp={() => {
        // A click that goes nowhere is no selection.
        if (selection !== undefined && selection.anchor !== selection.head) zoom(selection);
        else setSelection(undefined);
      }}
      onPointerCancel={() => setSelection(undefined)}
      onPointerLeave={() => onRead(undefined)}
    >
      <div className={css["bars"]} style={{ height }}>
        {bars.map((bar, index) => (
          <div key={bar.fromMs} className={css["bar"]} data-current={index === current || undefined}>
            {children(bar)}
          </div>
        ))}
        {selection !== undefined && <SelectionBox selection={selection} count={bars.length} />}
      </div>
      <TimeAxis fromMs={first.fromMs} toMs={last.toMs} count={tickCount} />
    </div>
  );
}

function SelectionBox({ selection, count }: { selection: Selection; count: number }) {
  const from = Math.min(selection.anchor, selection.head);
  const to = Math.max(selection.anchor, selection.head) + 1;
  return (
    <div
      className={css["selection"]}
      style={{ left: `${(from / count) * 100}%`, width: `${((to - from) / count) * 100}%` }}
    />
  );
}
