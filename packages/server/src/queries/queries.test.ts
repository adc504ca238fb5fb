import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Span } from "@nightowl/model/span/span";
import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import { traceSummarySchema } from "@nightowl/model/api/trace-summary";
import { getTrace as getTraceContract, traceStats as statsContract } from "@nightowl/model/api/traces";
import type { Database } from "../store/db/database.ts";
import { getSpan } from "./get-span.ts";
import { getTrace } from "./get-trace.ts";
import { listProjects } from "./list-projects.ts";
import { listSpans, type ListSpansInput } from "./list-spans.ts";
import { listTraces, type ListTracesInput } from "./list-traces.ts";
import { locateTrace } from "./locate-trace.ts";
import { neighbourTraces } from "./neighbour-traces.ts";
import { searchTrace } from "./search-trace.ts";
import { suggestValues } from "./suggest-values.ts";
import {
  BASE_NS,
  makeSpan,
  makeTraces,
  openTestStore,
  rowOf,
  summaryOf,
  type TestStore,
} from "./testing/sample-traces.ts";
import { traceStats } from "./trace-stats.ts";

const traces = makeTraces(400);
const shop = traces.filter((spans) => spans[0]?.project === "shop");
const summaries = shop.map(summaryOf);
let testStore: TestStore;
let db: Database;

beforeAll(async () => {
  testStore = await openTestStore();
  db = testStore.store.db;
  const spans = traces.flat();
  // First as they began, then whole, then some of them once more: three exports of one span are one span.
  await testStore.write(
    spans.filter((_, i) => i % 3 === 0).map((span) => ({ ...span, endTimeNs: "0", usage: {} })),
  );
  await testStore.write(spans);
  await testStore.write(spans.filter((_, i) => i % 4 === 0));
});
afterAll(() => testStore.close());

function byKey(key: (trace: TraceSummary) => number | bigint, direction: 1 | -1) {
  return (a: TraceSummary, b: TraceSummary): number => {
    const [x, y] = [key(a), key(b)];
    if (x !== y) return (x < y ? -1 : 1) * direction;
    return (a.traceId < b.traceId ? -1 : 1) * direction;
  };
}

function newestFirst(list: TraceSummary[]): TraceSummary[] {
  return [...list].sort(byKey((trace) => BigInt(trace.startTimeNs), -1));
}

function ask(input: Partial<ListTracesInput> = {}) {
  return listTraces(db, { project: "shop", sort: "start", order: "desc", limit: 1000, ...input });
}

async function walk(input: Partial<ListTracesInput>): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await ask({ ...input, cursor });
    ids.push(...page.data.map((trace) => trace.traceId));
    if (page.nextCursor === null) return ids;
    cursor = page.nextCursor;
  }
}

