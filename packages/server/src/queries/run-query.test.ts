import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { priceRuleSchema } from "@nightowl/model/pricing/price";
import { createPriceBook } from "@nightowl/model/pricing/price-book";
import { DIMENSION_FIELDS, MEASURE_FIELDS, QUERY_SUBJECTS } from "@nightowl/model/query/query-fields";
import type { Span } from "@nightowl/model/span/span";
import { queryBodySchema, runQuery as contract } from "@nightowl/model/api/query";
import type { z } from "zod";
import { meanCell, shareCell } from "./measure/confidence.ts";
import { getSpanCost } from "./get-span-cost.ts";
import { getTrace } from "./get-trace.ts";
import { getTraceCost } from "./get-trace-cost.ts";
import { listTraces } from "./list-traces.ts";
import { runQuery } from "./run-query.ts";
import {
  BASE_NS,
  makeSpan,
  makeTraces,
  openTestStore,
  summaryOf,
  type TestStore,
} from "./testing/sample-traces.ts";
import { traceStats } from "./trace-stats.ts";

const PRICES = createPriceBook([
  {
    source: "config",
    rules: [
      { model: "small", usdPerMillionTokens: { input: 1, output: 4, cacheRead: 0.1 } },
      { model: "large", usdPerMillionTokens: { input: 10, output: 40 }, name: "the large one" },
    ].map((rule) => priceRuleSchema.parse(rule)),
  },
]);
const DOCUMENT = "Parcels that are lost on the way are sent again within three working days, free of charge.";

let sequence = 0;
const id = (length: number): string => (++sequence).toString(16).padStart(length, "0");
const at = (ms: number): string => String(BASE_NS + BigInt(ms) * 1_000_000n);

/** An agent of a user, with calls below it. */
function trace(userId: string, startMs: number, calls: Partial<Span>[], more: Partial<Span> = {}): Span[] {
  const traceId = id(32);
  const root = makeSpan({
    traceId, spanId: id(16), name: "answer", kind: "AGENT", agentName: "support", startTimeNs: at(startMs),
    endTimeNs: at(startMs + 1000), userId, tags: ["beta", "eu"], attributes: { "app.variant": userId === "ann" ? "A" : "B" }, ...more,
  }); // prettier-ignore
  const below = calls.map(
    (fields, index) =>
    makeSpan({
      traceId, spanId: id(16), parentSpanId: root.spanId, name: "chat", kind: "LLM", provider: "acme",
      startTimeNs: at(startMs + index * 100), endTimeNs: at(startMs + index * 100 + 50 * (index + 1)),
      cost: { source: "unpriced" }, sampleWeight: root.sampleWeight, ...fields,
    }), // prettier-ignore
  );
  return [root, ...below];
}

const SMALL: Partial<Span> = {
  responseModel: "small",
  usage: { inputTokens: 1000, cacheReadTokens: 500, outputTokens: 100 },
};
const LARGE: Partial<Span> = {
  responseModel: "large",
  usage: { inputTokens: 2000, outputTokens: 500 },
  statusCode: "ERROR",
};
const UNKNOWN: Partial<Span> = { responseModel: "mystery", usage: { inputTokens: 10, outputTokens: 10 } };
/** $0.00095, $0.04. */
const SMALL_USD = (500 * 1 + 500 * 0.1 + 100 * 4) / 1e6;
const LARGE_USD = (2000 * 10 + 500 * 40) / 1e6;

const retrieval = trace("cyd", 7_200_000, []);
const retriever = makeSpan({
  traceId: retrieval[0]!.traceId, spanId: id(16), parentSpanId: retrieval[0]!.spanId, kind: "RETRIEVER",
  startTimeNs: at(7_200_000), documents: [{ rank: 1, text: DOCUMENT }],
  attributes: { "openinference.span.kind": "RETRIEVER", "retrieval.documents.0.document.content": DOCUMENT },
}); // prettier-ignore
const tool = makeSpan({
  traceId: retrieval[0]!.traceId, spanId: id(16), parentSpanId: retrieval[0]!.spanId, kind: "TOOL",
  startTimeNs: at(7_200_000), tool: { name: "research" },
}); // prettier-ignore
const shown = makeSpan({
  traceId: retrieval[0]!.traceId, spanId: id(16), parentSpanId: tool.spanId, kind: "LLM", name: "chat",
  startTimeNs: at(7_200_100), endTimeNs: at(7_200_200), provider: "acme", ...SMALL, cost: { source: "unpriced" },
  inputMessages: [
    { role: "system", parts: [{ type: "text", text: `Answer from these. ${DOCUMENT}` }] },
    { role: "assistant", parts: [{ type: "tool_call", id: "c1", name: "lookup", arguments: {} }] },
    { role: "tool", toolCallId: "c1", parts: [{ type: "text", text: "order 17 was lost" }] },
  ],
}); // prettier-ignore

