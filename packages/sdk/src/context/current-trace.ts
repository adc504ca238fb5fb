import { isSpanContextValid, trace } from "@opentelemetry/api";

/** The id of the trace that the running code is in, 32 hex digits, or undefined outside of any. */
export function currentTraceId(): string | undefined {
  return currentIds()?.traceId;
}

/** The ids of the active span, or undefined outside of any: what `recordFeedback` takes. */
export function currentIds(): { traceId: string; spanId: string } | undefined {
  const active = trace.getActiveSpan()?.spanContext();
  if (active === undefined || !isSpanContextValid(active)) return undefined;
  return { traceId: active.traceId, spanId: active.spanId };
}
