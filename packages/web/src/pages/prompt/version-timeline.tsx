import { useMemo, useRef, useState, type PointerEvent } from "react";
import { TimeAxis } from "../../components/time-axis.tsx";
import { isWeek, weekWindow } from "../../data/prompt-search.ts";
import { useNow } from "../../data/use-now.ts";
import type { PromptDetail } from "../../data/use-prompts.ts";
import { formatCount } from "../../view/format-number.ts";
import { formatListTime, formatSpanOfTime, msOfNs } from "../../view/format-time.ts";
import { barIndexAt } from "../../view/histogram-scale.ts";
import { bandPath, splitBands, trafficBands, type Side } from "../../view/prompt-timeline.ts";
import { versionName } from "../../view/prompt-version.ts";
import css from "./prompt-page.module.css";

/**
 * Calls over time, stacked by version, in the colours of the two sides: of versions, or of weeks, in which versions are shades.
 * A line marks where the later side begins. A click chooses the version under it.
 */
export function VersionTimeline({
  prompt,
  a,
  b,
  anchorMs,
  onPick,
}: {
  prompt: PromptDetail;
  a: string | undefined;
  b: string | undefined;
  /** What weeks are counted back from. */
  anchorMs: number;
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
  const windows = { a: windowOf(a, anchorMs), b: windowOf(b, anchorMs) };
  const sideOf = (versionId: string, index: number): Side | undefined => {
    const startMs = fromMs + index * bucketMs;
    // The last bucket reaches beyond now.
    const middleMs = startMs + bucketMs / 2;
    return (["b", "a"] as const).find((side) => {
      const window = windows[side];
      if (window === undefined) return versionId === { a, b }[side];
      return middleMs >= window.fromMs && startMs < window.toMs;
    });
  };
  const later = versions.find(({ versionId }) => versionId === b);
  const beginMs = windows.b?.fromMs ?? (later === undefined ? undefined : msOfNs(later.firstSeenNs));
  const isMarked =
    beginMs !== undefined &&
    beginMs > fromMs &&
    beginMs < toMs &&
    (windows.b !== undefined || versions.length > 1);
  const beginText = later === undefined ? "this week from" : `${versionName(later)} first seen`;
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
          isMarked ? (
            <>
              {windows.a !== undefined && <span data-side="a">last week</span>}
              <span data-side="b">
                {beginText} {formatListTime(beginMs, nowMs)}
              </span>
            </>
          ) : (
            <span>calls by version</span>
          )
        ) : (
          <Readout prompt={prompt} index={at} fromMs={fromMs} sideOf={sideOf} />
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
          {splitBands(bands, sideOf).map(({ side, band, isMain }) => (
            <path
              key={`${band.versionId} ${side}`}
              d={bandPath(band)}
              data-side={side}
              data-shade={isMain ? undefined : "light"}
            />
          ))}
        </svg>
        {isMarked && <i className={css["seen"]} style={{ left: `${placeOf(beginMs)}%` }} />}
        {at !== undefined && (
          <i
            className={css["cursor"]}
            style={{ left: `${(at / buckets.length) * 100}%`, width: `${100 / buckets.length}%` }}
          />
        )}
      </div>
      <TimeAxis fromMs={fromMs} toMs={toMs} count={8} />
    </section>
  );
}

/** The instants of a side that is a week. */
function windowOf(side: string | undefined, anchorMs: number): { fromMs: number; toMs: number } | undefined {
  if (!isWeek(side)) return undefined;
  const { from, to } = weekWindow(side, anchorMs);
  return { fromMs: Date.parse(from), toMs: Date.parse(to) };
}

function Readout({
  prompt,
  index,
  fromMs,
  sideOf,
}: {
  prompt: PromptDetail;
  index: number;
  fromMs: number;
  sideOf: (versionId: string, index: number) => Side | undefined;
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
          <span key={version.versionId} data-side={sideOf(version.versionId, index)}>
            {versionName(version)} {formatCount(calls[version.versionId] ?? 0)}
          </span>
        ))}
      {Object.keys(calls).length === 0 && <span>no calls</span>}
    </>
  );
}