let testStore: TestStore;
const ask = (input: Partial<z.input<typeof queryBodySchema>>) =>
  runQuery(testStore.store.db, { ...queryBodySchema.parse(input), project: "shop" });

beforeAll(async () => {
  testStore = await openTestStore({ prices: PRICES });
  await testStore.write([
    ...trace("ann", 0, [SMALL, SMALL, LARGE]),
    ...trace("bob", 60_000, [LARGE, UNKNOWN]),
    // Stands for four.
    ...trace("bob", 3_600_000, [{ ...SMALL, cost: { source: "reported", costUsd: 0.5 } }], {
      sampleWeight: 4,
    }),
    ...retrieval,
    retriever,
    tool,
    shown,
  ]);
});
afterAll(() => testStore.close());

describe("a query", () => {
  it("adds up cost and counts by model, with the filter that finds the traces", async () => {
    const answer = contract.response.parse(
      await ask({ measures: ["cost", "count", "unpriced", "error_rate"], by: ["model"] }),
    );
    expect(answer.rows.map(({ key, filter, count }) => [key["model"], filter, count])).toEqual([
      ["small", "model:small", 7],
      ["large", "model:large", 2],
      ["mystery", "model:mystery", 1],
    ]);
    const [small, large, mystery] = answer.rows;
    expect(small?.values["cost"]?.value).toBeCloseTo(3 * SMALL_USD + 4 * 0.5, 10);
    expect(large?.values["cost"]?.value).toBeCloseTo(2 * LARGE_USD, 10);
    expect(large?.values["error_rate"]).toMatchObject({ value: 1, n: 2 });
    // Unknown is not $0.
    expect(mystery?.values).toMatchObject({ cost: { value: null }, unpriced: { value: 1 } });
    expect(answer.total).toMatchObject({ count: 10, values: { unpriced: { value: 1 } } });
    expect(answer.total?.values["cost"]?.value).toBeCloseTo(3 * SMALL_USD + 2 * LARGE_USD + 2, 10);
  });

  it("agrees with the list of traces and its totals", async () => {
    const { db } = testStore.store;
    const stats = await traceStats(db, { project: "shop", buckets: 10 });
    const byCalls = await ask({ measures: ["cost", "tokens", "unpriced"] });
    const byTraces = await ask({
      of: "traces",
      measures: ["cost", "tokens", "unpriced", "count", "error_rate"],
    });
    for (const { total } of [byCalls, byTraces]) {
      expect(total?.values["cost"]?.value).toBeCloseTo(stats.costUsd ?? 0, 10);
      expect(total?.values["tokens"]?.value).toBe(stats.inputTokens + stats.outputTokens);
      expect(total?.values["unpriced"]?.value).toBe(stats.unpricedCount);
    }
    expect(byTraces.total?.count).toBe(stats.traceCount);
    const filtered = await ask({ of: "traces", measures: ["count"], filter: "cost:>0.03" });
    const list = await listTraces(db, {
      project: "shop",
      sort: "cost",
      order: "desc",
      limit: 10,
      filter: "cost:>0.03",
    });
    expect(filtered.total?.count).toBe(list.data.reduce((sum, { sampleWeight }) => sum + sampleWeight, 0));
    const opened = await getTrace(db, { project: "shop", traceId: list.data[1]!.traceId });
    expect(opened.trace.costUsd).toBeCloseTo(list.data[1]!.costUsd ?? 0, 12);
  });

  it("knows of a call what only its trace says", async () => {
    const byUser = await ask({ measures: ["cost"], by: ["user", "agent"], sort: "user" });
    expect(byUser.rows.map(({ key, count }) => [key["user"], key["agent"], count])).toEqual([
      ["ann", "support", 3],
      ["bob", "support", 6],
      ["cyd", "support", 1],
    ]);
    const byVariant = await ask({ measures: ["count"], by: ["@app.variant"], sort: "@app.variant" });
    expect(byVariant.rows.map(({ key, count, filter }) => [key["@app.variant"], count, filter])).toEqual([
      ["A", 3, "@app.variant:A"],
      ["B", 7, "@app.variant:B"],
    ]);
    const byTag = await ask({ measures: ["count"], by: ["tag"], filter: "user:ann" });
    expect(byTag.rows.map(({ key, count }) => [key["tag"], count])).toEqual([
      ["beta", 3],
      ["eu", 3],
    ]);
    expect(byTag.total?.count).toBe(3);
  });

  it("divides a time into even steps and folds what is not among the first", async () => {
    const answer = await ask({
      measures: ["cost"], by: ["time", "model"], top: 1, timeBuckets: 3,
      from: new Date(Number(BASE_NS / 1_000_000n)).toISOString(),
      to: new Date(Number(BASE_NS / 1_000_000n) + 7_300_000).toISOString(),
    }); // prettier-ignore
    expect(answer.bucketMs).toBe(3_600_000);
    const names = new Set(answer.rows.map(({ key }) => key["model"]));
    expect(names).toEqual(new Set(["small", null]));
    const sum = answer.rows.reduce((total, { values }) => total + (values["cost"]?.value ?? 0), 0);
    expect(sum).toBeCloseTo(answer.total?.values["cost"]?.value ?? -1, 10);
    expect(answer.rows.find(({ key }) => key["model"] === null)?.filter).toBeNull();
  });

  it("tells what is more than it shows", async () => {
    const answer = await ask({ measures: ["count"], by: ["model"], limit: 1 });
    expect(answer.rows).toHaveLength(1);
    expect(answer.groupCount).toBe(3);
  });

  it("tells the tools that calls ran in and were fed by, and the parts of their prompts", async () => {
    const inside = await ask({ measures: ["cost"], by: ["inside_tool"], filter: "user:cyd" });
    const fed = await ask({ measures: ["cost"], by: ["fed_by_tool"], filter: "user:cyd" });
    expect(inside.rows.map(({ key }) => key)).toEqual([{ inside_tool: "research" }]);
    expect(fed.rows.map(({ key }) => key)).toEqual([{ fed_by_tool: "lookup" }]);
    const parts = await ask({
      measures: [
        "tokens_part_documents",
        "tokens_part_system",
        "tokens_part_tool_results",
        "tokens_part_history",
        "cost_part_documents",
        "input_tokens",
      ],
      filter: "user:cyd",
    });
    const value = (name: string): number => parts.total?.values[name]?.value ?? -1;
    expect(value("tokens_part_documents")).toBeGreaterThan(value("tokens_part_system"));
    expect(value("cost_part_documents")).toBeGreaterThan(0);
    const all = ["documents", "system", "tool_results", "history"].reduce(
      (sum, part) => sum + value(`tokens_part_${part}`),
      0,
    );
    expect(all).toBeCloseTo(1000, 6);
    const cost = await getTraceCost(testStore.store.db, retrieval[0]!);
    expect(cost.tools).toEqual([
      { tool: "research", insideCalls: 1, insideUsd: cost.costUsd, fedCalls: 0, fedUsd: 0 },
      { tool: "lookup", insideCalls: 0, insideUsd: 0, fedCalls: 1, fedUsd: cost.costUsd },
    ]);
    expect(cost.parts.documents.tokens).toBeCloseTo(value("tokens_part_documents"), 6);
  });

  it("tells of one span what it cost and why", async () => {
    const cost = await getSpanCost(testStore.store.db, shown, {
      countTokens: (text) => text.length,
      prices: PRICES,
    });
    expect(cost).toMatchObject({
      counted: true,
      source: "computed",
      price: { name: "small", source: "config" },
    });
    expect(cost.costUsd).toBeCloseTo(SMALL_USD, 12);
    expect(cost.buckets?.cacheRead).toBeCloseTo(500 * 0.1e-6, 12);
    expect(cost.tokens).toMatchObject({ input: 500, cacheRead: 500, output: 100 });
    expect(cost.parts?.documents.tokens).toBeGreaterThan(0);
  });

  it.each(QUERY_SUBJECTS)("has every measure and every dimension of %s", async (of) => {
    const measures = MEASURE_FIELDS.filter((field) => field.of.includes(of)).map(({ name }) => name);
    const dimensions = DIMENSION_FIELDS.filter((field) => field.of.includes(of)).map(({ name }) => name);
    for (let from = 0; from < measures.length; from += 40) {
      const answer = await ask({ of, measures: measures.slice(from, from + 40) });
      expect(Object.keys(answer.total?.values ?? {})).toEqual(measures.slice(from, from + 40));
    }
    for (const dimension of [...dimensions, "@app.variant"]) {
      const { rows } = await ask({ of, by: [dimension] });
      expect(rows.length, dimension).toBeGreaterThan(0);
      const { rows: folded } = await ask({ of, by: ["time", dimension], top: 2 });
      expect(folded.length, dimension).toBeGreaterThan(0);
    }
  });

  it("refuses what it does not know, and says what there is", async () => {
    await expect(ask({ measures: ["beauty"] })).rejects.toThrow('"beauty" is no measure of calls.');
    await expect(ask({ of: "traces", by: ["model"] })).rejects.toThrow('"model" is no dimension of traces.');
    await expect(ask({ sort: "cost" })).rejects.toThrow("neither a measure nor a dimension");
    await expect(ask({ filter: "latency:>fast" })).rejects.toThrow("The filter cannot be read");
    await expect(
      runQuery(testStore.store.db, { ...queryBodySchema.parse({}), project: "nobody" }),
    ).rejects.toThrow('There is no project "nobody".');
  });
});

