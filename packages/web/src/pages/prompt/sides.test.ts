import { expect, test } from "vitest";
import type { PromptDetail } from "../../data/use-prompts.ts";
import { comparisonOf, sidesOf } from "./sides.ts";

const version = (versionId: string, number: number, callCount: number) =>
  ({ versionId, number, callCount }) as PromptDetail["versions"][number];
const versions = [version("v1", 1, 10), version("rare", 0, 1), version("v2", 2, 5), version("v3", 3, 0)];

test("the latest version with calls stands against the one before it", () => {
  expect(sidesOf({}, versions)).toEqual({ a: "v1", b: "v2" });
  expect(sidesOf({ b: "v3" }, versions)).toEqual({ a: "v2", b: "v3" });
});

test("an address's own sides hold, unless the template does not have them", () => {
  expect(sidesOf({ a: "v1", b: "v3" }, versions)).toEqual({ a: "v1", b: "v3" });
  expect(sidesOf({ a: "gone", b: "v3" }, versions)).toEqual({ a: "v2", b: "v3" });
  expect(sidesOf({ a: "last-week" }, versions)).toEqual({ a: "last-week", b: "this-week" });
});

test("one version stands for itself, and none for nothing", () => {
  expect(sidesOf({}, [version("v1", 1, 3)])).toEqual({ a: "v1", b: "v1" });
  expect(sidesOf({}, [])).toBeUndefined();
});

test("weeks are asked for by their instants", () => {
  const nowMs = Date.parse("2026-11-26T02:10:00Z");
  expect(comparisonOf({ a: "last-week", b: "v2" }, nowMs)).toEqual({
    aFrom: "2026-11-12T03:00:00.000Z",
    aTo: "2026-11-19T03:00:00.000Z",
    b: "v2",
  });
});
