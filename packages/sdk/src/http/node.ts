import { context } from "@opentelemetry/api";
import type { IncomingMessage, ServerResponse } from "node:http";
import { openServerSpan, TRACE_ID_HEADER, type HttpTracingOptions, type ServerSpan } from "./server-span.ts";

/** A request listener of `node:http`. */
export type RequestListener = (request: IncomingMessage, response: ServerResponse) => unknown;

/**
 * Wraps a `(request, response)` listener: a server span for each request, and `X-Trace-Id` on each response. An
 * error that the listener throws, or rejects with, is recorded and passed on.
 *
 * ```ts
 * createServer(traceRequestListener((request, response) => response.end("hello"))).listen(3000);
 * ```
 */
export function traceRequestListener(
  listener: RequestListener,
  options: HttpTracingOptions = {},
): RequestListener {
  return (request, response) => {
    const server = openNodeSpan(request, response, options);
    if (server === undefined) return listener(request, response);
    return context.with(server.context, () => {
      try {
        const result = listener(request, response);
        if (result instanceof Promise) {
          return result.catch((error: unknown) => {
            server.recordError(error);
            throw error;
          });
        }
        return result;
      } catch (error) {
        server.recordError(error);
        throw error;
      }
    });
  };
}

/** The span of a Node request: named in the response, and ended when that is sent or its reader has gone. */
export function openNodeSpan(
  request: IncomingMessage & { originalUrl?: string },
  response: ServerResponse,
  options: HttpTracingOptions,
): ServerSpan | undefined {
  const { method = "GET", headers } = request;
  const server = openServerSpan({ method, url: request.originalUrl ?? request.url ?? "/", headers }, options);
  if (server === undefined) return undefined;
  if (server.traceId !== undefined && !response.headersSent)
    response.setHeader(TRACE_ID_HEADER, server.traceId);
  response.once("close", () => {
    if (!response.writableFinished) server.recordDisconnect(response.headersSent);
    server.end(response.statusCode);
  });
  return server;
}
