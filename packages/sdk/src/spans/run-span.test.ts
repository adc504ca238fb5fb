import { setTimeout as delay } from "node:timers/promises";
import { trace, SpanStatusCode, type Span } from "@opentelemetry/api";
import OpenAI from "openai";
import { beforeEach, describe, expect, it } from "vitest";
import { Collector } from "../testing/collector.ts";
import { initTestTracing, type TestSpan } from "../testing/testing.ts";
import { runSpan, type SpanStart } from "./run-span.ts";

const { tracing, exporter } = initTestTracing();
beforeEach(async () => {
  await tracing.flush();
  exporter.reset();
});

function run<T>(
  fn: (span: Span) => T,
  more: Partial<SpanStart> = {},
  name = "s",
): ReturnType<typeof runSpan<T>> {
  return runSpan({ name, kind: "CHAIN", attributes: () => ({}), ...more }, fn);
}

async function ended(name = "s"): Promise<TestSpan> {
  await tracing.flush();
  return exporter.span(name);
}

describe("a callback that is plain", () => {
  it("gives what it gives, in a span that is ok", async () => {
    expect(run(() => 7)).toBe(7);
    expect(await ended()).toMatchObject({ status: "ok", kind: "CHAIN", parentSpanId: undefined });
  });

  it("throws what it throws, the very same", async () => {
    const error = new Error("no");
    expect(() =>
      run(() => {
        throw error;
      }),
    ).toThrow(error);
    expect(await ended()).toMatchObject({ status: "error", statusMessage: "no" });
  });

  it("may mark its span as failed and go on", async () => {
    run((span) => span.setStatus({ code: SpanStatusCode.ERROR, message: "half" }));
    expect(await ended()).toMatchObject({ status: "error", statusMessage: "half" });
  });
});

describe("a callback that is async", () => {
  it("keeps the span open until the promise settles", async () => {
    const promise = run(async () => {
      await delay(5);
      return 7;
    });
    await tracing.flush();
    expect(exporter.spans()).toEqual([]);
    expect(await promise).toBe(7);
    expect((await ended()).status).toBe("ok");
  });

  it("rejects with what it rejects with, the very same", async () => {
    const error = new Error("no");
    await expect(run(() => Promise.reject(error))).rejects.toBe(error);
    expect(await ended()).toMatchObject({ status: "error", statusMessage: "no" });
  });
});

describe("a callback that gives a thenable", () => {
  it("has it awaited: a client's promise that is not a Promise", async () => {
    // A class, as clients have: its own `then` gives itself.
    class Lazy {
      // oxlint-disable-next-line unicorn/no-thenable
      then(onDone: (value: number) => unknown): this {
        onDone(7);
        return this;
      }
    }
    const lazy = new Lazy() as unknown as PromiseLike<number>;
    const promise = run(() => lazy);
    expect(promise).toBeInstanceOf(Promise);
    expect((await ended()).status).toBe("ok");
  });

  it("may be OpenAI's APIPromise, whose request is made once", async () => {
    const collector = await Collector.start((_request, response) => {
      response
        .writeHead(200, { "content-type": "application/json" })
        .end('{"object":"list","data":[{"id":"m"}]}');
    });
    const client = new OpenAI({ apiKey: "k", baseURL: collector.url });
    const answer = await run(() => client.post<{ data: unknown[] }>("/anything"));
    expect(answer.data).toEqual([{ id: "m" }]);
    expect(collector.received).toHaveLength(1);
    expect((await ended()).status).toBe("ok");
    await collector.close();
  });
});

describe("context", () => {
  it("nests spans, across awaits and in parallel", async () => {
    await run(
      async () => {
        await Promise.all(
          ["a", "b"].map((name) =>
            run(
              async () => {
                await delay(2);
                run(() => 1, {}, `${name}.inner`);
              },
              {},
              name,
            ),
          ),
        );
      },
      {},
      "outer",
    );
    const outer = await ended("outer");
    expect(outer.children.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(outer.children.map(({ children }) => children.map(({ name }) => name))).toEqual([
      ["a.inner"],
      ["b.inner"],
    ]);
  });

  it("is as it was, afterwards", () => {
    run(() => expect(trace.getActiveSpan()).toBeDefined());
    expect(trace.getActiveSpan()).toBeUndefined();
  });
});

describe("what goes wrong in recording", () => {
  const bug = (): never => {
    throw new Error("bug");
  };

  it("stays there: attributes", async () => {
    expect(run(() => 7, { attributes: bug })).toBe(7);
    expect(await ended()).toMatchObject({ status: "ok", kind: "CHAIN" });
  });

  it("stays there: results", async () => {
    expect(run(() => 7, { onResult: bug })).toBe(7);
    expect(await run(async () => 8, { onResult: bug }, "async")).toBe(8);
    expect((await ended()).status).toBe("ok");
  });

  it("stays there: chunks and the end of streams", async () => {
    const chunks = [...run(() => [1, 2].values(), { onChunk: bug, onStreamEnd: bug })];
    expect(chunks).toEqual([1, 2]);
    expect((await ended()).status).toBe("ok");
  });

  it("stays there: values that throw when they are looked at", async () => {
    const hostile = new Proxy({}, { get: bug });
    expect(run(() => hostile)).toBe(hostile);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(run(() => proxy, {}, "proxy")).toBe(proxy);
    await tracing.flush();
    expect(exporter.spans().map(({ status }) => status)).toEqual(["ok", "ok"]);
  });
});
