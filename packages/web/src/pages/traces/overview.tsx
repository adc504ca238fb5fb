import type { traceStats } from "@nightowl/model/api/traces";
import { useState } from "react";
import type { z } from "zod";
import { Skeleton } from "../../components/marks.tsx";
import { useNow } from "../../data/use-now.ts";
import { formatCostTotal } from "../../view/format-cost.ts";
import { formatDuration } from "../../view/format-duration.ts";
import { formatCompact, formatCount } from "../../view/format-number.ts";
import type { HistogramBar } from "../../view/histogram-scale.ts";
import { barText, Histogram } from "./histogram.tsx";
import css from "./totals.module.css";

type Stats = z.output<(typeof traceStats)["response"]>;

/** What the list below amounts to, and when it happened. */
export function Overview({
  stats,
  onZoom,
}: {
  /** Undefined while it is on its way. */
  stats: Stats | undefined;
  onZoom: (fromMs: number, toMs: number) => void;
}) {
  const [bar, setBar] = useState<HistogramBar>();
  const nowMs = useNow();
  return (
    <section className={css["overview"]} aria-label="Totals">
      <div className={css["line"]}>
        {stats === undefined ? <Skeleton width={360} /> : <Totals stats={stats} />}
        {bar !== undefined && <span className={css["readout"]}>{barText(bar, nowMs)}</span>}
      </div>
      {stats === undefined ? (
        <div className={css["quiet"]}>
          <Skeleton width="100%" height={56} />
        </div>
      ) : (
        <Histogram buckets={stats.buckets} bucketMs={stats.bucketMs} onZoom={onZoom} onRead={setBar} />
      )}
    </section>
  );
}

function Totals({ stats }: { stats: Stats }) {
  const tokens = stats.inputTokens + stats.outputTokens;
  const cost = formatCostTotal(stats.costUsd, stats.unpricedCount);
  return (
    <>
      <span>
        <b>{formatCount(stats.traceCount)}</b> {stats.traceCount === 1 ? "trace" : "traces"}
      </span>
      <span>
        <b data-tone={stats.errorCount > 0 ? "error" : undefined}>{formatCount(stats.errorCount)}</b> with
        errors
      </span>
      <span>
        p50 <b>{formatDuration(stats.durationP50Ms)}</b>
      </span>
      <span>
        p95 <b>{formatDuration(stats.durationP95Ms)}</b>
      </span>
      <span title={`${formatCount(stats.inputTokens)} in, ${formatCount(stats.outputTokens)} out`}>
        tokens <b>{formatCompact(tokens)}</b>
      </span>
      {cost.text !== "" && (
        <span
          title={
            cost.partial ? `${formatCount(stats.unpricedCount)} model calls have no known price` : undefined
          }
        >
          cost <b>{cost.text}</b>
          {cost.partial && " and unpriced calls"}
        </span>
      )}
    </>
  );
}
