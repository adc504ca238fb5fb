import { SpanStatusCode, type AttributeValue } from "@opentelemetry/api";
import { ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { initTracing, type Tracing } from "../init.ts";
import type { TracingOptions } from "../tracing-options.ts";

/** A span as a test wants to see it. */
export interface TestSpan {
  name: string;
  /** OpenInference's kind; undefined for a span that has none. */
  kind: string | undefined;
  traceId: string;
  spanId: string;
  /** Undefined for a root. */
  parentSpanId: string | undefined;
  status: "ok" | "error" | "unset";
  statusMessage: string | undefined;
  durationMs: number;
  attributes: Record<string, AttributeValue | undefined>;
  events: { name: string; attributes: Record<string, AttributeValue | undefined> }[];
  children: TestSpan[];
}

/** Keeps what it is sent, in memory, whole: nothing leaves the process. */
export class InMemoryExporter implements SpanExporter {
  #spans: ReadableSpan[] = [];

  export(spans: ReadableSpan[], done: (result: { code: ExportResultCode }) => void): void {
    this.#spans.push(...spans);
    done({ code: ExportResultCode.SUCCESS });
  }

  /** The spans as OpenTelemetry has them, in the order in which they ended. */
  readableSpans(): readonly ReadableSpan[] {
    return this.#spans;
  }

  /** Every span, in the order of their starts. `children` of each are in it too. */
  spans(): TestSpan[] {
    const spans = inOrder(this.#spans).map(toTestSpan);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    for (const span of spans) byId.get(span.parentSpanId ?? "")?.children.push(span);
    return spans;
  }

  /** The spans that have no parent here: each with its tree. */
  roots(): TestSpan[] {
    const ids = new Set(this.#spans.map((span) => span.spanContext().spanId));
    return this.spans().filter(({ parentSpanId }) => parentSpanId === undefined || !ids.has(parentSpanId));
  }

  /** The one span of this name. Throws when there is none, or more than one, and says which there are. */
  span(name: string): TestSpan {
    const spans = this.spans();
    const [found, ...others] = spans.filter((span) => span.name === name);
    if (found !== undefined && others.length === 0) return found;
    const names = spans.map((span) => span.name).join(", ") || "none";
    throw new Error(`${found ? others.length + 1 : "no"} spans are called "${name}"; there are: ${names}`);
  }

  reset(): void {
    this.#spans = [];
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * Tracing for a test: spans stay in memory, and nothing is sent. As `initTracing` it works once in a process; call
 * `exporter.reset()` between tests, and `await tracing.flush()` before looking.
 */
export function initTestTracing(options: TracingOptions = {}): {
  tracing: Tracing;
  exporter: InMemoryExporter;
} {
  const exporter = new InMemoryExporter();
  const tracing = initTracing({
    endpoint: false,
    ...options,
    exporters: [exporter, ...(options.exporters ?? [])],
  });
  return { tracing, exporter };
}

function toTestSpan(span: ReadableSpan): TestSpan {
  const { traceId, spanId } = span.spanContext();
  const kind = span.attributes["openinference.span.kind"];
  const { code, message } = span.status;
  return {
    name: span.name,
    kind: typeof kind === "string" ? kind : undefined,
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    status: code === SpanStatusCode.OK ? "ok" : code === SpanStatusCode.ERROR ? "error" : "unset",
    statusMessage: message,
    durationMs: span.duration[0] * 1000 + span.duration[1] / 1e6,
    attributes: span.attributes,
    events: span.events.map((event) => ({ name: event.name, attributes: event.attributes ?? {} })),
    children: [],
  };
}

/** By start, which is exact to the millisecond only: within one, parents come before their children. */
function inOrder(spans: readonly ReadableSpan[]): ReadableSpan[] {
  const byId = new Map(spans.map((span) => [span.spanContext().spanId, span]));
  const depthOf = (span: ReadableSpan | undefined): number =>
    span === undefined ? 0 : 1 + depthOf(byId.get(span.parentSpanContext?.spanId ?? ""));
  return spans
    .map((span) => ({ span, depth: depthOf(span) }))
    .toSorted(
      ({ span: a, depth: depthA }, { span: b, depth: depthB }) =>
        a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1] || depthA - depthB,
    )
    .map(({ span }) => span);
}
