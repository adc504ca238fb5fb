import { useMemo, useState } from "react";
import { Skeleton } from "../../components/marks.tsx";
import { ErrorPanel } from "../../components/panel.tsx";
import { seriesColour, StackedChart } from "../../components/stacked-chart.tsx";
import { withRange } from "../../data/search-state.ts";
import { useCostQuery } from "../../data/use-costs.ts";
import { useNow } from "../../data/use-now.ts";
import { formatUsd } from "../../view/format-cost.ts";
import { formatSpanOfTime } from "../../view/format-time.ts";
import { stackBars, type Stack, type StackBar } from "../../view/stacked-bars.ts";
import type { CostViewProps } from "./cost-overview.tsx";
import css from "./cost.module.css";
import { dimensionOf, rowLabel } from "./measures.ts";

const TOP = 8;

/** Cost over time, stacked by what it is divided by; the legend says what the bar under the pointer is made of. */
export function CostOverTime({ project, search, window, onSearch }: CostViewProps) {
  const by = useMemo(() => dimensionOf(search.by), [search.by]);
  const answer = useCostQuery(
    project,
    {
      measures: ["cost"],
      by: ["time", by.name],
      top: TOP,
      totals: false,
      limit: 5000,
      timeBuckets: 72,
      filter: search.filter ?? "",
      ...window,
    },
    window !== undefined,
  );
  const labels = useMemo(
    () => new Map(answer.data?.rows.map((row) => [row.key[by.name] ?? null, rowLabel(row, by)])),
    [answer.data, by],
  );
  const [current, setCurrent] = useState<number>();
  const nowMs = useNow();
  const stack = useMemo((): Stack | undefined => {
    const { data } = answer;
    if (data === undefined) return undefined;
    const ms = (ns: string | null): number => Number(BigInt(ns ?? "0") / 1_000_000n);
    return stackBars(
      data.rows.map(({ key, values }) => ({
        atMs: ms(key["time"] ?? "0"),
        series: key[by.name] ?? null,
        value: values["cost"]?.value ?? 0,
      })),
      { fromMs: ms(data.fromNs), toMs: ms(data.toNs), stepMs: data.bucketMs ?? 1 },
    );
  }, [answer, by.name]);
  if (answer.isError && stack === undefined) {
    return <ErrorPanel small title="No chart" error={answer.error} onRetry={() => void answer.refetch()} />;
  }
  const bar = current === undefined ? undefined : stack?.bars[current];
  const barText = (each: StackBar) =>
    `${formatSpanOfTime(each.fromMs, each.toMs, nowMs)} · ${formatUsd(each.total)}`;
  return (
    <section
      className={css["chart"]}
      aria-label="Cost over time"
      data-busy={answer.isPlaceholderData || undefined}
    >
      <div className={css["chartHead"]}>
        <h2>
          Cost over time <span className="faint">by {by.label.toLowerCase()}</span>
        </h2>
        <span className={css["readout"]}>{bar === undefined ? "" : barText(bar)}</span>
      </div>
      {stack === undefined ? (
        <Skeleton width="100%" height={166} />
      ) : (
        <>
          <StackedChart
            stack={stack}
            label={`Cost over time by ${by.label}`}
            formatValue={axisUsd}
            barText={barText}
            current={current}
            onRead={setCurrent}
            onZoom={(fromMs, toMs) => onSearch(withRange(search, { fromMs, toMs }))}
          />
          <Legend stack={stack} bar={bar} labelOf={(name) => labels.get(name) ?? name ?? ""} />
        </>
      )}
    </section>
  );
}

function Legend({
  stack,
  bar,
  labelOf,
}: {
  stack: Stack;
  bar: StackBar | undefined;
  labelOf: (name: string | null) => string;
}) {
  return (
    <ul className={css["legend"]}>
      {stack.series.map(({ name, total }, index) => {
        const value =
          bar === undefined ? total : (bar.parts.find((part) => part.series === name)?.value ?? 0);
        return (
          <li key={name ?? ""} data-nothing={value === 0 || undefined}>
            <i style={{ background: seriesColour(index, name) }} />
            <span title={labelOf(name)}>{labelOf(name)}</span>
            <b>{formatUsd(value)}</b>
          </li>
        );
      })}
    </ul>
  );
}

/** Amounts of an axis are round: no more digits than they have. */
function axisUsd(usd: number): string {
  return usd === 0 ? "$0" : `$${Number(usd.toPrecision(3))}`;
}
