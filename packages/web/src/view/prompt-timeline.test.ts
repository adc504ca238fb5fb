import { expect, test } from "vitest";
import { bandPath, sparkPath, splitBands, trafficBands, type TrafficBucket } from "./prompt-timeline.ts";

const buckets: TrafficBucket[] = [
  { startTimeNs: "0", calls: { a: 4 } },
  { startTimeNs: "1", calls: { a: 2, b: 6 } },
];

test("versions stand on each other, in percent of the busiest bucket", () => {
  expect(trafficBands(buckets, ["a", "b", "c"])).toEqual([
    { versionId: "a", from: [0, 0], to: [50, 25] },
    { versionId: "b", from: [50, 25], to: [50, 100] },
  ]);
  expect(trafficBands([], ["a"])).toEqual([]);
});

test("a band's bars are of the sides that their buckets are of", () => {
  const old = { versionId: "old", from: [0, 0, 0], to: [50, 25, 10] };
  const rare = { versionId: "rare", from: [50, 25, 10], to: [50, 30, 40] };
  const sides = [undefined, "a", "b"] as const;
  expect(splitBands([old, rare], (_, i) => sides[i])).toEqual([
    { side: undefined, band: { ...old, to: [50, 0, 0] }, isMain: true },
    { side: "a", band: { ...old, to: [0, 25, 0] }, isMain: true },
    { side: "b", band: { ...old, to: [0, 0, 10] }, isMain: false },
    { side: "a", band: { ...rare, to: [50, 30, 10] }, isMain: false },
    { side: "b", band: { ...rare, to: [50, 25, 40] }, isMain: true },
  ]);
  expect(splitBands([old], (id) => (id === "old" ? "b" : undefined))).toEqual([
    { side: "b", band: old, isMain: true },
  ]);
});

test("a bucket without calls has no bar", () => {
  expect(bandPath({ versionId: "b", from: [50, 25], to: [50, 100] })).toBe("M54 75V0H96V75Z");
  expect(sparkPath([0, 1000, 1])).toBe("M36 100V0H64V100ZM69.33 100V96H97.33V100Z");
  expect(sparkPath([])).toBe("");
});
