import { trace, type Context, type SpanContext } from "@opentelemetry/api";
import type { ReadableSpan, Span } from "@opentelemetry/sdk-trace";

/** What a span of OpenTelemetry 1 has where one of 2 has `parentSpanContext` and `instrumentationScope`. */
interface OlderSpan {
  parentSpanId?: string;
  instrumentationLibrary?: ReadableSpan["instrumentationScope"];
}

/** OpenTelemetry 1 does not keep whether a span's parent is in another process; its context knows at the start. */
const parents = new WeakMap<object, SpanContext>();

/** The span as OpenTelemetry 2 has it. Called when it starts. */
export function noteParent(span: Span, parentContext: Context): Span {
  if (!isOlder(span)) return span;
  const parent = trace.getSpanContext(parentContext);
  if (parent !== undefined && parent.spanId === (span as OlderSpan).parentSpanId) parents.set(span, parent);
  return toCurrent(span) as Span;
}

/** A span of an application's provider of OpenTelemetry 1 as 2 has it; any other as it is. */
export function toCurrent(span: ReadableSpan): ReadableSpan {
  if (!isOlder(span)) return span;
  return Object.create(span, {
    instrumentationScope: { value: (span as OlderSpan).instrumentationLibrary, enumerable: true },
    parentSpanContext: { value: parents.get(span), enumerable: true },
  }) as ReadableSpan;
}

function isOlder(span: ReadableSpan): boolean {
  return span.instrumentationScope === undefined;
}
