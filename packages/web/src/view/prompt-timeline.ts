/** A bucket of a template's traffic: calls by version. */
export interface TrafficBucket {
  startTimeNs: string;
  calls: Record<string, number>;
}

/** A version's part of the traffic: heights in percent of the chart, bottom and top, for each bucket. */
export interface TrafficBand {
  versionId: string;
  from: number[];
  to: number[];
}

/** Stacks versions, the first at the bottom. Versions without a call are left out. */
export function trafficBands(
  buckets: readonly TrafficBucket[],
  versionIds: readonly string[],
): TrafficBand[] {
  const totals = buckets.map(({ calls }) => versionIds.reduce((sum, id) => sum + (calls[id] ?? 0), 0));
  const most = Math.max(1, ...totals);
  const below = buckets.map(() => 0);
  const bands: TrafficBand[] = [];
  for (const versionId of versionIds) {
    const from = [...below];
    for (const [i, { calls }] of buckets.entries())
      below[i] = (below[i] as number) + ((calls[versionId] ?? 0) / most) * 100;
    if (from.some((height, i) => height !== below[i])) bands.push({ versionId, from, to: [...below] });
  }
  return bands;
}

/** Which side of a comparison something is of. */
export type Side = "a" | "b";

/** The bars of a band that are of one side. */
export interface SideBand {
  side: Side | undefined;
  band: TrafficBand;
  /** Whether no other version has more of the traffic of this side. */
  isMain: boolean;
}

/** Bands in parts, by the side that each of their bars is of; a part without a bar is left out. */
export function splitBands(
  bands: readonly TrafficBand[],
  sideOf: (versionId: string, bucket: number) => Side | undefined,
): SideBand[] {
  const parts = bands.flatMap((band) => {
    const sides = band.to.map((_, i) => sideOf(band.versionId, i));
    return ([undefined, "a", "b"] as const).flatMap((side) => {
      const to = band.to.map((top, i) => (sides[i] === side ? top : (band.from[i] as number)));
      const traffic = to.reduce((sum, top, i) => sum + top - (band.from[i] as number), 0);
      return traffic > 0 ? [{ side, band: { ...band, to }, traffic }] : [];
    });
  });
  return parts.map(({ side, band, traffic }) => ({
    side,
    band,
    isMain: parts.every((other) => other.side !== side || other.traffic <= traffic),
  }));
}

/** A band as bars: an SVG path in a box of 100 × 100, each bucket as wide as the next. */
export function bandPath({ from, to }: TrafficBand): string {
  const width = 100 / Math.max(1, to.length);
  let path = "";
  for (const [i, top] of to.entries()) {
    const bottom = from[i] as number;
    if (top === bottom) continue;
    const [x, gap] = [i * width, width * 0.08];
    path += `M${round(x + gap)} ${round(100 - bottom)}V${round(100 - top)}H${round(x + width - gap)}V${round(100 - bottom)}Z`;
  }
  return path;
}

/** A line of counts in a box of 100 × 100: an SVG path along their tops, closed at the bottom. */
export function sparkPath(counts: readonly number[]): string {
  const most = Math.max(1, ...counts);
  return bandPath({
    versionId: "",
    from: counts.map(() => 0),
    to: counts.map((count) => (count === 0 ? 0 : Math.max(4, (count / most) * 100))),
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
