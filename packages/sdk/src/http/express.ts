import { context } from "@opentelemetry/api";
import type { IncomingMessage, ServerResponse } from "node:http";
import { openNodeSpan } from "./node.ts";
import type { HttpTracingOptions, ServerSpan } from "./server-span.ts";

/** Express's request, as far as it is read: the package needs no Express. */
interface ExpressRequest extends IncomingMessage {
  originalUrl?: string;
  baseUrl?: string;
  route?: { path?: unknown };
}
type Next = (error?: unknown) => void;

const spans = new WeakMap<IncomingMessage, ServerSpan>();

/**
 * Express middleware: a server span for each request, and `X-Trace-Id` on each response. Use it first.
 * Add `expressErrorTracing` after the routes, so that errors are seen with their stack.
 */
export function expressTracing(
  options: HttpTracingOptions = {},
): (request: ExpressRequest, response: ServerResponse, next: Next) => void {
  return (request, response, next) => {
    const server = openNodeSpan(request, response, options);
    if (server === undefined) {
      next();
      return;
    }
    spans.set(request, server);
    // The route is known once a handler has been chosen; it is asked for before the span ends.
    response.prependOnceListener("close", () => {
      const path = request.route?.path;
      if (typeof path === "string") server.setRoute((request.baseUrl ?? "") + path);
    });
    context.with(server.context, next);
  };
}

/** Express error middleware: records the error on the request's span and passes it on. Use it after the routes. */
export function expressErrorTracing(): (
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  next: Next,
) => void {
  return (error, request, _response, next) => {
    spans.get(request)?.recordError(error);
    next(error);
  };
}
