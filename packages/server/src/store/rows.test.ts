import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Attributes, AttributeValue } from "@nightowl/model/span/attributes";
import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import type { Span, WireSpan } from "@nightowl/model/span/span";
import { fromRow, startHour, toRows, WIRE_SPAN_COLUMNS, type WireSpanRow } from "./rows.ts";
import { NOON_NS, spanFixture, spanIdOf } from "./span-fixture.ts";
import { openStore, type Store } from "./store.ts";
import { tempFolder } from "./temp-folder.ts";
import { fromTraceRow, TRACE_SUMMARY_COLUMNS, type TraceRow } from "./trace-rows.ts";

let store: Store;
const folder = tempFolder();
beforeAll(async () => void (store = await openStore({ dataDir: folder.path })));
afterAll(async () => {
  await store.close();
  folder.remove();
});

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "",
    "\0",
    "a\0b",
    "'; DROP TABLE spans; --",
    "-- { serverError X }",
    "\\N",
    "\u2028",
    "💥\n\t",
  ),
);
const anyKey = fc.oneof(anyText, fc.constantFrom("__proto__", "constructor", "a.0.b", "1", "x".repeat(300)));
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const timeNs = fc.oneof(
  fc.constantFrom("0", "1", "9223372036854775807", "9214646400000000000", String(NOON_NS)),
  fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String),
);
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n));
const anyValue = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthIdentifier: "value" },
    anyText,
    fc.boolean(),
    fc.constant(null),
    finite,
    fc.constantFrom<AttributeValue>(
      { "@int": "9007199254740993" },
      { "@double": "NaN" },
      { "@bytes": "AAE=" },
    ),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(anyText, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
const anyAttributes: fc.Arbitrary<Attributes> = fc.dictionary(anyKey, anyValue, {
  maxKeys: 6,
  noNullPrototype: true,
});
const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
const anyWireSpan: fc.Arbitrary<WireSpan> = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  parentSpanId: fc.oneof(fc.constant(""), hex(16)),
  traceState: anyText,
  flags: uint32,
  name: anyText,
  otelKind: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  startTimeNs: timeNs,
  endTimeNs: timeNs,
  attributes: anyAttributes,
  droppedAttributesCount: uint32,
  events: fc.array(
    fc.record({ name: anyText, timeNs, attributes: anyAttributes, droppedAttributesCount: uint32 }),
    { maxLength: 3 },
  ),
  droppedEventsCount: uint32,
  links: fc.array(
    fc.record({
      traceId: hex(32),
      spanId: hex(16),
      traceState: anyText,
      attributes: anyAttributes,
      droppedAttributesCount: uint32,
      flags: uint32,
    }),
    { maxLength: 2 },
  ),
  droppedLinksCount: uint32,
  statusCode: fc.constantFrom("UNSET", "OK", "ERROR"),
  statusMessage: anyText,
  resource: fc.record({
    attributes: anyAttributes,
    droppedAttributesCount: uint32,
    entityRefs: fc.array(
      fc.record({
        schemaUrl: anyText,
        type: anyText,
        idKeys: fc.array(anyText, { maxLength: 2 }),
        descriptionKeys: fc.array(anyText, { maxLength: 2 }),
      }),
      { maxLength: 2 },
    ),
    schemaUrl: anyText,
  }),
  scope: fc.record({
    name: anyText,
    version: anyText,
    attributes: anyAttributes,
    droppedAttributesCount: uint32,
    schemaUrl: anyText,
  }),
  notes: fc.array(fc.record({ code: anyText, message: anyText }), { maxLength: 2 }),
});

let project = 0;

/** Writes spans to a project of their own and reads them back in the same order. */
async function roundTrip(spans: readonly Span[]): Promise<WireSpan[]> {
  const name = `round trip ${project++}`;
  await store.writeSpans(spans.map((span) => Object.assign({}, span, { project: name })));
  const rows = await store.db.query<WireSpanRow>(
    `SELECT ${WIRE_SPAN_COLUMNS.join(", ")} FROM spans FINAL WHERE project = {name:String} ORDER BY span_id`,
    { name },
  );
  return rows.map(fromRow);
}

