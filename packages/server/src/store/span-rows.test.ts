import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { decodeTraceJson } from "@nightowl/otlp/decode/json";
import { captureFolders } from "@nightowl/otlp/normalise/expectations.fixture";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import type { Span } from "@nightowl/model/span/span";
import { summariseTrace } from "@nightowl/model/trace/summarise-trace";
import { spanFixture, spanIdOf } from "./span-fixture.ts";
import { startHour } from "./rows.ts";
import { spanRowOf } from "./span-rows.ts";
import { openStore } from "./store.ts";
import { tempFolder } from "./temp-folder.ts";

const folder = tempFolder();
const store = await openStore({ dataDir: folder.path });
afterAll(async () => {
  await store.close();
  folder.remove();
});

function tracesOf(spans: readonly Span[]): [Span, ...Span[]][] {
  const traces = new Map<string, [Span, ...Span[]]>();
  for (const span of spans) {
    const trace = traces.get(`${span.project} ${span.traceId}`);
    if (trace === undefined) traces.set(`${span.project} ${span.traceId}`, [span]);
    else trace.push(span);
  }
  return [...traces.values()];
}

test("the line made of a span is the one that the store answers for it", async () => {
  const captured = captureFolders().flatMap((path) =>
    decodeTraceJson(readFileSync(`${path}/request.json`)).spans.map((span) =>
      normaliseSpan(span, { project: path }),
    ),
  );
  const odd = spanFixture({
    project: "odd",
    name: "a\ud800b",
    spanId: spanIdOf(7),
    statusMessage: `  two\nlines ${"x".repeat(300)}`,
    usage: { inputTokens: 1.6, outputTokens: -1, cacheReadTokens: Number.NaN },
    cost: { source: "reported", costUsd: 1e-7 },
    timeToFirstTokenMs: 0.1 + 0.2,
    tags: ["\udc00", "ok"],
    sampleWeight: 99.5,
  });
  for (const spans of [captured, [odd]]) await store.writeSpans(spans);
  let facts = 0;
  for (const spans of tracesOf([...captured, odd])) {
    const [{ project, traceId }] = spans;
    const hours = spans.map(({ startTimeNs }) => startHour(startTimeNs));
    const [firstHour, lastHour] = [Math.min(...hours), Math.max(...hours)];
    const extent = { project, traceId, firstHour, lastHour, spanCount: spans.length };
    const [trace] = await store.readTraces(project, [extent]);
    for (const span of spans) {
      // What a search found is not in columns: it is read from the span again.
      const { retrieval: _retrieval, ...row } = spanRowOf(span);
      expect(row).toEqual(trace?.rows.find((answered) => answered.spanId === span.spanId));
      if (row.call?.promptTokens) facts++;
    }
  }
  expect(facts).toBeGreaterThan(50);
}, 120_000);

test("the tokens of a tool loop count once where its last call tells those of all", async () => {
  const path = captureFolders().find((each) => each.endsWith("spring-ai/v1.1-chat-memory-tools")) ?? "";
  const project = "loops";
  const spans = decodeTraceJson(readFileSync(`${path}/request.json`)).spans.map((span) =>
    normaliseSpan(span, { project }),
  );
  await store.writeSpans(spans);
  const hours = spans.map(({ startTimeNs }) => startHour(startTimeNs));
  const { traceId = "" } = spans[0] ?? {};
  const extent = { firstHour: Math.min(...hours), lastHour: Math.max(...hours), spanCount: spans.length };
  const [trace] = await store.readTraces(project, [{ project, traceId, ...extent }]);
  const rows = trace?.rows ?? [];
  expect(rows.flatMap(({ kind, inputTokens }) => (kind === "LLM" ? [inputTokens] : [])).sort()).toEqual([
    1217, 1217, 2519, 2519,
  ]);
  // The answers of both turns came under the same ids, and count as those of one.
  expect(summariseTrace(rows, { project, traceId })).toMatchObject({
    inputTokens: 2519,
    outputTokens: 99,
    llmCount: 2,
  });
});

test("the line of a span that failed says in words why", () => {
  const statusMessage = "Error code: 429 - {'error': {'message': 'Too many', 'code': 'rate_limit_exceeded'}}";
  const span = spanFixture({ statusCode: "ERROR", statusMessage });
  expect(spanRowOf(span).statusMessage).toBe("Error code: 429 - Too many (rate_limit_exceeded)");
});
