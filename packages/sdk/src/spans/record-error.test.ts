import { createContext, runInContext } from "node:vm";
import { beforeEach, describe, expect, it } from "vitest";
import { initTestTracing, type TestSpan } from "../testing/testing.ts";
import { tracer } from "../init.ts";
import { recordError } from "./record-error.ts";

const { tracing, exporter } = initTestTracing();
beforeEach(async () => {
  await tracing.flush();
  exporter.reset();
});

async function record(thrown: unknown): Promise<TestSpan> {
  const span = tracer().startSpan("s");
  recordError(span, thrown);
  span.end();
  await tracing.flush();
  return exporter.span("s");
}

class RateLimitError extends Error {}

describe("recordError", () => {
  it("writes status, type and an event with the stack", async () => {
    const span = await record(new TypeError("no"));
    expect(span).toMatchObject({
      status: "error",
      statusMessage: "no",
      attributes: { "error.type": "TypeError" },
    });
    expect(span.events).toEqual([
      {
        name: "exception",
        attributes: {
          "exception.type": "TypeError",
          "exception.message": "no",
          "exception.stacktrace": expect.stringMatching(
            /^TypeError: no\n +at .*record-error\.test/,
          ) as string,
        },
      },
    ]);
  });

  it("says the class where the name is left at Error", async () => {
    expect((await record(new RateLimitError("slow down"))).attributes["error.type"]).toBe("RateLimitError");
  });

  it("follows causes, not for ever", async () => {
    const circle = new Error("a");
    circle.cause = new Error("b", { cause: circle });
    const stack = String((await record(circle)).events[0]?.attributes["exception.stacktrace"]);
    expect(stack.match(/Caused by: Error: b/g)).toHaveLength(3);
    exporter.reset();
    const text = await record(new Error("a", { cause: "the network" }));
    expect(text.events[0]?.attributes["exception.stacktrace"]).toContain("Caused by: the network");
  });

  it.each<[string, unknown, string, string]>([
    ["a text", "boom", "Error", "boom"],
    ["nothing", undefined, "Error", "undefined"],
    ["null", null, "Error", "null"],
    ["a symbol", Symbol("s"), "Error", "Symbol(s)"],
    ["a plain object", { message: "m", name: "N" }, "N", "m"],
    ["an object without a word", { code: 7 }, "Error", "[object Object]"],
    ["an object without a prototype", Object.create(null), "Error", "an error that cannot be read"],
    [
      "an error of another realm",
      runInContext("new RangeError('far')", createContext()),
      "RangeError",
      "far",
    ],
    ["an aborted signal", AbortSignal.abort().reason, "AbortError", "This operation was aborted"],
  ])("takes %s", async (_what, thrown, type, message) => {
    const span = await record(thrown);
    expect(span).toMatchObject({
      status: "error",
      statusMessage: message,
      attributes: { "error.type": type },
    });
  });

  it("takes an error that throws while it is read", async () => {
    const hostile = new Error("x");
    Object.defineProperty(hostile, "message", {
      get() {
        throw new Error("no");
      },
    });
    expect(await record(hostile)).toMatchObject({
      status: "error",
      statusMessage: "an error that cannot be read",
    });
  });
});
