import type { AddressInfo } from "node:net";
import { createServer, request as httpRequest, type Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { serve, type ServerType } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { streamSSE } from "hono/streaming";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { chainSpan } from "../spans/chain-span.ts";
import { initTestTracing, type TestSpan } from "../testing/testing.ts";
import { expressErrorTracing, expressTracing } from "./express.ts";
import { fastifyTracing } from "./fastify.ts";
import { honoTracing } from "./hono.ts";
import { traceRequestListener } from "./node.ts";
import type { HttpTracingOptions } from "./server-span.ts";

const { tracing, exporter } = initTestTracing();
const options: HttpTracingOptions = { ignore: (path) => path === "/healthz" };
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";

/** What a handler does: waits, then runs a span, which must be a child of the server's. */
async function work(): Promise<string> {
  await delay(1);
  return chainSpan("work", undefined, async () => {
    await delay(1);
    return "done";
  });
}

async function* pieces(): AsyncGenerator<string> {
  for (const n of [1, 2, 3]) {
    await delay(2);
    yield `data: ${n}\n\n`;
  }
  await work();
}

/** Never ends by itself. */
async function* endless(): AsyncGenerator<string> {
  for (;;) {
    yield "data: x\n\n";
    await delay(5);
  }
}

interface Running {
  url: string;
  close(): Promise<void>;
}

function closing(server: Server | ServerType): Running {
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}

function listening(server: Server): Promise<Running> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(closing(server))));
}

async function startFastify(): Promise<Running> {
  const app = fastify({ forceCloseConnections: true });
  await app.register(fastifyTracing, options);
  app.get("/users/:id", async () => ({ result: await work() }));
  app.post("/echo", (request) => work().then(() => request.body));
  app.get("/fails", async () => {
    await work();
    throw new TypeError("broken");
  });
  app.get("/invalid", { schema: { querystring: { type: "object", required: ["q"] } } }, async () => "ok");
  app.get("/stream", async (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { "content-type": "text/event-stream" });
    for await (const piece of pieces()) reply.raw.write(piece);
    reply.raw.end();
  });
  app.get("/endless", async (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { "content-type": "text/event-stream" });
    for await (const piece of endless()) if (reply.raw.closed || !reply.raw.write(piece)) break;
  });
  app.get("/never", () => new Promise(() => {}));
  app.get("/healthz", async () => "ok");
  await app.listen({ port: 0, host: "127.0.0.1" });
  return { ...closing(app.server), close: () => app.close() };
}

function startExpress(): Promise<Running> {
  const app = express();
  app.use(expressTracing(options));
  app.use(express.json({ limit: "1mb" }));
  const users = express.Router();
  users.get("/:id", async (_request, response) => void response.json({ result: await work() }));
  app.use("/users", users);
  app.post("/echo", (request, response) => work().then(() => void response.json(request.body)));
  app.get("/fails", async () => {
    await work();
    throw new TypeError("broken");
  });
  app.get("/invalid", () => {
    throw Object.assign(new Error("q is missing"), { status: 400 });
  });
  app.get("/stream", async (_request, response) => {
    response.set("content-type", "text/event-stream");
    for await (const piece of pieces()) response.write(piece);
    response.end();
  });
  app.get("/endless", async (_request, response) => {
    for await (const piece of endless()) if (response.closed || !response.write(piece)) break;
  });
  app.get("/never", () => {});
  app.get("/healthz", (_request, response) => void response.send("ok"));
  app.use(expressErrorTracing());
  app.use(((error, _request, response, next) => {
    if (response.headersSent) next(error);
    else response.status((error as { status?: number }).status ?? 500).send("sorry");
  }) satisfies express.ErrorRequestHandler);
  return listening(createServer(app));
}

