import { beforeEach, expect, it } from "vitest";
import { agentSpan } from "../spans/agent-span.ts";
import { llmSpan } from "../spans/llm-span.ts";
import { toolSpan } from "../spans/tool-span.ts";
import { initTestTracing } from "./testing.ts";

const { tracing, exporter } = initTestTracing();
beforeEach(async () => {
  await tracing.flush();
  exporter.reset();
});

it("gives a test its spans as a tree, parents first, though all began in one millisecond", async () => {
  for (let n = 0; n < 20; n++) {
    exporter.reset();
    agentSpan("goal", () => {
      llmSpan({ model: "m" }, () => "a");
      toolSpan("look", {}, () => toolSpan("inner", {}, () => "b"));
    });
    await tracing.flush();
    expect(exporter.spans().map(({ name }) => name)[0]).toBe("agent.run");
    const [root, ...others] = exporter.roots();
    expect(others).toEqual([]);
    expect(root).toMatchObject({ name: "agent.run", kind: "AGENT", status: "ok" });
    expect(root?.children.map(({ name }) => name)).toEqual(["llm.chat", "tool.look"]);
    expect(exporter.span("tool.look").children[0]?.name).toBe("tool.inner");
  }
});

it("says which spans there are when the one that is asked for is not the one", async () => {
  expect(() => exporter.span("x")).toThrow('no spans are called "x"; there are: none');
  llmSpan({ model: "m" }, () => "a");
  llmSpan({ model: "m" }, () => "a");
  await tracing.flush();
  expect(() => exporter.span("x")).toThrow("there are: llm.chat, llm.chat");
  expect(() => exporter.span("llm.chat")).toThrow("2 spans are called");
});

it("sends nothing", () => {
  expect(Object.keys(tracing.stats().losses)).toEqual(["InMemoryExporter"]);
});
