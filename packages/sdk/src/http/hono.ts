import { context } from "@opentelemetry/api";
import { endWith, openFetchSpan } from "./fetch.ts";
import type { HttpTracingOptions } from "./server-span.ts";

/** Hono's context, as far as it is used: the package needs no Hono. */
interface HonoContext {
  req: { raw: Request; routePath?: string };
  res: Response | undefined;
  error?: Error | undefined;
}

/**
 * Hono middleware: a server span for each request, which a streamed body keeps open until it is read, and
 * `X-Trace-Id` on each response, errors included. Use it first: `app.use(honoTracing())`.
 */
export function honoTracing(
  options: HttpTracingOptions = {},
): (c: unknown, next: () => Promise<void>) => Promise<void> {
  return async (c, next) => {
    const hono = c as HonoContext;
    const server = openFetchSpan(hono.req.raw, options);
    if (server === undefined) {
      await next();
      return;
    }
    try {
      await context.with(server.context, next);
    } catch (error) {
      server.recordError(error);
      server.end(500);
      throw error;
    }
    const { error, res: response, req } = hono;
    if (error !== undefined) server.recordError(error);
    // What matched last is the handler's; a wildcard is the middleware's own.
    if (req.routePath !== undefined && !req.routePath.includes("*")) server.setRoute(req.routePath);
    if (response === undefined) return;
    const answered = endWith(server, hono.req.raw, response);
    if (answered === response) return;
    // Hono merges the headers of a response that is replaced, unless it is taken away first.
    hono.res = undefined;
    hono.res = answered;
  };
}
