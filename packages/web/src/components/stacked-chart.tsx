import type { Stack, StackBar } from "../view/stacked-bars.ts";
import css from "./stacked-chart.module.css";
import { TimeBars } from "./time-bars.tsx";

/** The colour of a series by its place; all others together have a quiet one. */
export function seriesColour(index: number, name: string | null): string {
  return name === null ? "var(--series-rest)" : `var(--series-${(index % 8) + 1})`;
}

const HEIGHT = 148;

/** Stacked bars over time, with an axis of values. It is read and zoomed as `TimeBars` are. */
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
  barText: (bar: StackBar) => string;
  current: number | undefined;
  onRead: (index: number | undefined) => void;
  onZoom: (fromMs: number, toMs: number) => void;
}) {
  const { bars, series, top } = stack;
  if (bars.length === 0) return null;
  const order = new Map(series.map(({ name }, index) => [name, index]));
  return (
    <div className={css["frame"]}>
      <div className={css["axis"]} style={{ height: HEIGHT }} aria-hidden="true">
        {[1, 0.5, 0].map((share) => (
          <span key={share} style={{ top: `${(1 - share) * 100}%` }}>
            {top === 0 && share > 0 ? "" : formatValue(top * share)}
          </span>
        ))}
      </div>
      <div className={css["chart"]}>
        <div className={css["lines"]} style={{ height: HEIGHT }} aria-hidden="true" />
        <TimeBars
          bars={bars}
          height={HEIGHT}
          label={label}
          tickCount={7}
          current={current}
          barText={barText}
          onRead={onRead}
          onZoom={onZoom}
        >
          {({ parts }) =>
            parts.toReversed().map((part) => (
              <i
                key={part.series ?? ""}
                className={css["part"]}
                style={{
                  height: `${part.height}%`,
                  background: seriesColour(order.get(part.series) ?? 0, part.series),
                }}
              />
            ))
          }
        </TimeBars>
      </div>
    </div>
  );
}
