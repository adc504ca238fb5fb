import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { decodeTraceJson } from "@nightowl/otlp/decode/json";
import { captureFolders } from "@nightowl/otlp/normalise/expectations.fixture";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import { spanFixture, spanIdOf } from "./span-fixture.ts";
import { SPAN_ROW_COLUMNS, spanRowOf, toSpanRow, type SpanRowColumns } from "./span-rows.ts";
import { openStore } from "./store.ts";
import { tempFolder } from "./temp-folder.ts";

const folder = tempFolder();
const store = await openStore({ dataDir: folder.path });
afterAll(async () => {
  await store.close();
  folder.remove();
});

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
  const rows = await store.db.queryArrays<[string, ...SpanRowColumns]>(
    `SELECT concat(project, trace_id, span_id), ${SPAN_ROW_COLUMNS.join(", ")} FROM spans FINAL`,
  );
  const answered = new Map(rows.map(([key, ...columns]) => [key, toSpanRow(columns)]));
  expect(answered.size).toBe(captured.length + 1);
  for (const span of [...captured, odd]) {
    expect(spanRowOf(span)).toEqual(answered.get(span.project + span.traceId + span.spanId));
  }
});
