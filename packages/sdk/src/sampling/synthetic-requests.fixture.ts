import {
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type Tracer,
} from "@opentelemetry/api";
import { TracerProvider, type ReadableSpan, type SpanProcessor } from "@opentelemetry/sdk-trace";

/** Totals over requests, as counted by who sent them or as estimated from what was kept. */
export interface Totals {
  requests: number;
  tokens: number;
  costUsd: number;
}

export interface SyntheticRequest {
  traceId: string;
  fate: "failed" | "slow" | "ordinary";
  tokens: number;
  costUsd: number;
}

const SPANS_OF_A_REQUEST = 5;
const OPEN_AT_ONCE = 50;
const SLOW_MS = 10_000;

/** A small pseudo-random generator (mulberry32): the same numbers for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Requests of an AI service, many open at a time, 1 % of them failed and 1 % slow. Each is a trace of five spans:
 * the request, an agent, a tool and two model calls with tokens and a cost, skewed as real ones are.
 * Calls `onRequest` after each, which may wait. The same requests, with the same trace ids, for the same seed.
 */
export async function sendSyntheticRequests(
  processor: SpanProcessor,
  {
    count,
    seed,
    onRequest,
  }: { count: number; seed: number; onRequest?: (index: number) => void | Promise<void> },
): Promise<SyntheticRequest[]> {
  const random = createRandom(seed);
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join("");
  const tracer = new TracerProvider({
    spanProcessors: [processor],
    idGenerator: { generateTraceId: () => hex(32), generateSpanId: () => hex(16) },
  }).getTracer("synthetic");
  const requests: SyntheticRequest[] = [];
  const open: (() => void)[] = [];
  for (let index = 0; index < count; index++) {
    const luck = random();
    const fate = luck < 0.01 ? "failed" : luck < 0.02 ? "slow" : "ordinary";
    const { request, end } = startRequest(tracer, fate, random);
    requests.push(request);
    open.push(end);
    if (open.length >= OPEN_AT_ONCE) open.splice(Math.floor(random() * open.length), 1)[0]?.();
    await onRequest?.(index);
  }
  for (const end of open) end();
  return requests;
}

function startRequest(
  tracer: Tracer,
  fate: SyntheticRequest["fate"],
  random: () => number,
): { request: SyntheticRequest; end: () => void } {
  const startMs = 1_700_000_000_000;
  const durationMs = fate === "slow" ? SLOW_MS + random() * 20_000 : 200 + random() * 5000;
  const start = (name: string, parent: Context): { span: Span; context: Context } => {
    const span = tracer.startSpan(name, { startTime: startMs }, parent);
    return { span, context: trace.setSpan(parent, span) };
  };
  const root = start("POST /ask", ROOT_CONTEXT);
  const agent = start("agent.run", root.context);
  const children = ["llm.chat", "tool.search_docs", "llm.chat"].map(
    (name) => start(name, agent.context).span,
  );
  let [tokens, costUsd] = [0, 0];
  for (const child of children) {
    if (child !== children[1]) {
      const used = Math.round(200 * Math.exp(random() + random() + random()));
      child.setAttributes({ "llm.token_count.total": used, "llm.cost.total": used * 2e-6 });
      tokens += used;
      costUsd += used * 2e-6;
    }
    if (fate === "failed" && child === children[1]) child.setStatus({ code: SpanStatusCode.ERROR });
    child.end(startMs + durationMs / 3);
  }
  const { traceId } = root.span.spanContext();
  return {
    request: { traceId, fate, tokens, costUsd },
    end: () => {
      agent.span.end(startMs + durationMs - 1);
      root.span.end(startMs + durationMs);
    },
  };
}

/** Counts what comes out of the sampler as Nightowl would: each span times its weight. Keeps no span. */
export class Estimate implements SpanProcessor {
  readonly totals: Totals = { requests: 0, tokens: 0, costUsd: 0 };
  readonly #spansOfTrace = new Map<string, number>();

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    const { traceId } = span.spanContext();
    this.#spansOfTrace.set(traceId, (this.#spansOfTrace.get(traceId) ?? 0) + 1);
    const { attributes } = span;
    const weight = Number(attributes["nightowl.sample_weight"] ?? 1);
    if (span.name === "POST /ask") this.totals.requests += weight;
    this.totals.tokens += weight * Number(attributes["llm.token_count.total"] ?? 0);
    this.totals.costUsd += weight * Number(attributes["llm.cost.total"] ?? 0);
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}

  isWhole(traceId: string): boolean {
    return this.#spansOfTrace.get(traceId) === SPANS_OF_A_REQUEST;
  }

  isAbsent(traceId: string): boolean {
    return !this.#spansOfTrace.has(traceId);
  }
}

export function sumOf(requests: readonly SyntheticRequest[]): Totals {
  return {
    requests: requests.length,
    tokens: requests.reduce((sum, { tokens }) => sum + tokens, 0),
    costUsd: requests.reduce((sum, { costUsd }) => sum + costUsd, 0),
  };
}
