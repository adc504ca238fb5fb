import { context } from "@opentelemetry/api";
import type { IncomingMessage, ServerResponse } from "node:http";
import { openNodeSpan } from "./node.ts";
import type { HttpTracingOptions, ServerSpan } from "./server-span.ts";

/** Fastify's objects, as far as they are used: the package needs no Fastify. */
interface FastifyRequest {
  raw: IncomingMessage;
  routeOptions?: { url?: string | undefined };
}
interface FastifyReply {
  raw: ServerResponse;
}
type Done = (error?: Error) => void;
interface FastifyInstance {
  addHook(
    name: "onRequest" | "preValidation",
    hook: (request: FastifyRequest, reply: FastifyReply, done: Done) => void,
  ): unknown;
  addHook(
    name: "onError",
    hook: (request: FastifyRequest, reply: FastifyReply, error: Error, done: Done) => void,
  ): unknown;
}

const spans = new WeakMap<IncomingMessage, ServerSpan>();

/**
 * Fastify plugin: a server span for each request, named after its route, and `X-Trace-Id` on each response, errors
 * and streams included. Register it before the routes.
 *
 * ```ts
 * await app.register(fastifyTracing, { ignore: (path) => path === "/healthz" });
 * ```
 */
export function fastifyTracing(app: unknown, options: HttpTracingOptions, done: () => void): void {
  const fastify = app as FastifyInstance;
  fastify.addHook("onRequest", (request, reply, next) => {
    const server = openNodeSpan(request.raw, reply.raw, options);
    if (server === undefined) {
      next();
      return;
    }
    spans.set(request.raw, server);
    const route = request.routeOptions?.url;
    if (route !== undefined) server.setRoute(route);
    context.with(server.context, next);
  });
  // Reading a body leaves the context behind; what follows is brought back into it.
  fastify.addHook("preValidation", (request, _reply, next) => {
    const server = spans.get(request.raw);
    if (server === undefined) next();
    else context.with(server.context, next);
  });
  fastify.addHook("onError", (request, _reply, error, next) => {
    spans.get(request.raw)?.recordError(error);
    next();
  });
  done();
}

// Fastify's word for a plugin whose hooks are for the whole application, not for the routes within it.
Object.assign(fastifyTracing, {
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "nightowl-tracing",
});