describe("listTraces", () => {
  test("every trace once, with the summary of its spans", async () => {
    const { data, nextCursor } = await ask();
    expect(nextCursor).toBeNull();
    expect(data).toEqual(newestFirst(summaries));
    expect(traceSummarySchema.array().parse(data)).toEqual(data);
  });

  const keys: Record<ListTracesInput["sort"], (trace: TraceSummary) => number | bigint> = {
    start: (trace) => BigInt(trace.startTimeNs),
    duration: (trace) => trace.durationMs,
    tokens: (trace) =>
      trace.inputTokens === null && trace.outputTokens === null
        ? -1
        : (trace.inputTokens ?? 0) + (trace.outputTokens ?? 0),
    cost: (trace) => trace.costUsd ?? -1,
    spans: (trace) => trace.spanCount,
  };

  test.each(["start", "duration", "tokens", "cost", "spans"] as const)(
    "a walk by cursor sees every trace once, sorted by %s in either order",
    async (sort) => {
      for (const order of ["asc", "desc"] as const) {
        const expected = [...summaries].sort(byKey(keys[sort], order === "asc" ? 1 : -1));
        expect(await walk({ sort, order, limit: 37 })).toEqual(expected.map((trace) => trace.traceId));
      }
    },
  );

  test("the range takes its start and leaves its end, to the nanosecond", async () => {
    const starts = newestFirst(summaries);
    const [newer, older] = [starts[20] as TraceSummary, starts[60] as TraceSummary];
    const inRange = summaries.filter(
      (trace) =>
        BigInt(trace.startTimeNs) >= BigInt(older.startTimeNs) &&
        BigInt(trace.startTimeNs) < BigInt(newer.startTimeNs),
    );
    const range = { from: iso(older.startTimeNs), to: iso(newer.startTimeNs, "+02:00") };
    expect((await ask(range)).data).toEqual(newestFirst(inRange));
    expect((await ask({ from: range.from })).data.at(-1)?.startTimeNs).toBe(older.startTimeNs);
  });

  test("what cannot be read is refused in words", async () => {
    await expect(ask({ cursor: "abc" })).rejects.toMatchObject({ code: "bad_request" });
    const { nextCursor } = await ask({ limit: 5 });
    await expect(ask({ cursor: nextCursor ?? "", sort: "cost" })).rejects.toMatchObject({
      code: "bad_request",
    });
    await expect(ask({ filter: "latency:>fast" })).rejects.toMatchObject({ code: "bad_request" });
    await expect(ask({ from: "yesterday" })).rejects.toMatchObject({ code: "bad_request" });
    await expect(ask({ project: "nowhere" })).rejects.toMatchObject({ code: "not_found" });
    expect((await ask({ project: "default" })).data).toEqual([]);
    expect((await ask({ filter: "user:nobody" })).data).toEqual([]);
  });
});

/** ISO 8601 with nine digits, in UTC or two hours ahead of it. */
function iso(timeNs: string, zone: "Z" | "+02:00" = "Z"): string {
  const ms = Number(BigInt(timeNs) / 1_000_000n) + (zone === "Z" ? 0 : 2 * 3_600_000);
  const [whole] = new Date(ms).toISOString().split(".");
  return `${whole}.${(BigInt(timeNs) % 1_000_000_000n).toString().padStart(9, "0")}${zone}`;
}

