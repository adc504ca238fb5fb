import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Span } from "@nightowl/model/span/span";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import { createRetention } from "../store/retention.ts";
import { NOON_NS, spanFixture, spanIdOf, traceIdOf } from "../store/span-fixture.ts";
import { openStore, type Store } from "../store/store.ts";
import { tempFolder } from "../store/temp-folder.ts";
import { backfillRetrievals } from "./backfill-retrievals.ts";
import { createIngest } from "./ingest.ts";
import { createSummariser, type Summariser } from "./summarise.ts";

const WARM = "Boots tried on indoors count as unused.";
const COLD = "Fuel is a dangerous good and is not shipped.";

let folder: ReturnType<typeof tempFolder>;
let store: Store;
let summariser: Summariser;

beforeEach(async () => {
  folder = tempFolder();
  store = await openStore({ dataDir: folder.path });
  summariser = createSummariser({ store });
  await summariser.recover();
});
afterEach(async () => {
  await summariser.close();
  await store.close();
  folder.remove();
});

/** As a client sends it: what is read of it is read by the dialects. */
function span(n: number, kind: string, attributes: Span["attributes"], startNs = NOON_NS + BigInt(n)): Span {
  const wire = spanFixture({
    traceId: traceIdOf(1),
    spanId: spanIdOf(n),
    parentSpanId: n === 1 ? "" : spanIdOf(1),
    name: `step ${n}`,
    startTimeNs: String(startNs),
    endTimeNs: String(startNs + 1_000_000n),
    attributes: { "openinference.span.kind": kind, ...attributes },
  });
  return normaliseSpan(wire, { project: "shop" });
}

const found = (texts: readonly string[], prefix = "retrieval.documents"): Span["attributes"] =>
  Object.fromEntries(
    texts.flatMap((text, index) => [
      [`${prefix}.${index}.document.content`, text],
      [`${prefix}.${index}.document.id`, `doc-${text.slice(0, 4)}`],
      [`${prefix}.${index}.document.score`, 0.9 - index / 10],
    ]),
  );

const SEARCH = span(2, "RETRIEVER", { "input.value": "boots?", ...found([WARM, COLD]) });
const RERANK = span(3, "RERANKER", {
  "reranker.query": "boots?",
  ...found([WARM, COLD], "reranker.input_documents"),
  ...found([COLD, WARM], "reranker.output_documents"),
});
const ANSWER = span(4, "LLM", {
  "llm.output_messages.0.message.role": "assistant",
  "llm.output_messages.0.message.content": "Yes: boots tried on indoors count as unused.",
});

async function receive(...spans: Span[]): Promise<void> {
  const ingest = createIngest({ store, onWritten: summariser.markWritten });
  await ingest.submit(spans);
  await ingest.close();
  await summariser.settle();
}

const retrievals = () =>
  store.db.query<{ used: number[]; answer_span_id: string }>(
    `SELECT span_id, counted, retriever, query, answer_span_id, length(documents) AS n, scores, ranks_before, used
     FROM retrievals FINAL ORDER BY span_id`,
  );

describe("the searches of a trace", () => {
  test("are rows, with what they found, how it moved and what was used of it", async () => {
    await receive(SEARCH, RERANK, ANSWER);
    expect(await retrievals()).toEqual([
      {
        span_id: spanIdOf(2),
        counted: true,
        retriever: "step 2",
        query: "boots?",
        answer_span_id: spanIdOf(4),
        n: "2",
        scores: [0.9, 0.8],
        ranks_before: [0, 0],
        used: [1, 0],
      },
      {
        span_id: spanIdOf(3),
        counted: true,
        retriever: "step 3",
        query: "boots?",
        answer_span_id: spanIdOf(4),
        n: "2",
        scores: [0.9, 0.8],
        ranks_before: [2, 1],
        used: [0, 1],
      },
    ]);
    const documents = await store.db.query("SELECT id, preview FROM documents FINAL ORDER BY id");
    expect(documents).toEqual([
      { id: "doc-Boot", preview: WARM },
      { id: "doc-Fuel", preview: COLD },
    ]);
  });

  test("know what was used when the answer comes later, before them, or is read from the store", async () => {
    await receive(SEARCH);
    expect((await retrievals()).map(({ used }) => used)).toEqual([[-1, -1]]);
    await receive(ANSWER);
    const later = await retrievals();
    expect(later.map(({ used }) => used)).toEqual([[1, 0]]);
    await summariser.resummarise([
      { project: "shop", traceId: traceIdOf(1), firstHour: 0, lastHour: 2 ** 31, spanCount: 2 },
    ]);
    expect(await retrievals()).toEqual(later);
    await summariser.close();
    await store.close();
    folder.remove();
    folder = tempFolder();
    store = await openStore({ dataDir: folder.path });
    summariser = createSummariser({ store });
    await summariser.recover();
    await receive(ANSWER);
    await receive(SEARCH);
    expect(await retrievals()).toEqual(later);
  });

  test("are those of tools too, whose results look like documents", async () => {
    const result = JSON.stringify({ results: [{ id: "a", text: WARM, score: 0.7 }] });
    await receive(
      span(2, "TOOL", {
        "tool.name": "search_docs",
        "input.value": '{"query":"boots?"}',
        "output.value": result,
      }),
      ANSWER,
    );
    expect(await retrievals()).toMatchObject([
      { retriever: "search_docs", query: "boots?", n: "1", scores: [0.7], used: [1] },
    ]);
  });

  test("of before there was a table for them are taken in, once", async () => {
    await receive(SEARCH, ANSWER);
    await store.db.command("DELETE FROM retrievals WHERE true");
    await store.db.command(
      "INSERT INTO schema_migrations SELECT id, checksum, now64(3) + 60 FROM schema_migrations FINAL WHERE id = '0007-retrievals'",
    );
    await store.db.command(
      "DELETE FROM schema_migrations WHERE id = '0007-retrievals' AND applied_at < now64(3)",
    );
    const options = { store, resummarise: summariser.resummarise, isStopped: () => false };
    expect(await backfillRetrievals(options)).toBe(1);
    expect((await retrievals()).map(({ used }) => used)).toEqual([[1, 0]]);
    expect(await backfillRetrievals(options)).toBe(0);
  });

  test("go with retention, and so do the documents", async () => {
    const day = 86_400_000_000_000n;
    await receive(span(2, "RETRIEVER", found([WARM]), NOON_NS - 9n * day), {
      ...span(3, "RETRIEVER", found([COLD]), NOON_NS),
      traceId: traceIdOf(2),
    });
    const retention = createRetention({
      store,
      days: 7,
      resummarise: summariser.resummarise,
      nowMs: () => Number(NOON_NS / 1_000_000n),
    });
    await retention.run();
    await retention.close();
    expect(await retrievals()).toMatchObject([{ n: "1", retriever: "step 3" }]);
    expect(await store.db.query("SELECT preview FROM documents FINAL")).toEqual([{ preview: COLD }]);
  });
});
