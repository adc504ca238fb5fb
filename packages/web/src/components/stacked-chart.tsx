import { useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { timeTicks } from "../view/format-time.ts";
import { barIndexAt } from "../view/histogram-scale.ts";
import type { Stack, StackBar } from "../view/stacked-bars.ts";
import css from "./stacked-chart.module.css";

/** The colour of a series by its place; all others together have a quiet one. */
export function seriesColour(index: number, name: string | null): string {
  return name === null ? "var(--series-rest)" : `var(--series-${(index % 8) + 1})`;
}

/**
 * Stacked bars over time. Dragging, or Shift with the arrows and Enter, zooms in; `onRead` is told the bar that is looked at.
 */
export function StackedChart({
  stack,
  label,
  formatValue,
  barText,
  current,
  onRead,
  onZoom,
}: {
  stack: Stack;
  label: string;
  formatValue: (value: number) => string;
  /** What a bar says, for those who do not see it. */
  barText: (bar: StackBar) => string;
  current: number | undefined;
  onRead: (index: number | undefined) => void;
  onZoom: (fromMs: number, toMs: number) => void;
}) {
  const chartRef = useRef<HTMLDivElement>(null);
  const [selection, setSelection] = useState<{ anchor: number; head: number }>();
  const { bars, series, top } = stack;
  const first = bars[0];
  const last = bars.at(-1);
  if (first === undefined || last === undefined) return null;
  const order = new Map(series.map(({ name }, index) => [name, index]));

  const indexOf = (event: PointerEvent) => {
    const box = chartRef.current?.getBoundingClientRect();
    return box === undefined ? 0 : barIndexAt((event.clientX - box.left) / box.width, bars.length);
  };
  const zoom = ({ anchor, head }: { anchor: number; head: number }) => {
    const from = bars[Math.min(anchor, head)];
    const to = bars[Math.max(anchor, head)];
    setSelection(undefined);
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
    <div className={css["frame"]}>
      <div className={css["axis"]} aria-hidden="true">
        {[1, 0.5, 0].map((share) => (
          <span key={share} style={{ top: `${(1 - share) * 100}%` }}>
            {top === 0 && share > 0 ? "" : formatValue(top * share)}
          </span>
        ))}
      </div>
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
          if (selection !== undefined && selection.anchor !== selection.head) zoom(selection);
          else setSelection(undefined);
        }}
        onPointerCancel={() => setSelection(undefined)}
        onPointerLeave={() => onRead(undefined)}
      >
        <div className={css["bars"]}>
          {bars.map((bar, index) => (
            <div key={bar.fromMs} className={css["bar"]} data-current={index === current || undefined}>
              {bar.parts.toReversed().map((part) => (
                <i
                  key={part.series ?? ""}
                  style={{
                    height: `${part.height}%`,
                    background: seriesColour(order.get(part.series) ?? 0, part.series),
                  }}
                />
              ))}
            </div>
          ))}
          {selection !== undefined && (
            <div
              className={css["selection"]}
              style={{
                left: `${(Math.min(selection.anchor, selection.head) / bars.length) * 100}%`,
                width: `${((Math.abs(selection.anchor - selection.head) + 1) / bars.length) * 100}%`,
              }}
            />
          )}
        </div>
        <Ticks fromMs={first.fromMs} toMs={last.toMs} />
      </div>
    </div>
  );
}

function Ticks({ fromMs, toMs }: { fromMs: number; toMs: number }) {
  return (
    <div className={css["ticks"]} aria-hidden="true">
      {timeTicks(fromMs, toMs, 7).map(({ ms, text }) => {
        const place = (ms - fromMs) / (toMs - fromMs);
        const edge = place < 0.03 ? "start" : place > 0.97 ? "end" : undefined;
        return (
          <span key={ms} data-edge={edge} style={{ left: `${place * 100}%` }}>
            {text}
          </span>
        );
      })}
    </div>
  );
}