function honoApp(): Hono {
  const app = new Hono();
  app.use(honoTracing(options));
  app.get("/users/:id", async (c) => c.json({ result: await work() }));
  app.post("/echo", async (c) => {
    const body: unknown = await c.req.json();
    await work();
    return c.json(body as object);
  });
  app.get("/fails", async () => {
    await work();
    throw new TypeError("broken");
  });
  app.onError((error, c) => (error instanceof HTTPException ? error.getResponse() : c.text("sorry", 500)));
  app.get("/invalid", () => {
    throw new HTTPException(400, { message: "q is missing" });
  });
  app.get("/stream", (c) =>
    streamSSE(c, async (stream) => {
      for await (const piece of pieces()) await stream.write(piece);
    }),
  );
  app.get("/endless", (c) =>
    streamSSE(c, async (stream) => {
      for await (const piece of endless()) {
        if (stream.aborted) break;
        await stream.write(piece);
      }
    }),
  );
  app.get("/never", () => new Promise<Response>(() => {}));
  app.get("/healthz", (c) => c.text("ok"));
  return app;
}

function startHono(): Promise<Running> {
  return new Promise((resolve) => {
    const server = serve({ fetch: honoApp().fetch, port: 0, hostname: "127.0.0.1" }, () =>
      resolve(closing(server)),
    );
  });
}

function startNode(): Promise<Running> {
  const listener = traceRequestListener(async (request, response) => {
    const { pathname } = new URL(request.url!, "http://localhost");
    if (pathname.startsWith("/users/")) response.end(JSON.stringify({ result: await work() }));
    else if (pathname === "/echo") {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      await work();
      response.end(Buffer.concat(chunks));
    } else if (pathname === "/fails") {
      await work();
      response.statusCode = 500;
      response.end("sorry");
      throw new TypeError("broken");
    } else if (pathname === "/invalid") {
      response.statusCode = 400;
      response.end();
    } else if (pathname === "/stream") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for await (const piece of pieces()) response.write(piece);
      response.end();
    } else if (pathname === "/endless") {
      for await (const piece of endless()) if (response.closed || !response.write(piece)) break;
    } else if (pathname === "/healthz") response.end("ok");
    else if (pathname !== "/never") {
      response.statusCode = 404;
      response.end();
    }
  }, options);
  // What the listener rejects with is the application's to handle.
  return listening(
    createServer((request, response) => void Promise.resolve(listener(request, response)).catch(() => {})),
  );
}

const SERVERS = [
  { name: "Fastify", start: startFastify, hasRoutes: true },
  { name: "Express", start: startExpress, hasRoutes: true },
  { name: "Hono", start: startHono, hasRoutes: true },
  { name: "node:http", start: startNode, hasRoutes: false },
];

/** Waits until the server span has ended: some time after the client has its answer. */
async function serverSpan(): Promise<TestSpan> {
  for (let tries = 0; tries < 200; tries++) {
    await tracing.flush();
    const [found] = exporter
      .spans()
      .filter(({ attributes }) => attributes["http.request.method"] !== undefined);
    if (found !== undefined) return found;
    await delay(10);
  }
  throw new Error("no server span ended");
}

beforeEach(async () => {
  await tracing.flush();
  exporter.reset();
});

