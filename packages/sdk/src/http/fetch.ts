import { context } from "@opentelemetry/api";
import { followStream } from "../spans/follow-stream.ts";
import { openServerSpan, TRACE_ID_HEADER, type HttpTracingOptions, type ServerSpan } from "./server-span.ts";

/**
 * Wraps a handler that takes a `Request` and gives a `Response` (Next.js, Bun, Deno, Cloudflare's shape): a server
 * span for each request, which a streamed body keeps open until it is read, and `X-Trace-Id` on each response.
 * What the handler throws is recorded and thrown on.
 */
export function traceFetchHandler<A extends unknown[]>(
  handler: (request: Request, ...rest: A) => Response | Promise<Response>,
  options: HttpTracingOptions = {},
): (request: Request, ...rest: A) => Promise<Response> {
  return async (request, ...rest) => {
    const server = openFetchSpan(request, options);
    if (server === undefined) return handler(request, ...rest);
    try {
      return endWith(server, await context.with(server.context, () => handler(request, ...rest)));
    } catch (error) {
      server.recordError(error);
      server.end(500);
      throw error;
    }
  };
}

export function openFetchSpan(request: Request, options: HttpTracingOptions): ServerSpan | undefined {
  return openServerSpan(
    { method: request.method, url: request.url, headers: Object.fromEntries(request.headers) },
    options,
  );
}

/** The same response, with its trace's id; its span ends when its body is over. */
export function endWith(server: ServerSpan, response: Response): Response {
  const headers = new Headers(response.headers);
  if (server.traceId !== undefined) headers.set(TRACE_ID_HEADER, server.traceId);
  const { status, statusText } = response;
  let body: BodyInit | null = response.body;
  // A body of known length is there already; one without is on its way.
  const isStreamed = body !== null && !headers.has("content-length");
  if (isStreamed) {
    const followed = followStream(body, {
      context: server.context,
      onChunk: () => {},
      onEnd: () => server.end(status),
      onError: (error) => {
        server.recordError(error);
        server.end(status);
      },
    });
    if (followed !== undefined) body = followed.value as ReadableStream;
  } else {
    server.end(status);
  }
  // 101, 204, 205 and 304 may have no body, and 101 cannot be made anew.
  if (status === 101) return response;
  return new Response(body, { status, statusText, headers });
}
