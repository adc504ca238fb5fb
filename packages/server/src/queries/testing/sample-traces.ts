import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SpanRow } from "@nightowl/model/api/span-row";
import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import type { PriceBook } from "@nightowl/model/pricing/price-book";
import type { Span } from "@nightowl/model/span/span";
import { spanFixture } from "@nightowl/model/span/span.fixture";
import { summariseTrace } from "@nightowl/model/trace/summarise-trace";
import type { Ingest } from "../../ingest/group-commit.ts";
import { createIngest } from "../../ingest/ingest.ts";
import { createSummariser, type Summariser } from "../../ingest/summarise.ts";
import { openStore, type Store } from "../../store/store.ts";

/** A real store in a folder of its own, with what keeps the summaries. */
export interface TestStore {
  store: Store;
  ingest: Ingest<Span>;
  summariser: Summariser;
  /** Writes spans and waits for their summaries. */
  write(spans: readonly Span[]): Promise<void>;
  close(): Promise<void>;
}

export async function openTestStore(options: { prices?: PriceBook } = {}): Promise<TestStore> {
  const dataDir = await mkdtemp(join(tmpdir(), "nightowl-queries-"));
  const store = await openStore({ dataDir });
  const summariser = createSummariser({ store, ...options });
  await summariser.recover();
  const ingest = createIngest({ store, onWritten: (traces, at) => summariser.markWritten(traces, at) });
  return {
    store,
    ingest,
    summariser,
    async write(spans) {
      await ingest.submit(spans);
      await summariser.settle();
    },
    async close() {
      await ingest.close();
      await summariser.close();
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A span with nothing in it but what is given. */
export function makeSpan(fields: Partial<Span> & Pick<Span, "traceId" | "spanId" | "startTimeNs">): Span {
  return spanFixture({ name: "span", endTimeNs: fields.startTimeNs, project: "shop", ...fields });
}

/** A generator of numbers in [0, 1) that gives the same ones each time (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const BASE_NS = 1_795_220_650_366_000_123n;
const MODELS = ["gpt-4o", "gpt-4o-mini", "claude-sonnet-4", "o_1%x"];
const NAMES = ["answer", "Summarise 100%", "snake_case", 'it\'s "quoted"', "rührei", "back\\slash"];

/**
 * Traces of every sort: agents with model calls and tools, failures, missing roots, running spans, sampling, unknown
 * tokens and cost; over three days, some with the same start.
 */
export function makeTraces(count: number, seed = 1): Span[][] {
  const random = createRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  return Array.from({ length: count }, (_, index) => {
    const traceId = `${"e".repeat(24)}${(index + 1).toString(16).padStart(8, "0")}`;
    const startMs = index % 7 === 0 ? 5000 : Math.floor(random() * 3 * 86_400_000);
    const startNs = BASE_NS + BigInt(startMs) * 1_000_000n;
    const at = (ms: number): string => String(startNs + BigInt(Math.round(ms * 1e6)));
    const durationMs = 1 + Math.floor(random() * 8000);
    const project = index % 10 === 9 ? "other" : "shop";
    const shared = { traceId, project, serviceName: pick(["api", "worker", ""]) };
    const weight = index % 5 === 0 ? 4 : 1;
    const id = (n: number): string => (index * 100 + n + 1).toString(16).padStart(16, "0");
    const spans: Span[] = [
      makeSpan({
        ...shared,
        spanId: id(0),
        name: pick(NAMES),
        kind: "AGENT",
        startTimeNs: at(0),
        endTimeNs: index % 17 === 0 ? "0" : at(durationMs),
        sessionId: pick(["s1", "s2", ""]),
        environment: pick(["prod", "dev", ""]),
        tags: random() < 0.4 ? [pick(["beta", "eu", "a,b"])] : [],
        sampleWeight: weight,
        input: { value: pick(["what is 50% of _x_?", "where's my order", "Grüße"]), mimeType: "text/plain" },
      }),
    ];
    const calls = Math.floor(random() * 4);
    for (let n = 0; n < calls; n++) {
      const failed = random() < 0.2;
      const model = pick(MODELS);
      spans.push(
        makeSpan({
          ...shared,
          spanId: id(n * 2 + 1),
          parentSpanId: id(0),
          name: `call ${n}`,
          kind: "LLM",
          startTimeNs: at((n * durationMs) / 5),
          endTimeNs: at((n * durationMs) / 5 + 10),
          statusCode: failed ? "ERROR" : "OK",
          statusMessage: failed ? "429 Too Many Requests" : "",
          ...(failed ? { error: { type: "RateLimitError" } } : {}),
          requestModel: model,
          ...(random() < 0.5 ? { responseModel: `${model}-2024` } : {}),
          provider: pick(["openai", "anthropic"]),
          usage: failed ? {} : { inputTokens: Math.floor(random() * 3000), outputTokens: n },
          ...(random() < 0.6 && !failed
            ? { cost: { source: "reported" as const, costUsd: Math.ceil(random() * 100) / 64 } }
            : {}),
          ...(random() < 0.5 ? { userId: pick(["ann", "bob", "loadtest"]) } : {}),
          sampleWeight: weight,
          attributes: {
            "http.route": pick(["/ask", "/a'b", "{x:String}", "100%"]),
            "retry.count": n,
            "genkit:name": "x y",
          },
        }),
        makeSpan({
          ...shared,
          spanId: id(n * 2 + 2),
          parentSpanId: random() < 0.1 ? "ffffffffffffffff" : id(0),
          name: `tool_${n}`,
          kind: "TOOL",
          startTimeNs: at((n * durationMs) / 5 + 11),
          endTimeNs: at((n * durationMs) / 5 + 12),
          ...(random() < 0.7 ? { tool: { name: pick(["weather", "search"]) } } : {}),
          output: { value: "12 degrees", mimeType: "text/plain" },
          sampleWeight: weight,
        }),
      );
    }
    // Every so often the root has not arrived.
    return index % 13 === 0 && spans.length > 1 ? spans.slice(1) : spans;
  });
}

/** What the waterfall must show of a span, read off it without the store. */
export function rowOf(span: Span): SpanRow {
  const row: Record<string, unknown> = {
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    kind: span.kind,
    startTimeNs: span.startTimeNs,
    endTimeNs: span.endTimeNs,
    statusCode: span.statusCode,
    statusMessage: span.statusMessage,
    errorType: span.error?.type,
    service: span.serviceName,
    model: span.responseModel ?? span.requestModel,
    provider: span.provider,
    toolName: span.tool?.name,
    inputPreview: span.input?.value,
    outputPreview: span.output?.value,
    inputTokens: span.usage.inputTokens,
    outputTokens: span.usage.outputTokens,
    costUsd: span.cost && "costUsd" in span.cost ? span.cost.costUsd : undefined,
    costSource: span.cost?.source,
    sessionId: span.sessionId,
    userId: span.userId,
    tags: span.tags.length > 0 ? span.tags : undefined,
    environment: span.environment,
    sampleWeight: span.sampleWeight === 1 ? undefined : span.sampleWeight,
  };
  for (const key of Object.keys(row)) if (row[key] === undefined || row[key] === "") delete row[key];
  return row as SpanRow;
}

export function summaryOf(spans: Span[]): TraceSummary {
  const [first] = spans;
  if (!first) throw new Error("a trace has at least one span");
  return summariseTrace(spans.map(rowOf), { project: first.project, traceId: first.traceId });
}
