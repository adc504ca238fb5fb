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
      return endWith(server, request, await context.with(server.context, () => handler(request, ...rest)));
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

/**
 * The response with its trace's id; its span ends when its body is over. The same object where that can be; another
 * where the body is to be followed, or the headers cannot be changed.
 */
export function endWith(server: ServerSpan, request: Request, response: Response): Response {
  const { status, statusText, body } = response;
  // 101 and `Response.error()` cannot be made anew.
  if (status < 200) {
    server.end(status);
    return response;
  }
  try {
    const isKnown = setTraceId(response.headers, server);
    // A body of known length is there already; one without is on its way. To HEAD there is none.
    const isStreamed =
      body !== null && !response.headers.has("content-length") && request.method.toUpperCase() !== "HEAD";
    if (!isStreamed) server.end(status);
    if (isKnown && !isStreamed) return response;
    const headers = new Headers(response.headers);
    setTraceId(headers, server);
    return new Response(isStreamed ? followBody(server, body, status) : body, {
      status,
      statusText,
      headers,
    });
  } catch {
    server.end(status);
    return response;
  }
}

/** False for the headers of a response that came from elsewhere, which are locked. */
function setTraceId(headers: Headers, { traceId }: ServerSpan): boolean {
  if (traceId === undefined) return true;
  try {
    headers.set(TRACE_ID_HEADER, traceId);
    return true;
  } catch {
    return false;
  }
}

function followBody(server: ServerSpan, body: ReadableStream, status: number): BodyInit {
  const followed = followStream(body, {
    context: server.context,
    onChunk: () => {},
    onEnd: () => server.end(status),
    onError: (error) => {
      server.recordError(error);
      server.end(status);
    },
  });
  return (followed?.value ?? body) as ReadableStream;
}
