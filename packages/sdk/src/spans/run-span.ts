import {
  context,
  INVALID_SPAN_CONTEXT,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
} from "@opentelemetry/api";
import {
  SemanticConventions as Names,
  type OpenInferenceSpanKind,
} from "@arizeai/openinference-semantic-conventions";
import { tracer } from "../init.ts";
import { attempt } from "./attempt.ts";
import { followStream, type StreamListener } from "./follow-stream.ts";
import { recordError } from "./record-error.ts";

/** What a function in a span gives back: what the callback gave, a promise where that was one. */
export type Traced<T> = T extends PromiseLike<infer U> ? Promise<U> : T;

export interface SpanStart {
  name: string;
  kind: `${OpenInferenceSpanKind}`;
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
  const span = startSpan(start, parent);
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

function startSpan(start: SpanStart, parent: Context): Span {
  let span: Span | undefined;
  attempt(() => {
    const attributes = { [Names.OPENINFERENCE_SPAN_KIND]: start.kind };
    span = tracer().startSpan(start.name, { attributes }, parent);
    if (span.isRecording()) span.setAttributes(start.attributes());
  });
  // Another processor of the application's provider may throw; the callback is run all the same.
  return span ?? trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
}

function settle(start: SpanStart, span: Span, own: Context, value: unknown): unknown {
  let followed: { value: unknown } | undefined;
  attempt(() => (followed = followStream(value, createListener(start, span, own))));
  if (followed !== undefined) return followed.value;
  if (span.isRecording()) attempt(() => start.onResult?.(span, value));
  succeed(span);
  return value;
}

/** Apart from `settle`, so that it does not hold the stream: one that is let go must be seen to be garbage. */
function createListener(start: SpanStart, span: Span, own: Context): StreamListener {
  return {
    context: own,
    onChunk: (chunk) => attempt(() => start.onChunk?.(span, chunk)),
    onEnd: (at) => {
      attempt(() => start.onStreamEnd?.(span));
      succeed(span, at);
    },
    onError: (error) => {
      attempt(() => start.onStreamEnd?.(span));
      fail(span, error);
    },
  };
}

function succeed(span: Span, at?: Date): void {
  attempt(() => {
    // A callback may have marked its span as failed, and gone on.
    if (!hasFailed(span)) span.setStatus({ code: SpanStatusCode.OK });
    span.end(at);
  });
}

function fail(span: Span, error: unknown): void {
  recordError(span, error);
  attempt(() => span.end());
}

function hasFailed(span: Span): boolean {
  const { status } = span as Span & { status?: { code: SpanStatusCode } };
  return status?.code === SpanStatusCode.ERROR;
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  let isThenable = false;
  attempt(() => {
    isThenable =
      (typeof value === "object" || typeof value === "function") &&
      value !== null &&
      typeof (value as { then?: unknown }).then === "function";
  });
  return isThenable;
}
