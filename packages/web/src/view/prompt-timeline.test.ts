import { expect, test } from "vitest";
import { bandPath, sparkPath, trafficBands, type TrafficBucket } from "./prompt-timeline.ts";

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

test("a bucket without calls has no bar", () => {
  expect(bandPath({ versionId: "b", from: [50, 25], to: [50, 100] })).toBe("M54 75V0H96V75Z");
  expect(sparkPath([0, 1000, 1])).toBe("M36 100V0H64V100ZM69.33 100V96H97.33V100Z");
  expect(sparkPath([])).toBe("");
});
