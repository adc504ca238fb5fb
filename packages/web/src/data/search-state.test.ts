import { describe, expect, test } from "vitest";
import {
  isLive,
  parseSearch,
  rangeOf,
  stringifySearch,
  tracePath,
  validateListSearch,
  validateTraceSearch,
  withLive,
  withRange,
} from "./search-state.ts";

const read = (text: string) => validateListSearch(parseSearch(text));

describe("the address of a list", () => {
  test("is read, and written back as it was", () => {
    const text = "?range=7d&filter=status:error%20latency:%3E2s&sort=duration&order=asc&live=0";
    expect(read(text)).toEqual({
      range: "7d",
      filter: "status:error latency:>2s",
      sort: "duration",
      order: "asc",
      live: "0",
    });
    expect(stringifySearch({ ...read(text) })).toBe(text);
  });

  test("two instants win over a range, in any zone; turned round they are nothing", () => {
    expect(read("?range=7d&from=2025-11-21T03:00:00%2B01:00&to=2025-11-21T04:00:00Z")).toEqual({
      from: "2025-11-21T02:00:00.000Z",
      to: "2025-11-21T04:00:00.000Z",
    });
    expect(read("?from=2025-11-21T04:00:00Z&to=2025-11-21T02:00:00Z")).toEqual({});
  });

  test("what makes no sense is dropped", () => {
    expect(read("?range=7x&sort=name&order=up&live=yes&filter=%20&from=x&to=y&extra=1")).toEqual({});
    expect(validateListSearch({ filter: 12, range: null })).toEqual({});
  });

  test("a filter of digits stays text", () => expect(read("?filter=123")).toEqual({ filter: "123" }));

  test("special characters of a filter survive", () => {
    const filter = 'a&b=c #d +e "é%" @x:/y?';
    expect(read(stringifySearch({ filter }))).toEqual({ filter });
  });
});

test("a trace's address keeps the list's, and a span id of digits whole", () => {
  expect(validateTraceSearch(parseSearch("?range=1h&span=1234567890123456&tab=raw&find="))).toEqual({
    range: "1h",
    span: "1234567890123456",
    tab: "raw",
  });
  expect(validateTraceSearch({ span: "xyz" })).toEqual({});
  expect(tracePath("a/b", "4f".repeat(16), { filter: "x" })).toBe(
    `/projects/a%2Fb/traces/${"4f".repeat(16)}?filter=x`,
  );
});

test("a range replaces the other form", () => {
  const search = { range: "7d", filter: "x" };
  const fixed = withRange(search, { fromMs: 0, toMs: 1000 });
  expect(fixed).toEqual({ filter: "x", from: "1970-01-01T00:00:00.000Z", to: "1970-01-01T00:00:01.000Z" });
  expect(rangeOf(fixed)).toEqual({ fromMs: 0, toMs: 1000 });
  expect(withRange(fixed, { range: "all" })).toEqual({ filter: "x", range: "all" });
  expect(rangeOf({})).toBeUndefined();
});

test("live needs newest first and an open end; turning it on makes room for it", () => {
  expect(isLive({ range: "1h", filter: "x" })).toBe(true);
  for (const off of [{ live: "0" }, { sort: "cost" }, { order: "asc" }, { from: "x", to: "y" }] as const) {
    expect(isLive(off)).toBe(false);
  }
  expect(withLive({ sort: "cost", order: "asc", from: "x", to: "y", filter: "f" }, true)).toEqual({
    filter: "f",
  });
  expect(withLive({ range: "1h" }, false)).toEqual({ range: "1h", live: "0" });
});
