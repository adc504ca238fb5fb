import { setTimeout as delay } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { agentSpan } from "../spans/agent-span.ts";
import { initTestTracing, type TestSpan } from "../testing/testing.ts";
import { traceFetchHandler } from "./fetch.ts";

const { tracing, exporter } = initTestTracing();

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

describe("traceFetchHandler", () => {
  const request = new Request("http://localhost/hi?token=secret");

  it("gives the handler's own response where it can", async () => {
    const own = Response.json({ ok: true }, { headers: { "content-length": "11" } });
    const response = await traceFetchHandler(() => own)(request);
    expect(response).toBe(own);
    expect(response.headers.get("x-trace-id")).toBe((await serverSpan()).traceId);
  });

  it("adds the id to responses whose headers are locked", async () => {
    const response = await traceFetchHandler(() => Response.redirect("http://localhost/there"))(request);
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toBe("http://localhost/there");
    expect(response.headers.get("x-trace-id")).toBe((await serverSpan()).traceId);
  });

  it("passes on a response that cannot be made anew", async () => {
    const failed = Response.error();
    expect(await traceFetchHandler(() => failed)(request)).toBe(failed);
    await serverSpan();
  });

  it("ends the span of an answer to HEAD, whose body nobody reads", async () => {
    const head = new Request("http://localhost/hi", { method: "HEAD" });
    await traceFetchHandler(() => new Response("body"))(head);
    expect((await serverSpan()).attributes["http.response.status_code"]).toBe(200);
  });

  it("records what the handler throws, and throws it", async () => {
    const error = new Error("broken");
    const handler = traceFetchHandler(() => {
      throw error;
    });
    await expect(handler(request)).rejects.toBe(error);
    expect(await serverSpan()).toMatchObject({ status: "error", statusMessage: "broken" });
  });

  it("records a body that breaks off", async () => {
    const broken = new ReadableStream({
      pull(controller) {
        controller.error(new Error("cut"));
      },
    });
    const response = await traceFetchHandler(() => new Response(broken))(request);
    await expect(response.text()).rejects.toThrow("cut");
    expect(await serverSpan()).toMatchObject({ status: "error", statusMessage: "cut" });
  });

  it("passes on what else the handler is given", async () => {
    const handler = traceFetchHandler((_request: Request, env: { n: number }) => new Response(String(env.n)));
    expect(await (await handler(request, { n: 3 })).text()).toBe("3");
  });
});

describe("a request whose `ignore` throws", () => {
  it("is answered, untraced", async () => {
    const handler = traceFetchHandler(() => new Response("ok"), {
      ignore: () => {
        throw new Error("no");
      },
    });
    const response = await handler(new Request("http://localhost/"));
    expect(await response.text()).toBe("ok");
    expect(response.headers.has("x-trace-id")).toBe(false);
  });
});

describe("a span that is active when a request comes", () => {
  it("is the request's own when it is open", async () => {
    const response = await agentSpan("g", () =>
      traceFetchHandler(() => new Response("ok"))(new Request("http://localhost/")),
    );
    await response.text();
    await tracing.flush();
    expect(exporter.spans().map(({ name }) => name)).toEqual(["agent.run"]);
    expect(response.headers.get("x-trace-id")).toBe(exporter.span("agent.run").traceId);
  });

  it("is none of it when it is over: a server that was started inside of one", async () => {
    const late = await agentSpan("start the server", async () => {
      const handler = traceFetchHandler(() => new Response("ok"));
      return { call: delay(20).then(() => handler(new Request("http://localhost/late"))) };
    });
    await (await late.call).text();
    await tracing.flush();
    const span = exporter.span("GET /late");
    expect(span.parentSpanId).toBeUndefined();
    expect(span.traceId).not.toBe(exporter.span("agent.run").traceId);
  });
});