describe("traceStats", () => {
  function askStats(
    input: { from?: string; to?: string; filter?: string; buckets?: number; project?: string } = {},
  ) {
    return traceStats(db, { project: "shop", buckets: 120, ...input });
  }
  function sum(list: TraceSummary[], value: (trace: TraceSummary) => number): number {
    return Math.round(list.reduce((total, trace) => total + trace.sampleWeight * value(trace), 0));
  }

  test("totals by weight, and the histogram holds each trace once", async () => {
    const stats = await askStats();
    statsContract.response.parse(stats);
    expect(stats).toMatchObject({
      traceCount: sum(summaries, () => 1),
      errorCount: sum(summaries, (trace) => Number(trace.errorCount > 0)),
      spanCount: sum(summaries, (trace) => trace.spanCount),
      inputTokens: sum(summaries, (trace) => trace.inputTokens ?? 0),
      outputTokens: sum(summaries, (trace) => trace.outputTokens ?? 0),
      unpricedCount: sum(summaries, (trace) => trace.unpricedCount),
    });
    const cost = summaries.reduce((total, trace) => total + trace.sampleWeight * (trace.costUsd ?? 0), 0);
    expect(stats.costUsd).toBeCloseTo(cost, 6);
    const ended = summaries.filter((trace) => !trace.running);
    expect(stats.maxDurationMs).toBe(Math.max(...ended.map((trace) => trace.durationMs)));
    const weighted = ended
      .flatMap((trace) => Array<number>(trace.sampleWeight).fill(trace.durationMs))
      .sort((a, b) => a - b);
    for (const [quantile, value] of [
      [0.5, stats.durationP50Ms],
      [0.95, stats.durationP95Ms],
    ] as const) {
      expect(value).toBeGreaterThanOrEqual(
        weighted[Math.floor((quantile - 0.02) * weighted.length)] as number,
      );
      expect(value).toBeLessThanOrEqual(weighted[Math.floor((quantile + 0.02) * weighted.length)] as number);
    }
    expectHistogram(stats, summaries, 120);
    const starts = newestFirst(summaries);
    expect(stats.fromNs).toBe(starts.at(-1)?.startTimeNs);
    expect(stats.toNs).toBe(String(BigInt(starts[0]?.startTimeNs ?? 0) + 1n));
  });

  function expectHistogram(
    stats: Awaited<ReturnType<typeof askStats>>,
    list: TraceSummary[],
    maxBuckets: number,
  ) {
    const widthNs = BigInt(stats.bucketMs * 1e6);
    expect(stats.buckets.length).toBeLessThanOrEqual(maxBuckets);
    expect(BigInt(stats.buckets[0]?.startTimeNs ?? 1) % widthNs).toBe(0n);
    for (const [i, bucket] of stats.buckets.entries()) {
      const start = BigInt(bucket.startTimeNs);
      expect(start).toBe(BigInt(stats.buckets[0]?.startTimeNs ?? 0) + BigInt(i) * widthNs);
      const inside = list.filter(
        (trace) => BigInt(trace.startTimeNs) >= start && BigInt(trace.startTimeNs) < start + widthNs,
      );
      expect([bucket.ok, bucket.error]).toEqual([
        sum(inside, (trace) => Number(trace.errorCount === 0)),
        sum(inside, (trace) => Number(trace.errorCount > 0)),
      ]);
    }
    expect(stats.buckets.reduce((total, bucket) => total + bucket.ok + bucket.error, 0)).toBe(
      stats.traceCount,
    );
  }

  test.each([1, 2, 7, 500])("at most %i buckets", async (buckets) => {
    expectHistogram(await askStats({ buckets }), summaries, buckets);
  });

  test("a range and a filter ask for the same traces as in the list", async () => {
    const range = {
      from: iso(String(BASE_NS)),
      to: iso(String(BASE_NS + 40n * 3_600_000_000_000n)),
      filter: "status:error",
    };
    const { data } = await listTraces(db, {
      project: "shop",
      sort: "start",
      order: "desc",
      limit: 1000,
      ...range,
    });
    const stats = await askStats({ ...range, buckets: 50 });
    expect(stats.traceCount).toBe(sum(data, () => 1));
    expect(stats.errorCount).toBe(stats.traceCount);
    expect([stats.fromNs, stats.toNs]).toEqual([String(BASE_NS), String(BASE_NS + 40n * 3_600_000_000_000n)]);
    expectHistogram(stats, data, 50);
  });

  test("nothing is not 0 ms or $0", async () => {
    expect(await askStats({ filter: "user:nobody" })).toMatchObject({
      traceCount: 0,
      durationP50Ms: null,
      maxDurationMs: null,
      costUsd: null,
      buckets: [],
    });
    await expect(askStats({ project: "nowhere" })).rejects.toMatchObject({ code: "not_found" });
  });
});

function largest(): Span[] {
  return shop.reduce((a, b) => (b.length > a.length ? b : a));
}

