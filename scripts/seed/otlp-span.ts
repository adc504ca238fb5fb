import type { Random } from "./random.ts";

type Value = string | number | boolean | string[];

/** A span as OTLP/JSON writes it; only what the demonstration data needs. */
export interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: unknown[];
  events: { name: string; timeUnixNano: string; attributes: unknown[] }[];
  status: { code: number; message?: string };
}

/** One trace in the making: spans share its id, and time passes as they are added. */
export interface TraceDraft {
  random: Random;
  traceId: string;
  /** Where the trace begins, Unix milliseconds. */
  startMs: number;
  service: string;
  scope: string;
  project?: string;
  spans: OtlpSpan[];
}

export interface SpanDraft {
  name: string;
  parentSpanId?: string;
  /** Milliseconds after the trace's start. */
  startMs: number;
  durationMs: number;
  attributes: Record<string, Value | undefined>;
  events?: { name: string; atMs: number; attributes?: Record<string, Value> }[];
  error?: { type: string; message: string; stacktrace?: string };
}

const [INTERNAL, STATUS_UNSET, STATUS_OK, STATUS_ERROR] = [1, 0, 1, 2];

/** Adds a span to the trace and returns its id. */
export function addSpan(trace: TraceDraft, draft: SpanDraft): string {
  const spanId = trace.random.hex(16);
  const at = (ms: number): string => toNs(trace.startMs + ms);
  const events = (draft.events ?? []).map(({ name, atMs, attributes }) => ({
    name,
    timeUnixNano: at(atMs),
    attributes: toAttributes(attributes ?? {}),
  }));
  if (draft.error) {
    events.push({
      name: "exception",
      timeUnixNano: at(draft.startMs + draft.durationMs),
      attributes: toAttributes({
        "exception.type": draft.error.type,
        "exception.message": draft.error.message,
        "exception.stacktrace": draft.error.stacktrace,
      }),
    });
  }
  trace.spans.push({
    traceId: trace.traceId,
    spanId,
    ...(draft.parentSpanId === undefined ? {} : { parentSpanId: draft.parentSpanId }),
    name: draft.name,
    kind: INTERNAL,
    startTimeUnixNano: at(draft.startMs),
    endTimeUnixNano: at(draft.startMs + draft.durationMs),
    attributes: toAttributes(draft.attributes),
    events,
    status: draft.error
      ? { code: STATUS_ERROR, message: draft.error.message }
      : { code: draft.attributes["gen_ai.operation.name"] === undefined ? STATUS_OK : STATUS_UNSET },
  });
  return spanId;
}

/** Traces of one service → ResourceSpans. */
export function toResourceSpans(traces: readonly TraceDraft[]): unknown[] {
  return traces.map((trace) => ({
    resource: {
      attributes: toAttributes({
        "service.name": trace.service,
        "service.version": "2.3.1",
        "deployment.environment.name": trace.random.chance(0.15) ? "staging" : "production",
        "telemetry.sdk.language": "nodejs",
        "openinference.project.name": trace.project,
      }),
    },
    scopeSpans: [{ scope: { name: trace.scope, version: "1.4.0" }, spans: trace.spans }],
  }));
}

function toAttributes(values: Record<string, Value | undefined>): unknown[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: toAnyValue(value) }],
  );
}

function toAnyValue(value: Value): unknown {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") {
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  return { arrayValue: { values: value.map(toAnyValue) } };
}

/** Milliseconds, with a fraction → nanoseconds as a decimal string. */
function toNs(ms: number): string {
  const whole = Math.floor(ms);
  return String(BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6)));
}
