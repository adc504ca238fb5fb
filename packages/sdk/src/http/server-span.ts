import {
  context,
  isSpanContextValid,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
} from "@opentelemetry/api";
import { userFromBaggage } from "../context/with-user.ts";
import { tracer } from "../init.ts";
import { attempt } from "../spans/run-span.ts";
import { recordError } from "../spans/record-error.ts";

/** The response header that names the trace. */
export const TRACE_ID_HEADER = "X-Trace-Id";

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
  recordError: (error: unknown) => void;
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
  const isOurs = existing === undefined || !isSpanContextValid(existing.spanContext());
  let parent = isOurs ? propagation.extract(active, headers) : active;
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

function createServerSpan(span: Span, isOurs: boolean, parent: Context, method: string): ServerSpan {
  const { traceId } = span.spanContext();
  let hasFailed = false;
  let isOver = false;
  return {
    context: trace.setSpan(parent, span),
    traceId: isSpanContextValid(span.spanContext()) ? traceId : undefined,
    setRoute(route) {
      if (!isOurs) return;
      span.setAttribute("http.route", route);
      span.updateName(`${method} ${route}`);
    },
    recordError(error) {
      if (isOver || hasFailed) return;
      hasFailed = true;
      recordError(span, error);
    },
    end(statusCode) {
      if (isOver) return;
      isOver = true;
      if (!isOurs) return;
      span.setAttribute("http.response.status_code", statusCode);
      // 4xx is the caller's mistake, not this server's.
      if (statusCode >= 500 && !hasFailed) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: `HTTP ${statusCode}` });
        span.setAttribute("error.type", String(statusCode));
      }
      span.end();
    },
  };
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