describe("one trace", () => {
  test("its spans come once each, by start, with their summary", async () => {
    const spans = largest();
    const { traceId } = spans[0] as Span;
    const answer = await getTrace(db, { project: "shop", traceId: traceId.toUpperCase() });
    getTraceContract.response.parse(answer);
    const expected = spans.map(rowOf).sort((a, b) => {
      if (a.startTimeNs !== b.startTimeNs) return BigInt(a.startTimeNs) < BigInt(b.startTimeNs) ? -1 : 1;
      return a.spanId < b.spanId ? -1 : 1;
    });
    expect(answer.spans).toEqual(expected);
    expect(answer.trace).toEqual(summaryOf(spans));
  });

  test("one of another project, or none at all, is not found", async () => {
    const { traceId } = largest()[0] as Span;
    await expect(getTrace(db, { project: "other", traceId })).rejects.toMatchObject({ code: "not_found" });
    const unknown = { project: "shop", traceId: "1".repeat(32) };
    await expect(getTrace(db, unknown)).rejects.toMatchObject({ code: "not_found" });
    await expect(searchTrace(db, { ...unknown, text: "x" })).rejects.toMatchObject({ code: "not_found" });
    await expect(neighbourTraces(db, unknown)).rejects.toMatchObject({ code: "not_found" });
    await expect(locateTrace(db, unknown.traceId)).rejects.toMatchObject({ code: "not_found" });
  });

  test("a whole span comes back as it was sent, in its last version", async () => {
    const span = largest()[1] as Span;
    const { span: stored, receivedAtNs } = await getSpan(db, span);
    expect(stored).toMatchObject({
      traceId: span.traceId,
      spanId: span.spanId,
      endTimeNs: span.endTimeNs,
      attributes: span.attributes,
      resource: span.resource,
      scope: span.scope,
    });
    expect(receivedAtNs).toMatch(/^\d{19}$/);
    await expect(getSpan(db, { ...span, spanId: "f".repeat(16) })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("a trace whose spans begin on several days is whole", async () => {
    const traceId = "d".repeat(32);
    const day = 86_400_000_000_000n;
    const spans = [0n, 1n, 2n].map((days) =>
      makeSpan({
        traceId,
        project: "long",
        spanId: `00000000000000d${days}`,
        parentSpanId: days === 0n ? "" : "00000000000000d0",
        startTimeNs: String(BASE_NS + days * day),
        endTimeNs: String(BASE_NS + days * day + 5n),
      }),
    );
    await testStore.write(spans);
    await testStore.write(spans);
    expect((await getTrace(db, { project: "long", traceId })).spans.map((row) => row.spanId)).toEqual(
      spans.map((span) => span.spanId),
    );
    expect((await listTraces(db, { project: "long", sort: "start", order: "desc", limit: 10 })).data).toEqual(
      [summaryOf(spans)],
    );
  });

  test("one that no summary knows yet opens, and so do spans that came since the last one", async () => {
    const traceId = "9".repeat(32);
    const hourNs = 3_600_000_000_000n;
    const spanAt = (n: number, hours: bigint): Span =>
      makeSpan({
        traceId,
        project: "new",
        spanId: `000000000000009${n}`,
        startTimeNs: String(BASE_NS + hours * hourNs),
      });
    const opened = async (): Promise<string[]> =>
      (await getTrace(db, { project: "new", traceId })).spans.map((row) => row.spanId);
    await testStore.store.writeSpans([spanAt(0, 0n), spanAt(1, 5n)]);
    expect(await opened()).toEqual(["0000000000000090", "0000000000000091"]);
    await testStore.write([spanAt(2, 6n)]);
    await testStore.store.writeSpans([spanAt(3, 7n)]);
    expect((await opened()).slice(-2)).toEqual(["0000000000000092", "0000000000000093"]);
    const { span } = await getSpan(db, { project: "new", traceId, spanId: "0000000000000093" });
    expect(span.startTimeNs).toBe(String(BASE_NS + 7n * hourNs));
    expect((await listSpans(db, { project: "new", limit: 10 })).data.length).toBe(4);
  });

  test("its neighbours are those of the list under the same filter", async () => {
    const list = newestFirst(summaries.filter((trace) => trace.errorCount > 0));
    for (const i of [0, 1, 5, list.length - 1]) {
      const { traceId } = list[i] as TraceSummary;
      expect(await neighbourTraces(db, { project: "shop", traceId, filter: "status:error" })).toEqual({
        newer: list[i - 1]?.traceId ?? null,
        older: list[i + 1]?.traceId ?? null,
      });
    }
  });

  test("it is found by id alone", async () => {
    expect(await locateTrace(db, (largest()[0] as Span).traceId.toUpperCase())).toEqual(["shop"]);
  });
});

describe("searchTrace", () => {
  const traceId = "c".repeat(32);
  const base = { traceId, project: "search", startTimeNs: String(BASE_NS) };
  const spans = [
    makeSpan({ ...base, spanId: "000000000000000a", name: "Rührei Service" }),
    makeSpan({
      ...base,
      spanId: "000000000000000b",
      attributes: { "input.value": '{"q":"say \\"hi\\"\\nthen 100% go"}' },
    }),
    makeSpan({ ...base, spanId: "000000000000000c", statusCode: "ERROR", statusMessage: "it's BROKEN" }),
    makeSpan({
      ...base,
      spanId: "000000000000000d",
      events: [
        {
          name: "exception",
          timeNs: "1",
          droppedAttributesCount: 0,
          attributes: { "exception.message": "C:\\dir" },
        },
      ],
    }),
  ];
  beforeAll(() => testStore.write(spans));

  test.each([
    ["RÜHREI", ["000000000000000a"]],
    ['say "hi"', ["000000000000000b"]],
    ["100%", ["000000000000000b"]],
    ["it's broken", ["000000000000000c"]],
    ["Exception.Message", ["000000000000000d"]],
    ["c:\\DIR", ["000000000000000d"]],
    ["100_", []],
    ["{needles:Array(String)}", []],
    ["' OR 1=1 --", []],
    ["\\", ["000000000000000b", "000000000000000d"]],
  ])("%s", async (text, spanIds) => {
    expect(await searchTrace(db, { project: "search", traceId, text })).toEqual(spanIds);
  });
});

describe("listProjects", () => {
  test("each with its traces and extent", async () => {
    const projects = await listProjects(db);
    for (const name of ["shop", "other"]) {
      const own = newestFirst(traces.filter((spans) => spans[0]?.project === name).map(summaryOf));
      expect(projects.find((project) => project.name === name)).toEqual({
        name,
        traceCount: own.length,
        firstTraceNs: own.at(-1)?.startTimeNs,
        lastTraceNs: own[0]?.startTimeNs,
      });
    }
    const times = projects.map((project) => BigInt(project.lastTraceNs));
    expect(times).toEqual([...times].sort((a, b) => Number(b - a)));
  });
});

describe("suggestValues", () => {
  function counts(valuesOf: (spans: Span[]) => (string | undefined)[]): Map<string, number> {
    const counted = new Map<string, number>();
    for (const spans of shop) {
      for (const value of new Set(valuesOf(spans)))
        if (value) counted.set(value, (counted.get(value) ?? 0) + 1);
    }
    return counted;
  }
  async function suggested(field: string, prefix = ""): Promise<Map<string, number>> {
    const values = await suggestValues(db, { project: "shop", field, prefix });
    const order = values.map((entry) => entry.count);
    expect(order).toEqual([...order].sort((a, b) => b - a));
    return new Map(values.map((entry) => [entry.value, entry.count]));
  }

  test("values of the trace and of its spans, with the number of traces", async () => {
    expect(await suggested("name")).toEqual(counts((spans) => [summaryOf(spans).name]));
    expect(await suggested("user")).toEqual(counts((spans) => [summaryOf(spans).userId]));
    expect(await suggested("tag")).toEqual(counts((spans) => summaryOf(spans).tags));
    expect(await suggested("status")).toEqual(
      counts((spans) => [summaryOf(spans).errorCount > 0 ? "error" : "ok"]),
    );
    expect(await suggested("kind")).toEqual(counts((spans) => spans.map((span) => span.kind.toLowerCase())));
    expect(await suggested("model")).toEqual(
      counts((spans) => spans.flatMap((span) => [span.requestModel, span.responseModel])),
    );
    expect(await suggested("error")).toEqual(counts((spans) => spans.map((span) => span.error?.type)));
    expect(await suggested("@http.route")).toEqual(
      counts((spans) => spans.map((span) => span.attributes["http.route"] as string | undefined)),
    );
  });

  test("by prefix in either case, and attribute keys", async () => {
    expect([...(await suggested("user", "L")).keys()]).toEqual(["loadtest"]);
    expect([...(await suggested("name", "RÜH")).keys()]).toEqual(["rührei"]);
    expect([...(await suggested("@")).keys()].sort()).toEqual(["genkit:name", "http.route", "retry.count"]);
    expect([...(await suggested("@", "http")).keys()]).toEqual(["http.route"]);
    expect((await suggested("@' OR 1=1 --")).size).toBe(0);
  });

  test("numbers have none, and unknown fields are refused", async () => {
    expect((await suggested("latency")).size).toBe(0);
    for (const field of ["nothing", "constructor", "__proto__"]) {
      await expect(suggested(field)).rejects.toMatchObject({ code: "bad_request" });
    }
  });
});

describe("listSpans", () => {
  const all = shop.flat().sort((a, b) => {
    if (a.startTimeNs !== b.startTimeNs) return BigInt(a.startTimeNs) < BigInt(b.startTimeNs) ? 1 : -1;
    return `${a.traceId}${a.spanId}` < `${b.traceId}${b.spanId}` ? 1 : -1;
  });
  function keyOf(span: { traceId: string; spanId: string }): string {
    return `${span.traceId} ${span.spanId}`;
  }
  async function walkSpans(input: Partial<ListSpansInput>): Promise<string[]> {
    const keys: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await listSpans(db, { project: "shop", limit: 300, ...input, cursor });
      keys.push(...page.data.map(({ span }) => keyOf(span)));
      if (page.nextCursor === null) return keys;
      cursor = page.nextCursor;
    }
  }

  test("a walk sees every span once, the latest first", async () => {
    expect(await walkSpans({})).toEqual(all.map(keyOf));
  });

  test("a page of large spans is cut short, and the walk goes on from there", async () => {
    const limit = all.length;
    const payloads = all.map((span) => JSON.stringify(span.attributes) + JSON.stringify(span.events));
    const maxBytes = Math.ceil(payloads.join("").length / 5);
    const first = await listSpans(db, { project: "shop", limit, maxBytes });
    expect(first.data.length).toBeGreaterThan(1);
    expect(first.data.length).toBeLessThan(limit);
    expect(first.nextCursor).not.toBeNull();
    expect(await walkSpans({ limit, maxBytes })).toEqual(all.map(keyOf));
    // One that is too large alone is a page all the same.
    expect((await listSpans(db, { project: "shop", limit, maxBytes: 1 })).data).toHaveLength(1);
  });

  test.each<[string, Partial<ListSpansInput>, (span: Span) => boolean]>([
    ["roots", { parentId: null }, (span) => span.parentSpanId === ""],
    ["children", { parentId: "0000000000000001" }, (span) => span.parentSpanId === "0000000000000001"],
    [
      "names",
      { names: ["call 0", 'it\'s "quoted"'] },
      (span) => ["call 0", 'it\'s "quoted"'].includes(span.name),
    ],
    ["kinds", { kinds: ["TOOL", "AGENT"] }, (span) => span.kind === "TOOL" || span.kind === "AGENT"],
    ["status codes", { statusCodes: ["ERROR"] }, (span) => span.statusCode === "ERROR"],
    [
      "trace ids",
      { traceIds: [shop[3]?.[0]?.traceId.toUpperCase() ?? "", shop[8]?.[0]?.traceId ?? ""] },
      (span) => span.traceId === shop[3]?.[0]?.traceId || span.traceId === shop[8]?.[0]?.traceId,
    ],
    [
      "times",
      { from: iso(all[50]?.startTimeNs ?? ""), to: iso(all[10]?.startTimeNs ?? "") },
      (span) =>
        BigInt(span.startTimeNs) >= BigInt(all[50]?.startTimeNs ?? 0) &&
        BigInt(span.startTimeNs) < BigInt(all[10]?.startTimeNs ?? 0),
    ],
    ["nothing", { traceIds: [] }, () => false],
  ])("by %s", async (_, input, accepts) => {
    expect(await walkSpans(input)).toEqual(all.filter(accepts).map(keyOf));
  });

  test("spans come whole", async () => {
    const { data } = await listSpans(db, { project: "shop", limit: 50 });
    for (const { span } of data) {
      const sent = all.find((other) => keyOf(other) === keyOf(span));
      expect(span.attributes).toEqual(sent?.attributes);
      expect(span.endTimeNs).toBe(sent?.endTimeNs);
    }
    await expect(listSpans(db, { project: "shop", limit: 5, cursor: "zzz" })).rejects.toMatchObject({
      code: "bad_request",
    });
  });
});
