import { useMemo, useRef, useState, type PointerEvent } from "react";
import { useNow } from "../../data/use-now.ts";
import type { PromptDetail } from "../../data/use-prompts.ts";
import { formatCount } from "../../view/format-number.ts";
import { formatListTime, formatSpanOfTime, msOfNs, timeTicks } from "../../view/format-time.ts";
import { barIndexAt } from "../../view/histogram-scale.ts";
import { bandPath, trafficBands } from "../../view/prompt-timeline.ts";
import { versionName } from "../../view/prompt-version.ts";
import css from "./prompt-page.module.css";

/** Calls over time, stacked by version; where the later side was first seen. A click chooses the version under it. */
export function VersionTimeline({
  prompt,
  a,
  b,
  onPick,
}: {
  prompt: PromptDetail;
  a: string | undefined;
  b: string | undefined;
  onPick: (versionId: string) => void;
}) {
  const chartRef = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<number>();
  const nowMs = useNow();
  const { buckets, bucketMs, versions } = prompt;
  const bands = useMemo(
    () =>
      trafficBands(
        buckets,
        versions.map(({ versionId }) => versionId),
      ),
    [buckets, versions],
  );
  const first = buckets[0];
  if (first === undefined || bands.length === 0)
    return <p className={css["quiet"]}>No calls of this template in this range.</p>;
  const fromMs = msOfNs(first.startTimeNs);
  const toMs = fromMs + buckets.length * bucketMs;
  const placeOf = (ms: number) => ((ms - fromMs) / (toMs - fromMs)) * 100;
  const later = versions.find(({ versionId }) => versionId === b);
  const seenMs = later === undefined ? undefined : msOfNs(later.firstSeenNs);
  const isMarked = seenMs !== undefined && seenMs > fromMs && seenMs < toMs && versions.length > 1;
  const indexOf = (event: PointerEvent | React.MouseEvent) => {
    const box = chartRef.current?.getBoundingClientRect();
    return box === undefined ? 0 : barIndexAt((event.clientX - box.left) / box.width, buckets.length);
  };
  const onClick = (event: React.MouseEvent) => {
    const box = chartRef.current?.getBoundingClientRect();
    if (box === undefined) return;
    const height = 100 - ((event.clientY - box.top) / box.height) * 100;
    const index = indexOf(event);
    const band = bands.find(({ from, to }) => height >= (from[index] ?? 0) && height < (to[index] ?? 0));
    if (band && versions.some(({ versionId, number }) => versionId === band.versionId && number > 0))
      onPick(band.versionId);
  };
  return (
    <section className={css["timeline"]} aria-label="Calls over time by version">
      <p className={css["readout"]}>
        {at === undefined ? (
          isMarked && later !== undefined && seenMs !== undefined ? (
            <span data-side="b">
              {versionName(later)} first seen {formatListTime(seenMs, nowMs)}
            </span>
          ) : (
            <span>calls by version</span>
          )
        ) : (
          <Readout prompt={prompt} index={at} fromMs={fromMs} a={a} b={b} />
        )}
      </p>
      <div
        ref={chartRef}
        className={css["chart"]}
        onPointerMove={(event) => setAt(indexOf(event))}
        onPointerLeave={() => setAt(undefined)}
        onClick={onClick}
      >
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          {bands.map((band) => (
            <path
              key={band.versionId}
              d={bandPath(band)}
              data-side={band.versionId === b ? "b" : band.versionId === a ? "a" : undefined}
            />
          ))}
        </svg>
        {isMarked && seenMs !== undefined && (
          <i className={css["seen"]} style={{ left: `${placeOf(seenMs)}%` }} />
        )}
        {at !== undefined && (
          <i
            className={css["cursor"]}
            style={{ left: `${(at / buckets.length) * 100}%`, width: `${100 / buckets.length}%` }}
          />
        )}
      </div>
      <div className={css["ticks"]} aria-hidden="true">
        {timeTicks(fromMs, toMs, 8).map(({ ms, text }) => (
          <span
            key={ms}
            style={{ left: `${placeOf(ms)}%` }}
            data-edge={placeOf(ms) < 3 ? "start" : placeOf(ms) > 97 ? "end" : undefined}
          >
            {text}
          </span>
        ))}
      </div>
    </section>
  );
}

function Readout({
  prompt,
  index,
  fromMs,
  a,
  b,
}: {
  prompt: PromptDetail;
  index: number;
  fromMs: number;
  a: string | undefined;
  b: string | undefined;
}) {
  const nowMs = useNow();
  const startMs = fromMs + index * prompt.bucketMs;
  const calls = prompt.buckets[index]?.calls ?? {};
  return (
    <>
      <span>{formatSpanOfTime(startMs, startMs + prompt.bucketMs, nowMs)}</span>
      {prompt.versions
        .filter(({ versionId }) => calls[versionId] !== undefined)
        .map((version) => (
          <span
            key={version.versionId}
            data-side={version.versionId === b ? "b" : version.versionId === a ? "a" : undefined}
          >
            {versionName(version)} {formatCount(calls[version.versionId] ?? 0)}
          </span>
        ))}
      {Object.keys(calls).length === 0 && <span>no calls</span>}
    </>
  );
}
