import { useMemo, useState } from "react";
import { TimeBars } from "../../components/time-bars.tsx";
import { useNow } from "../../data/use-now.ts";
import { formatPlural } from "../../view/format-number.ts";
import { formatSpanOfTime } from "../../view/format-time.ts";
import { histogramBars, type HistogramBar, type HistogramBucket } from "../../view/histogram-scale.ts";
import css from "./histogram.module.css";

const HEIGHT = 56;

/** `14:00 – 14:10 · 23 traces · 2 with errors` */
export function barText(bar: HistogramBar, nowMs: number): string {
  const errors = bar.error === 0 ? "" : ` · ${bar.error} with errors`;
  return `${formatSpanOfTime(bar.fromMs, bar.toMs, nowMs)} · ${formatPlural(bar.ok + bar.error, "trace")}${errors}`;
}

/** Traces over time, failed ones on top. `onRead` is told the bar that is looked at. */
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
  const [current, setCurrent] = useState<number>();
  const nowMs = useNow();
  return (
    <div className={css["histogram"]}>
      <TimeBars
        bars={bars}
        height={HEIGHT}
        label="Traces over time"
        tickCount={bars.length < 60 ? 4 : 8}
        current={current}
        barText={(bar) => barText(bar, nowMs)}
        onRead={(index) => {
          setCurrent(index);
          onRead(index === undefined ? undefined : bars[index]);
        }}
        onZoom={onZoom}
      >
        {(bar) => (
          <>
            {bar.error > 0 && <i className={css["error"]} style={{ height: `${bar.errorHeight}%` }} />}
            {bar.ok > 0 && <i className={css["ok"]} style={{ height: `${bar.okHeight}%` }} />}
          </>
        )}
      </TimeBars>
    </div>
  );
}
