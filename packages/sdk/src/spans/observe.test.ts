import { beforeEach, describe, expect, it } from "vitest";
import { initTestTracing, type TestSpan } from "../testing/testing.ts";
import { agentSpan, recordAgentOutput } from "./agent-span.ts";
import { chainSpan } from "./chain-span.ts";
import { observe } from "./observe.ts";
import { toolSpan } from "./tool-span.ts";

const { tracing, exporter } = initTestTracing();
beforeEach(async () => {
  await tracing.flush();
  exporter.reset();
});

async function ended(name: string): Promise<TestSpan> {
  await tracing.flush();
  return exporter.span(name);
}

describe("toolSpan", () => {
  it("records arguments and result, and which call of the model it answers", async () => {
    const options = {
      callId: "c1",
      description: "Looks.",
      schema: { type: "object" },
      attributes: { shard: 3 },
    };
    expect(await toolSpan("look", { at: "sky" }, async () => ({ seen: "dark" }), options)).toEqual({
      seen: "dark",
    });
    expect((await ended("tool.look")).attributes).toEqual({
      "openinference.span.kind": "TOOL",
      "tool.name": "look",
      "tool.id": "c1",
      "tool.description": "Looks.",
      "tool.json_schema": '{"type":"object"}',
      "input.value": '{"at":"sky"}',
      "input.mime_type": "application/json",
      "output.value": '{"seen":"dark"}',
      "output.mime_type": "application/json",
      shard: 3,
    });
  });

  it("fails with its tool", () => {
    expect(() =>
      toolSpan("look", {}, () => {
        throw new Error("cloudy");
      }),
    ).toThrow("cloudy");
  });
});

describe("agentSpan", () => {
  it("records the goal and what was returned", async () => {
    await agentSpan("find the owl", async () => "found", { agentName: "finder" });
    expect((await ended("agent.run")).attributes).toMatchObject({
      "openinference.span.kind": "AGENT",
      "agent.name": "finder",
      "input.value": "find the owl",
      "output.value": "found",
    });
  });

  it("records how the loop ended, by hand", async () => {
    await agentSpan("g", (span) => {
      recordAgentOutput(span, { output: "stopped", stopReason: "max_iterations", iterations: 10 });
      return { state: "internal" };
    });
    expect((await ended("agent.run")).attributes).toMatchObject({
      "output.value": "stopped",
      "agent.stop_reason": "max_iterations",
      "agent.iterations": 10,
    });
  });
});

describe("chainSpan", () => {
  it("is a step of any kind", async () => {
    expect(chainSpan("check", { text: "hi" }, () => true, { kind: "GUARDRAIL" })).toBe(true);
    expect((await ended("check")).attributes).toEqual({
      "openinference.span.kind": "GUARDRAIL",
      "input.value": '{"text":"hi"}',
      "input.mime_type": "application/json",
      "output.value": "true",
      "output.mime_type": "application/json",
    });
  });

  it("has no output where nothing is returned", async () => {
    chainSpan("log", undefined, () => {});
    expect((await ended("log")).attributes).toEqual({ "openinference.span.kind": "CHAIN" });
  });
});

describe("observe", () => {
  it("wraps a function under its name, with its arguments", async () => {
    const add = observe(function add(a: number, b: number) {
      return a + b;
    });
    expect(add(1, 2)).toBe(3);
    expect((await ended("add")).attributes).toMatchObject({ "input.value": "[1,2]", "output.value": "3" });
  });

  it("keeps `this`, and takes a name, a kind and what to record", async () => {
    class Shop {
      readonly #stock = { owl: 2 };
      count = observe(
        function (this: Shop, name: "owl", _secret: string) {
          return this.#stock[name];
        },
        {
          name: "shop.count",
          kind: "TOOL",
          input: (name) => name,
          recordOutput: false,
          attributes: { a: 1 },
        },
      );
    }
    expect(new Shop().count("owl", "password")).toBe(2);
    const { attributes } = await ended("shop.count");
    expect(attributes).toEqual({
      "openinference.span.kind": "TOOL",
      "input.value": "owl",
      "input.mime_type": "text/plain",
      a: 1,
    });
  });

  it("wraps async functions and generators, which nest", async () => {
    const inner = observe(async (n: number) => n * 2, { name: "inner" });
    const outer = observe(
      async function* () {
        yield await inner(1);
        yield await inner(2);
      },
      { name: "outer" },
    );
    const all: number[] = [];
    for await (const n of outer()) all.push(n);
    expect(all).toEqual([2, 4]);
    expect((await ended("outer")).children.map(({ name }) => name)).toEqual(["inner", "inner"]);
  });

  it("names a function that has no name", async () => {
    observe(() => 1)();
    expect((await ended("anonymous")).status).toBe("ok");
  });

  it("runs the function though what is to be recorded throws", () => {
    const input = (): never => {
      throw new Error("bug");
    };
    expect(observe(() => 7, { name: "x", input })()).toBe(7);
  });
});