it("a wrapper that comes later takes back what was counted", async () => {
  const traceId = id(32);
  const outer = makeSpan({
    traceId,
    spanId: id(16),
    kind: "LLM",
    name: "outer",
    startTimeNs: at(0),
    endTimeNs: at(900),
    project: "late",
    ...SMALL,
  });
  const inner = makeSpan({
    traceId,
    spanId: id(16),
    parentSpanId: outer.spanId,
    kind: "LLM",
    name: "inner",
    startTimeNs: at(10),
    endTimeNs: at(800),
    project: "late",
    ...SMALL,
  });
  const late = () =>
    runQuery(testStore.store.db, {
      ...queryBodySchema.parse({ measures: ["cost", "count"], by: ["span"] }),
      project: "late",
    });
  await testStore.write([outer]);
  expect((await late()).rows.map(({ key }) => key["span"])).toEqual(["outer"]);
  await testStore.write([inner]);
  const { rows, total } = await late();
  expect(rows.map(({ key }) => key["span"])).toEqual(["inner"]);
  expect(total?.values["cost"]?.value).toBeCloseTo(SMALL_USD, 12);
});

it("a call that names no model has the price, and its rates, of the call around it", async () => {
  const traceId = id(32);
  const outer = makeSpan({
    traceId,
    spanId: id(16),
    kind: "LLM",
    startTimeNs: at(0),
    endTimeNs: at(900),
    responseModel: "small",
  });
  const inner = makeSpan({
    traceId,
    spanId: id(16),
    parentSpanId: outer.spanId,
    kind: "LLM",
    startTimeNs: at(10),
    endTimeNs: at(800),
    usage: { inputTokens: 1000, outputTokens: 100 },
  });
  await testStore.write([outer, inner]);
  const cost = await getSpanCost(testStore.store.db, inner, {
    countTokens: (text) => text.length,
    prices: PRICES,
  });
  expect(cost.price).toMatchObject({ name: "small", usdPerMillionTokens: { input: 1, output: 4 } });
});