describe("span rows", () => {
  test("any wire span comes back as it was", { timeout: 120_000 }, async () => {
    const anyBatch = fc.uniqueArray(anyWireSpan, { minLength: 1, maxLength: 20, selector: (s) => s.spanId });
    await fc.assert(
      fc.asyncProperty(anyBatch, async (batch) => {
        const sorted = [...batch].sort((a, b) => (a.spanId < b.spanId ? -1 : 1));
        expect(await roundTrip(sorted.map((span) => spanFixture(span)))).toEqual(sorted);
      }),
      { numRuns: 40 },
    );
  });

  test("10,000 attributes and one of 20 MB come back too", async () => {
    const many: Attributes = {};
    for (let i = 0; i < 10_000; i++) many[`key.${i}.of.many`] = `value "${i}"`;
    const large = { large: 'é"\\\n'.repeat(4_000_000) };
    const [first, second] = await roundTrip([
      spanFixture({ spanId: spanIdOf(1), attributes: many }),
      spanFixture({ spanId: spanIdOf(2), attributes: large }),
    ]);
    expect(first?.attributes).toEqual(many);
    expect(second?.attributes["large"] === large.large).toBe(true);
  });

  test("a lone surrogate in a name does not cost the span", async () => {
    const [span] = await roundTrip([spanFixture({ name: "a\ud800b", attributes: { key: "\udc00" } })]);
    expect(span).toMatchObject({ name: "a\ufffdb", attributes: { key: "\udc00" } });
  });

  test("rows end where it is said", async () => {
    const name = "ends";
    const { bytes, ends } = toRows(
      [1, 2, 3].map((n) => spanFixture({ project: name, spanId: spanIdOf(n), name: "é".repeat(n * 50_000) })),
      1n,
    );
    expect(ends).toHaveLength(3);
    expect(ends.at(-1)).toBe(bytes.length);
    for (const [i, end] of ends.entries())
      await store.insertSpanRows(bytes.subarray(i === 0 ? 0 : ends[i - 1], end), 1);
    const rows = await store.db.query(
      "SELECT lengthUTF8(name) AS length FROM spans FINAL WHERE project = {name:String} ORDER BY span_id",
      { name },
    );
    expect(rows).toEqual([{ length: "50000" }, { length: "100000" }, { length: "150000" }]);
  });

  test("texts of every length come back, of one byte a letter and of more", async () => {
    const lengths = [
      1, 39, 40, 41, 42, 43, 63, 64, 85, 86, 127, 128, 129, 5461, 5462, 8191, 8192, 16_383, 16_384, 70_000,
    ];
    const names = lengths.flatMap((length) => ["x", "é", "世", "💥"].map((letter) => letter.repeat(length)));
    const back = await roundTrip(names.map((name, i) => spanFixture({ spanId: spanIdOf(i), name })));
    expect(back.map(({ name }) => name)).toEqual(names);
  });

  test("the hour is exact at its edges", () => {
    expect(startHour("0")).toBe(0);
    expect(startHour("1772366399999999999")).toBe(492_323);
    expect(startHour("1772366400000000000")).toBe(492_324);
  });

  test("narrow columns hold what the dialects read", async () => {
    const name = "narrow";
    await store.writeSpans([
      spanFixture({
        project: name,
        kind: "LLM",
        statusCode: "ERROR",
        error: { type: "RateLimitError", message: "slow\n  down" },
        usage: { inputTokens: 12, outputTokens: Number.NaN, cacheReadTokens: 2.4 },
        cost: { source: "reported", costUsd: 0.25 },
        inputMessages: [
          { role: "user", parts: [{ type: "text", text: `${"x".repeat(199)}💥 end` }] },
          { role: "tool", parts: [{ type: "tool_result", result: { ok: true } }] },
        ],
        outputMessages: [
          { role: "assistant", parts: [{ type: "tool_call", name: "find", arguments: { q: 1 } }] },
        ],
        attributes: {
          "http.route": "/ask",
          retries: 3,
          exact: { "@int": "9007199254740993" },
          cached: true,
          long: "x".repeat(257),
          "llm.input_messages.0.message.role": "user",
          list: ["a"],
        },
      }),
    ]);
    const [row] = await store.db.query(
      `SELECT status_message, error_type, input_tokens, output_tokens, cache_read_tokens, cost_usd,
         cost_source, input_preview, output_preview, attribute_text, full_status_message
       FROM spans FINAL WHERE project = {name:String}`,
      { name },
    );
    expect(row).toEqual({
      status_message: "slow down",
      error_type: "RateLimitError",
      input_tokens: "12",
      output_tokens: null,
      cache_read_tokens: "2",
      cost_usd: 0.25,
      cost_source: "reported",
      input_preview: `${"x".repeat(199)}…`,
      output_preview: 'find({"q":1})',
      attribute_text: { "http.route": "/ask", retries: "3", exact: "9007199254740993", cached: "true" },
      full_status_message: "",
    });
  });
});

test("a trace's summary comes back as it was", async () => {
  const summary: TraceSummary = {
    traceId: "00000000000000000000000000000001",
    project: "p '\"\\",
    name: "ask\n💥",
    kind: "AGENT",
    rootSpanId: null,
    startTimeNs: "1772366400000000001",
    endTimeNs: "9223372036854775807",
    durationMs: 0.000123,
    running: true,
    status: "ERROR",
    errorCount: 2,
    spanCount: 50_000,
    llmCount: 3,
    inputPreview: "in",
    outputPreview: "",
    errorPreview: "boom",
    inputTokens: 12,
    outputTokens: null,
    costUsd: 1e-9,
    unpricedCount: 1,
    models: ["gpt-4o", "o'3"],
    serviceName: "shop",
    environment: "prod",
    sessionId: "s",
    userId: "u",
    tags: [],
    sampleWeight: 10,
  };
  const other = {
    ...summary,
    traceId: "00000000000000000000000000000002",
    rootSpanId: "0000000000000001",
    costUsd: null,
  };
  await store.writeTraceSummaries(
    [summary, other].map((trace) => ({
      summary: trace,
      calls: [],
      retrievals: [],
      firstHour: 1,
      lastHour: 2,
    })),
    7n,
  );
  const rows = await store.db.query<TraceRow>(
    `SELECT ${TRACE_SUMMARY_COLUMNS.join(", ")} FROM traces FINAL ORDER BY trace_id`,
  );
  expect(rows.map(fromTraceRow)).toEqual([summary, other]);
  await store.deleteTraceSummaries([other]);
  expect(await store.findTraceExtents(summary.project, [summary.traceId, other.traceId])).toEqual([
    { project: summary.project, traceId: summary.traceId, firstHour: 1, lastHour: 2, spanCount: 50_000 },
  ]);
});