describe.each(SERVERS)("$name", ({ start, hasRoutes }) => {
  let server: Running;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.close());

  it("answers with the trace's id, and names the span after its route", async () => {
    const response = await fetch(`${server.url}/users/7?token=secret`);
    expect(await response.text()).toContain("done");
    const span = await serverSpan();
    expect(response.headers.get("x-trace-id")).toBe(span.traceId);
    expect(span.name).toBe(hasRoutes ? "GET /users/:id" : "GET /users/7");
    expect(span.attributes).toMatchObject({
      "http.request.method": "GET",
      "http.response.status_code": 200,
      "url.path": "/users/7",
      ...(hasRoutes ? { "http.route": "/users/:id" } : {}),
    });
    expect(JSON.stringify(span)).not.toContain("secret");
    expect(span.status).toBe("unset");
    expect(span.children.map(({ name }) => name)).toEqual(["work"]);
    expect(exporter.readableSpans().find(({ name }) => name === span.name)?.kind).toBe(1);
  });

  it("goes on with the caller's trace", async () => {
    const headers = { traceparent: `00-${TRACE}-${PARENT}-01` };
    const response = await fetch(`${server.url}/users/7`, { headers });
    await response.text();
    const span = await serverSpan();
    expect(response.headers.get("x-trace-id")).toBe(TRACE);
    expect(span).toMatchObject({ traceId: TRACE, parentSpanId: PARENT });
  });

  it("takes a broken traceparent for none", async () => {
    const response = await fetch(`${server.url}/users/7`, { headers: { traceparent: "00-zz-zz-01" } });
    await response.text();
    const span = await serverSpan();
    expect(response.headers.get("x-trace-id")).toBe(span.traceId);
    expect(span.parentSpanId).toBeUndefined();
  });

  it("keeps the handler in the span after a body was read", async () => {
    const body = JSON.stringify({ text: "x".repeat(200_000) });
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${server.url}/echo`, { method: "POST", body, headers });
    expect((await response.text()).length).toBe(body.length);
    const span = await serverSpan();
    expect(span.children.map(({ name }) => name)).toEqual(["work"]);
  });

  it("names a request that no route takes after its path", async () => {
    const response = await fetch(`${server.url}/nowhere`);
    await response.text();
    expect(response.status).toBe(404);
    const span = await serverSpan();
    expect(response.headers.get("x-trace-id")).toBe(span.traceId);
    expect(span).toMatchObject({ name: "GET /nowhere", status: "unset" });
    expect(span.attributes["http.response.status_code"]).toBe(404);
  });

  it("records what a handler throws", async () => {
    const response = await fetch(`${server.url}/fails`);
    await response.text();
    expect(response.status).toBe(500);
    const span = await serverSpan();
    expect(response.headers.get("x-trace-id")).toBe(span.traceId);
    expect(span).toMatchObject({ status: "error", statusMessage: "broken" });
    expect(span.events[0]?.attributes["exception.stacktrace"]).toContain("TypeError: broken");
    expect(span.attributes).toMatchObject({ "error.type": "TypeError", "http.response.status_code": 500 });
  });

  it("does not take the caller's mistake for a failure", async () => {
    const response = await fetch(`${server.url}/invalid`);
    await response.text();
    expect(response.status).toBe(400);
    const span = await serverSpan();
    expect(response.headers.get("x-trace-id")).toBe(span.traceId);
    expect(span).toMatchObject({ status: "unset", events: [] });
  });

  it("keeps the span of a streamed answer open until the stream is over", async () => {
    const response = await fetch(`${server.url}/stream`);
    const id = response.headers.get("x-trace-id");
    expect(await response.text()).toBe("data: 1\n\ndata: 2\n\ndata: 3\n\n");
    const span = await serverSpan();
    expect(id).toBe(span.traceId);
    expect(span.status).toBe("unset");
    expect(span.children.map(({ name }) => name)).toEqual(["work"]);
  });

  it("ends the span when the client leaves a stream, which is no failure", async () => {
    const abort = new AbortController();
    const response = await fetch(`${server.url}/endless`, { signal: abort.signal });
    const reader = response.body!.getReader();
    await reader.read();
    abort.abort();
    await reader.read().catch(() => {});
    const span = await serverSpan();
    expect(span.status).toBe("unset");
    expect(span.attributes["http.response.status_code"]).toBe(200);
  });

  it("leaves out what is to be ignored", async () => {
    expect(await (await fetch(`${server.url}/healthz`)).text()).toBe("ok");
    const response = await fetch(`${server.url}/users/1`);
    await response.text();
    await serverSpan();
    expect(exporter.spans().map(({ name }) => name)).not.toContain("GET /healthz");
  });
});

describe.each(SERVERS.filter(({ name }) => name !== "Hono"))(
  "$name, with a client that gives up",
  ({ start }) => {
    it("ends the span as failed when there was no answer yet", async () => {
      const server = await start();
      const client = httpRequest(`${server.url}/never`);
      client.on("error", () => {});
      client.end();
      await delay(100);
      client.destroy();
      const span = await serverSpan();
      expect(span).toMatchObject({ status: "error", statusMessage: "the client closed the connection" });
      await server.close();
    });
  },
);
