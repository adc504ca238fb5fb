import type { Random } from "./random.ts";

type Value = string | number | boolean | string[];
export type Attributes = Record<string, Value | undefined>;

/** A span as OTLP/JSON writes it; only what made-up traces need. */
export interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: unknown }[];
  events: { name: string; timeUnixNano: string; attributes: { key: string; value: unknown }[] }[];
  links: { traceId: string; spanId: string }[];
  status: { code: number; message?: string };
}

/** Who sends a trace: becomes the resource's attributes. */
export interface Sender {
  service: string;
  version: string;
  environment: string;
  project?: string;
}

/** One trace in the making: spans share its id and its sender. */
export interface TraceDraft {
  random: Random;
  traceId: string;
  /** Where the trace begins, Unix milliseconds. */
  startMs: number;
  sender: Sender;
  scope: { name: string; version: string };
  spans: OtlpSpan[];
  /** What it says of documents of other traces: no convention for spans has a place for that. */
  documentVerdicts?: DocumentVerdict[];
}

/** Whether a document that a search found helps to answer. */
export interface DocumentVerdict {
  spanId: string;
  /** From 0, in the order in which they were found. */
  position: number;
  score: number;
  label: "relevant" | "partially relevant" | "irrelevant";
  explanation: string;
}

export interface SpanDraft {
  /** From {@link newSpanId}, where children are added before their parent; else one is made. */
  spanId?: string;
  name: string;
  parentSpanId?: string;
  /** OTLP's number of the kind; `INTERNAL` unless told. */
  otelKind?: number;
  /** Milliseconds after the trace's start. */
  startMs: number;
  durationMs: number;
  attributes: Attributes;
  events?: { name: string; atMs: number; attributes?: Attributes }[];
  links?: { traceId: string; spanId: string }[];
  /** `OK` unless told; an error wins. */
  status?: "OK" | "UNSET";
  /** Recorded as an exception when the span ends. */
  error?: SpanError;
}

export interface SpanError {
  type: string;
  message: string;
  stacktrace?: string;
}

const INTERNAL = 1;
/** A span that answers a request from outside. */
export const SERVER = 2;
const STATUS_CODES = { UNSET: 0, OK: 1, ERROR: 2 };

export function newSpanId({ random }: Pick<TraceDraft, "random">): string {
  return random.hex(16);
}

/** Adds a span to the trace and returns its id. */
export function addSpan(trace: TraceDraft, draft: SpanDraft): string {
  const spanId = draft.spanId ?? newSpanId(trace);
  const at = (ms: number): string => toNs(trace.startMs + ms);
  const endMs = draft.startMs + draft.durationMs;
  const events = (draft.events ?? []).map(({ name, atMs, attributes }) => ({
    name,
    timeUnixNano: at(atMs),
    attributes: toKeyValues(attributes ?? {}),
  }));
  if (draft.error) {
    const { type, message, stacktrace } = draft.error;
    events.push({
      name: "exception",
      timeUnixNano: at(endMs),
      attributes: toKeyValues({
        "exception.type": type,
        "exception.message": message,
        "exception.stacktrace": stacktrace,
      }),
    });
  }
  trace.spans.push({
    traceId: trace.traceId,
    spanId,
    ...(draft.parentSpanId === undefined ? {} : { parentSpanId: draft.parentSpanId }),
    name: draft.name,
    kind: draft.otelKind ?? INTERNAL,
    startTimeUnixNano: at(draft.startMs),
    endTimeUnixNano: at(endMs),
    attributes: toKeyValues({ ...draft.attributes, "error.type": draft.error?.type }),
    events,
    links: draft.links ?? [],
    status: draft.error
      ? { code: STATUS_CODES.ERROR, message: draft.error.message }
      : { code: STATUS_CODES[draft.status ?? "OK"] },
  });
  return spanId;
}

/** A trace as one ResourceSpans of an export request. */
export function toResourceSpans({ sender, scope, spans }: TraceDraft): unknown {
  return {
    resource: {
      attributes: toKeyValues({
        "service.name": sender.service,
        "service.version": sender.version,
        "deployment.environment.name": sender.environment,
        "telemetry.sdk.language": "nodejs",
        "openinference.project.name": sender.project,
      }),
    },
    scopeSpans: [{ scope, spans }],
  };
}

function toKeyValues(values: Attributes): { key: string; value: unknown }[] {
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
