/**
 * Claim: the store takes 20,000 spans a second on two cores.
 *
 * Spans per second from Span objects to the disk, through ingest's group commit: what the store can take when
 * nothing else is in its way. Spans are model calls of about 2 KB on the wire, ten to a trace, sent by many
 * clients at a time.
 *
 *     UV_THREADPOOL_SIZE=16 npx tsx bench/ingest-store.ts [--spans 100000] [--clients 32] [--batch 100] [--summaries]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Span } from "@nightowl/model/span/span";
import { createIngest } from "../packages/server/src/ingest/ingest.ts";
import { createSummariser } from "../packages/server/src/ingest/summarise.ts";
import { toRows } from "../packages/server/src/store/rows.ts";
import { spanFixture, spanIdOf, traceIdOf } from "../packages/server/src/store/span-fixture.ts";
import { openStore } from "../packages/server/src/store/store.ts";

const { values } = parseArgs({
  options: {
    spans: { type: "string", default: "100000" },
    clients: { type: "string", default: "32" },
    batch: { type: "string", default: "100" },
    summaries: { type: "boolean", default: false },
  },
});
const spanCount = Number(values.spans);
const clients = Number(values.clients);
const batchSize = Number(values.batch);

const WORDS =
  "the order you asked about left our warehouse in Ghent on Tuesday and it should be with you before the weekend unless the carrier is late again which happens more often in autumn please check the tracking page or reply to this message with your postal code".split(
    " ",
  );
let seed = 1;
function random(below: number): number {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed % below;
}
function prose(length: number): string {
  let text = "";
  while (text.length < length) text += `${WORDS[random(WORDS.length)]}${random(10) === 0 ? ".\n" : " "}`;
  return text.slice(0, length);
}

const startNs = BigInt(Date.now() - 60_000) * 1_000_000n;

/** Contents are used again, so that the figures are the store's and not those of a heap full of test data. */
const POOL = 4_000;
const pool = Array.from({ length: POOL }, (_, n) => content(n));

function modelCall(n: number): Span {
  const start = startNs + BigInt(n) * 1_000n;
  return Object.assign({}, pool[n % POOL], {
    traceId: traceIdOf((Math.floor(n / 10) * 2_654_435_761) % 4_294_967_296),
    spanId: spanIdOf(n * 7919),
    parentSpanId: n % 10 === 0 ? "" : spanIdOf((n - (n % 10)) * 7919),
    startTimeNs: String(start),
    endTimeNs: String(start + 900_000_000n),
  });
}

function content(n: number): Span {
  const question = prose(500);
  const answer = prose(500);
  return spanFixture({
    name: "ChatCompletion",
    kind: "LLM",
    attributes: {
      "openinference.span.kind": "LLM",
      "llm.model_name": "gpt-4o-mini",
      "llm.provider": "openai",
      "llm.invocation_parameters": '{"temperature":0.2,"max_tokens":512}',
      "llm.input_messages.0.message.role": "system",
      "llm.input_messages.0.message.content": "You answer questions about orders, briefly.",
      "llm.input_messages.1.message.role": "user",
      "llm.input_messages.1.message.content": question,
      "llm.output_messages.0.message.role": "assistant",
      "llm.output_messages.0.message.content": answer,
      "llm.token_count.prompt": 131,
      "llm.token_count.completion": 122,
      "input.value": JSON.stringify({ messages: [{ role: "user", content: question.slice(0, 300) }] }),
      "input.mime_type": "application/json",
      "session.id": `session-${n % 500}`,
      "user.id": `user-${n % 90}`,
    },
    provider: "openai",
    requestModel: "gpt-4o-mini",
    responseModel: "gpt-4o-mini-2024-07-18",
    finishReasons: ["stop"],
    usage: { inputTokens: 131, outputTokens: 122 },
    cost: { source: "unpriced" },
    sessionId: `session-${n % 500}`,
    userId: `user-${n % 90}`,
    inputMessages: [{ role: "user", parts: [{ type: "text", text: question }] }],
    outputMessages: [{ role: "assistant", parts: [{ type: "text", text: answer }] }],
  });
}

function modelCalls(from: number, count: number): Span[] {
  return Array.from({ length: count }, (_, i) => modelCall(from + i));
}

const dataDir = mkdtempSync(join(tmpdir(), "nightowl-bench-"));
try {
  const store = await openStore({ dataDir });
  const summariser = createSummariser({ store });
  await summariser.recover();
  const ingest = createIngest({
    store,
    ...(values.summaries ? { onWritten: summariser.markWritten } : {}),
  });
  const serialiseMs = timed(() => {
    for (let i = 0; i < 20_000; i += batchSize) toRows(modelCalls(i, batchSize), 1n);
  });

  let next = 0;
  const waits: number[] = [];
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (next < spanCount) {
        const from = next;
        next += batchSize;
        const submittedAt = performance.now();
        await ingest.submit(modelCalls(from, Math.min(batchSize, spanCount - from)));
        waits.push(performance.now() - submittedAt);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const used = process.cpuUsage(cpu);
  const [row] = await store.db.query<{ n: string; bytes: string }>(
    `SELECT (SELECT count() FROM spans FINAL) AS n, (SELECT sum(bytes_on_disk) FROM system.parts
     WHERE active AND table = 'spans') AS bytes`,
  );
  if (Number(row?.n) !== spanCount) throw new Error(`${row?.n} of ${spanCount} spans are there`);
  waits.sort((a, b) => a - b);
  console.log({
    spansPerSecond: Math.round(spanCount / seconds),
    cpuMicrosecondsPerSpan: Math.round((used.user + used.system) / spanCount),
    serialiseMicrosecondsPerSpan: Math.round(serialiseMs / 20),
    groups: ingest.stats().groups,
    acknowledgedP50Ms: Math.round(waits[waits.length >> 1] ?? 0),
    acknowledgedP99Ms: Math.round(waits[Math.floor(waits.length * 0.99)] ?? 0),
    bytesOnDiskPerSpan: Math.round(Number(row?.bytes) / spanCount),
    residentMiB: Math.round(process.memoryUsage().rss / 2 ** 20),
  });
  await ingest.close();
  await summariser.close();
  await store.close();
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}

function timed(work: () => void): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}
