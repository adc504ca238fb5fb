import {
  context,
  isSpanContextValid,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span,
} from "@opentelemetry/api";
import { userFromBaggage } from "../context/with-user.ts";
import { tracer } from "../init.ts";
import { attempt } from "../spans/attempt.ts";
import { recordError } from "../spans/record-error.ts";

/** The response header that names the trace. */
export const TRACE_ID_HEADER = "X-Trace-Id";

const DISCONNECTED = "the client closed the connection";

/** Options of the middleware of every framework. */
export interface HttpTracingOptions {
  /** Requests that are not traced: health checks, for instance. Asked with the path, without the query. */
  ignore?: (path: string) => boolean;
  /** Take the user and session that callers send in W3C baggage. Default: false, for anybody can send some. */
  userFromBaggage?: boolean;
}

export interface IncomingRequest {
  method: string;
  /** The path, with or without a query; the query is not recorded, for it may hold secrets. */
  url: string;
  headers: Record<string, string | string[] | undefined>;
}

/** The span of a request that is being answered. */
export interface ServerSpan {
  context: Context;
  /** Undefined when tracing gave the request no id. */
  traceId: string | undefined;
  /** Names the route once the framework knows it: `/users/:id`. */
  setRoute: (route: string) => void;
  /** Why the answer is what it is. A failure of this server unless the answer is 4xx, the caller's mistake. */
  recordError: (error: unknown) => void;
  /** That the caller went away before the answer was whole. A failure only where it had not begun. */
  recordDisconnect: (hasBegun: boolean) => void;
  /** Ends the span with the status of the answer. A second call does nothing. */
  end: (statusCode: number) => void;
}

/**
 * Opens the server span of a request, as a child of the caller's `traceparent` if there is one. Where the request
 * has a span already, from OpenTelemetry's own HTTP instrumentation, that one is used and left for it to end.
 * Undefined for a request that is to be ignored. Never throws.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
export function openServerSpan(
  request: IncomingRequest,
  options: HttpTracingOptions = {},
): ServerSpan | undefined {
  let server: ServerSpan | undefined;
  attempt(() => (server = open(request, options)));
  return server;
}

function open(
  { method, url, headers }: IncomingRequest,
  options: HttpTracingOptions,
): ServerSpan | undefined {
  const path = pathOf(url);
  if (options.ignore?.(path) === true) return undefined;
  // The tracer comes first: it registers what reads `traceparent`.
  const own = tracer();
  const active = context.active();
  const existing = trace.getSpan(active);
  const isOurs = existing === undefined || !isOpen(existing);
  let parent = isOurs ? propagation.extract(trace.deleteSpan(active), headers) : active;
  if (options.userFromBaggage === true) parent = userFromBaggage(parent);
  const span = isOurs
    ? own.startSpan(
        `${method} ${path}`,
        {
          kind: SpanKind.SERVER,
          attributes: { "http.request.method": method, "url.path": path, ...userAgentOf(headers) },
        },
        parent,
      )
    : existing;
  return createServerSpan(span, isOurs, parent, method);
}

/** A server that was started inside of a span hands that one, long over, to each of its requests. */
function isOpen(span: Span): boolean {
  const { traceFlags } = span.spanContext();
  const isOver = !span.isRecording() && (traceFlags & TraceFlags.SAMPLED) !== 0;
  return isSpanContextValid(span.spanContext()) && !isOver;
}

function createServerSpan(span: Span, isOurs: boolean, parent: Context, method: string): ServerSpan {
  const { traceId } = span.spanContext();
  let failure: { error: unknown } | undefined;
  let isOver = false;
  const fail = (error: unknown): void => {
    if (isOver || failure !== undefined) return;
    failure = { error };
    // One that is not ours may be over before the answer is.
    if (!isOurs && !isCallersMistake(error)) recordError(span, error);
  };
  return {
    context: trace.setSpan(parent, span),
    traceId: isSpanContextValid(span.spanContext()) ? traceId : undefined,
    setRoute(route) {
      if (!isOurs) return;
      span.setAttribute("http.route", route);
      span.updateName(`${method} ${route}`);
    },
    recordError: fail,
    recordDisconnect(hasBegun) {
      if (isOver) return;
      if (hasBegun) span.addEvent(DISCONNECTED);
      else fail(new Error(DISCONNECTED));
    },
    end(statusCode) {
      if (isOver) return;
      isOver = true;
      if (!isOurs) return;
      span.setAttribute("http.response.status_code", statusCode);
      if (failure !== undefined && !isClientError(statusCode)) recordError(span, failure.error);
      else if (statusCode >= 500) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: `HTTP ${statusCode}` });
        span.setAttribute("error.type", String(statusCode));
      }
      span.end();
    },
  };
}

/** The caller's mistake, not this server's. */
function isClientError(statusCode: number): boolean {
  return statusCode >= 400 && statusCode < 500;
}

/** The status that Express's, Fastify's and Hono's errors carry. */
function isCallersMistake(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { statusCode, status } = error as { statusCode?: unknown; status?: unknown };
  const code = Number(statusCode ?? status);
  return isClientError(code);
}

function pathOf(url: string): string {
  const [path = "/"] = url.split(/[?#]/, 1);
  if (path.startsWith("/")) return path;
  return URL.canParse(path) ? new URL(path).pathname : path;
}

function userAgentOf(headers: IncomingRequest["headers"]): { "user_agent.original"?: string } {
  const agent = headers["user-agent"];
  return typeof agent === "string" ? { "user_agent.original": agent } : {};
}
