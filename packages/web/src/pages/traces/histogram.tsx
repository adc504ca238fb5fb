import { useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useNow } from "../../data/use-now.ts";
import { formatPlural } from "../../view/format-number.ts";
import { formatSpanOfTime, timeTicks } from "../../view/format-time.ts";
import {
  barIndexAt,
  histogramBars,
  type HistogramBar,
  type HistogramBucket,
} from "../../view/histogram-scale.ts";
import css from "./histogram.module.css";

/** Two bar indexes, both inside; `anchor` is where the selection began. */
interface Selection {
  anchor: number;
  head: number;
}

/** `14:00 – 14:10 · 23 traces · 2 with errors` */
export function barText(bar: HistogramBar, nowMs: number): string {
  const errors = bar.error === 0 ? "" : ` · ${bar.error} with errors`;
  return `${formatSpanOfTime(bar.fromMs, bar.toMs, nowMs)} · ${formatPlural(bar.ok + bar.error, "trace")}${errors}`;
}

/**
 * Traces over time, failed ones on top. Dragging (or Shift with the arrows, then Enter) zooms in;
 * `onRead` is told the bar that is looked at.
 */
export function Histogram({
  buckets,
  bucketMs,
  onZoom,
  onRead,
}: {
  buckets: readonly HistogramBucket[];
  bucketMs: number;
  onZoom: (fromMs: number, toMs: number) => void;
  onRead: (bar: HistogramBar | undefined) => void;
}) {
  const bars = useMemo(() => histogramBars(buckets, bucketMs), [buckets, bucketMs]);
  const chartRef = useRef<HTMLDivElement>(null);
  const [selection, setSelection] = useState<Selection>();
  const [current, setCurrent] = useState<number>();
  const nowMs = useNow();
  const first = bars[0];
  const last = bars.at(-1);
  if (first === undefined || last === undefined) return null;

  const read = (index: number | undefined) => {
    setCurrent(index);
    onRead(index === undefined ? undefined : bars[index]);
  };
  const indexOf = (event: PointerEvent) => {
    const box = chartRef.current?.getBoundingClientRect();
    return box === undefined ? 0 : barIndexAt((event.clientX - box.left) / box.width, bars.length);
  };
  const zoom = ({ anchor, head }: Selection) => {
    const from = bars[Math.min(anchor, head)];
    const to = bars[Math.max(anchor, head)];
    setSelection(undefined);
    // Other bars come: what was read is none of them.
    read(undefined);
    if (from !== undefined && to !== undefined) onZoom(from.fromMs, to.toMs);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const at = current ?? bars.length - 1;
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: bars.length - 1 }[event.key];
    if (next !== undefined) {
      const index = Math.max(0, Math.min(bars.length - 1, next));
      setSelection(event.shiftKey ? { anchor: selection?.anchor ?? at, head: index } : undefined);
      read(index);
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
      aria-label="Traces over time. Arrows move, Shift and arrows select, Enter zooms in"
      aria-valuemin={0}
      aria-valuemax={bars.length - 1}
      aria-valuenow={current ?? bars.length - 1}
      aria-valuetext={barText(bars[current ?? bars.length - 1] ?? last, nowMs)}
      onKeyDown={onKeyDown}
      onBlur={() => {
        setSelection(undefined);
        read(undefined);
      }}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setSelection({ anchor: indexOf(event), head: indexOf(event) });
      }}
      onPointerMove={(event) => {
        const index = indexOf(event);
        if (index !== current) read(index);
        if (selection !== undefined && event.buttons === 1) setSelection({ ...selection, head: index });
      }}
      onPointerUp={() => {
        // A click that goes nowhere is no selection.
        if (selection !== undefined && selection.anchor !== selection.head) zoom(selection);
        else setSelection(undefined);
      }}
      onPointerCancel={() => setSelection(undefined)}
      onPointerLeave={() => read(undefined)}
    >
      <div className={css["bars"]}>
        {bars.map((bar, index) => (
          <div key={bar.fromMs} className={css["bar"]} data-current={index === current || undefined}>
            {bar.error > 0 && <i data-error="" style={{ height: `${bar.errorHeight}%` }} />}
            {bar.ok > 0 && <i style={{ height: `${bar.okHeight}%` }} />}
          </div>
        ))}
        {selection !== undefined && <SelectionBox selection={selection} count={bars.length} />}
      </div>
      <Ticks fromMs={first.fromMs} toMs={last.toMs} count={bars.length < 60 ? 4 : 8} />
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

function Ticks({ fromMs, toMs, count }: { fromMs: number; toMs: number; count: number }) {
  const ticks = timeTicks(fromMs, toMs, count);
  return (
    <div className={css["ticks"]} aria-hidden="true">
      {ticks.map(({ ms, text }) => {
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
