import { setTimeout as delay } from "node:timers/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { trace } from "@opentelemetry/api";
import { beforeEach, describe, expect, it } from "vitest";
import { traceRequestListener } from "../http/node.ts";
import { tracer } from "../init.ts";
import { chainSpan } from "../spans/chain-span.ts";
import { llmSpan } from "../spans/llm-span.ts";
import { initTestTracing } from "../testing/testing.ts";
import { currentIds, currentTraceId } from "./current-trace.ts";
import { withPrompt } from "./with-prompt.ts";
import { tracingHeaders, withUser } from "./with-user.ts";

const { tracing, exporter } = initTestTracing();
beforeEach(async () => {
  await tracing.flush();
  exporter.reset();
});

describe("withUser", () => {
  it("is on every span inside, of others too, across awaits and in what is left running", async () => {
    let left: Promise<unknown> | undefined;
    await withUser(
      { userId: "ann", sessionId: "s1", tags: ["beta"], metadata: { plan: "pro" } },
      async () => {
        await delay(1);
        chainSpan("inside", 1, () => {});
        trace.getTracer("another").startSpan("other").end();
        left = delay(5).then(() => chainSpan("later", 1, () => {}));
      },
    );
    await left;
    chainSpan("outside", 1, () => {});
    await tracing.flush();
    const user = { "user.id": "ann", "session.id": "s1", "tag.tags": '["beta"]', metadata: '{"plan":"pro"}' };
    for (const name of ["inside", "other", "later"])
      expect(exporter.span(name).attributes).toMatchObject(user);
    expect(exporter.span("outside").attributes).not.toHaveProperty("user.id");
  });

  it("adds to what is in force, and leaves out what is empty", async () => {
    withUser({ userId: "ann", tags: ["a"], metadata: { x: 1 } }, () =>
      withUser({ userId: "", sessionId: "s2", tags: ["a", "b"], metadata: { y: 2 } }, () =>
        chainSpan("s", 1, () => {}),
      ),
    );
    await tracing.flush();
    expect(exporter.span("s").attributes).toMatchObject({
      "user.id": "ann",
      "session.id": "s2",
      "tag.tags": '["a","b"]',
      metadata: '{"x":1,"y":2}',
    });
  });

  it("survives metadata that cannot be written", async () => {
    const circle: Record<string, unknown> = { big: 1n };
    circle["self"] = circle;
    const hostile = {
      get now(): never {
        throw new Error("no");
      },
    };
    expect(withUser({ metadata: circle }, () => chainSpan("circle", 1, () => 7))).toBe(7);
    expect(withUser({ metadata: hostile, userId: "ann" }, () => chainSpan("hostile", 1, () => 7))).toBe(7);
    await tracing.flush();
    expect(exporter.span("circle").attributes["metadata"]).toBe('{"big":"1","self":"[Circular]"}');
    expect(exporter.span("hostile").attributes["user.id"]).toBe("ann");
  });
});

describe("withPrompt", () => {
  it("is on the spans inside", async () => {
    const prompt = { template: "Answer {{q}}.", version: "v2", variables: { q: "who?" }, name: "answer" };
    await withPrompt(prompt, () => llmSpan({ model: "m" }, async () => "Hoo."));
    await tracing.flush();
    expect(exporter.span("llm.chat").attributes).toMatchObject({
      "llm.prompt_template.template": "Answer {{q}}.",
      "llm.prompt_template.version": "v2",
      "llm.prompt_template.variables": '{"q":"who?"}',
      "prompt.id": "answer",
    });
  });

  it("survives variables that cannot be written", () => {
    const variables: Record<string, unknown> = { n: 1n };
    variables["self"] = variables;
    expect(withPrompt({ template: "t", variables }, () => 7)).toBe(7);
  });
});

describe("the next service", () => {
  async function call(isTrusting: boolean, propagate: boolean): Promise<void> {
    const server = createServer(
      traceRequestListener(
        (_request, response) => {
          chainSpan("work there", 1, () => {});
          response.end();
        },
        { userFromBaggage: isTrusting },
      ),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await withUser({ userId: "änn, =%", sessionId: "s1", propagate }, () =>
      chainSpan("caller", 1, () =>
        fetch(url, { headers: tracingHeaders() }).then((response) => response.text()),
      ),
    );
    await new Promise((resolve) => server.close(resolve));
    await tracing.flush();
  }

  it("has user and session when they are sent and taken", async () => {
    await call(true, true);
    expect(exporter.span("GET /").parentSpanId).toBe(exporter.span("caller").spanId);
    expect(exporter.span("work there").attributes).toMatchObject({
      "user.id": "änn, =%",
      "session.id": "s1",
    });
  });

  it.each([
    [true, false],
    [false, true],
  ])("has neither otherwise: taken %s, sent %s", async (isTrusting, propagate) => {
    await call(isTrusting, propagate);
    expect(exporter.span("work there").traceId).toBe(exporter.span("caller").traceId);
    expect(exporter.span("work there").attributes).not.toHaveProperty("user.id");
  });

  it("is given the headers that the caller has already", () => {
    expect(tracingHeaders({ accept: "*/*" })).toEqual({ accept: "*/*" });
    chainSpan("s", 1, (span) => {
      const { traceId, spanId } = span.spanContext();
      expect(tracingHeaders()).toEqual({ traceparent: `00-${traceId}-${spanId}-01` });
    });
  });
});

describe("currentTraceId", () => {
  it("names the trace that the code is in", () => {
    expect(currentTraceId()).toBeUndefined();
    expect(currentIds()).toBeUndefined();
    const span = tracer().startSpan("s");
    chainSpan("s", 1, (own) => {
      expect(currentTraceId()).toBe(own.spanContext().traceId);
      expect(currentIds()).toMatchObject({ spanId: own.spanContext().spanId });
    });
    span.end();
  });
});
