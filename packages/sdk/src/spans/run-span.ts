import {
  context,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type SpanKind,
} from "@opentelemetry/api";
import { tracer } from "../init.ts";
import { recordError } from "./record-error.ts";
import { followStream } from "./follow-stream.ts";

/** What a function in a span gives back: what the callback gave, a promise where that was one. */
export type Traced<T> = T extends PromiseLike<infer U> ? Promise<U> : T;

export interface SpanStart {
  name: string;
  /** OpenTelemetry's kind. Default: INTERNAL. */
  otelKind?: SpanKind;
  /** Asked for only when the span is recorded. */
  attributes: () => Attributes;
  /** Called with what the callback gave, before the span ends. */
  onResult?: (span: Span, result: unknown) => void;
  /** Where the callback gives a stream: called with each chunk, and once it is over. */
  onChunk?: (span: Span, chunk: unknown) => void;
  onStreamEnd?: (span: Span) => void;
}

/**
 * Runs a callback in a span of its own, as a child of the active one. The span ends when the callback returns,
 * when its promise settles, or, where it gave a stream or a generator, when that is consumed, closed or fails.
 * What it throws is recorded and thrown on. Whatever goes wrong in recording stays here.
 */
export function runSpan<T>(start: SpanStart, callback: (span: Span) => T): Traced<T> {
  const parent = context.active();
  const span = tracer().startSpan(
    start.name,
    start.otelKind === undefined ? {} : { kind: start.otelKind },
    parent,
  );
  const isRecording = span.isRecording();
  if (isRecording) attempt(() => span.setAttributes(start.attributes()));
  const own = trace.setSpan(parent, span);
  let result: T;
  try {
    result = context.with(own, callback, undefined, span);
  } catch (error) {
    fail(span, error);
    throw error;
  }
  if (!isPromiseLike(result)) return settle(start, span, own, result) as Traced<T>;
  const settled = result.then(
    (value) => settle(start, span, own, value),
    (error: unknown) => {
      fail(span, error);
      throw error;
    },
  );
  // A thenable's own `then` may give a thenable again, without `catch` and `finally`.
  return (settled instanceof Promise ? settled : Promise.resolve(settled)) as Traced<T>;
}

function settle(start: SpanStart, span: Span, own: Context, value: unknown): unknown {
  let followed: { value: unknown } | undefined;
  attempt(() => {
    followed = followStream(value, {
      context: own,
      onChunk: (chunk) => attempt(() => start.onChunk?.(span, chunk)),
      onEnd: () => {
        attempt(() => start.onStreamEnd?.(span));
        succeed(span);
      },
      onError: (error) => {
        attempt(() => start.onStreamEnd?.(span));
        fail(span, error);
      },
    });
  });
  if (followed !== undefined) return followed.value;
  if (span.isRecording()) attempt(() => start.onResult?.(span, value));
  succeed(span);
  return value;
}

function succeed(span: Span): void {
  // A callback may have marked its span as failed, and gone on.
  if (!hasFailed(span)) span.setStatus({ code: SpanStatusCode.OK });
  span.end();
}

function fail(span: Span, error: unknown): void {
  recordError(span, error);
  span.end();
}

function hasFailed(span: Span): boolean {
  const { status } = span as Span & { status?: { code: SpanStatusCode } };
  return status?.code === SpanStatusCode.ERROR;
}

/** Tracing must not cost the application anything but time. */
export function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // A getter that throws, a proxy, an object of another realm.
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === "object" || typeof value === "function") &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}