it("the calls of many odd traces add up to their summaries", async () => {
  const traces = makeTraces(150, 7).map((spans) => spans.map((span) => ({ ...span, project: "odd" })));
  await testStore.write(traces.flat());
  const { total } = await runQuery(testStore.store.db, {
    ...queryBodySchema.parse({ measures: ["cost", "tokens", "unpriced"] }),
    project: "odd",
  });
  const summaries = traces.map(summaryOf);
  const sum = (read: (summary: (typeof summaries)[number]) => number): number =>
    summaries.reduce((all, summary) => all + summary.sampleWeight * read(summary), 0);
  expect(total?.values["cost"]?.value).toBeCloseTo(
    sum(({ costUsd }) => costUsd ?? 0),
    6,
  );
  expect(total?.values["tokens"]?.value).toBe(
    sum(({ inputTokens, outputTokens }) => (inputTokens ?? 0) + (outputTokens ?? 0)),
  );
  expect(total?.values["unpriced"]?.value).toBe(sum(({ unpricedCount }) => unpricedCount));
});

describe("confidence", () => {
  it("of a share is Wilson's", () => {
    // 8 of 10: 0.490 to 0.943.
    const cell = shareCell({ part: 8, weight: 10, squares: 10, n: 10 });
    expect(cell.low).toBeCloseTo(0.4902, 3);
    expect(cell.high).toBeCloseTo(0.9433, 3);
    expect(shareCell({ part: 0, weight: 5, squares: 5, n: 5 }).low).toBe(0);
    expect(shareCell({ part: 0, weight: 0, squares: 0, n: 0 })).toEqual({ value: null, n: 0 });
  });

  it("of a mean is that of its standard error, wider for few", () => {
    // 1, 2, 3, 4: mean 2.5, s = 1.291, t(3) = 3.182.
    const cell = meanCell({ sum: 10, sumOfSquares: 30, weight: 4, squares: 4, n: 4 });
    expect(cell.value).toBe(2.5);
    expect(cell.high! - 2.5).toBeCloseTo((3.182 * 1.291) / 2, 1);
    expect(meanCell({ sum: 7, sumOfSquares: 49, weight: 1, squares: 1, n: 1 })).toEqual({ value: 7, n: 1 });
  });

  it("is wider when each of few stands for many", () => {
    const plain = shareCell({ part: 50, weight: 100, squares: 100, n: 100 });
    const sampled = shareCell({ part: 50, weight: 100, squares: 1000, n: 10 });
    expect(sampled.high! - sampled.low!).toBeGreaterThan(2 * (plain.high! - plain.low!));
  });
});
