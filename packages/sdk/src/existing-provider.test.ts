import { trace } from "@opentelemetry/api";
import { SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { beforeEach, expect, it } from "vitest";
import { initTracing } from "./init.ts";
import { chainSpan } from "./spans/chain-span.ts";
import { llmSpan } from "./spans/llm-span.ts";
import { InMemoryExporter } from "./testing/testing.ts";

// As an application does that has OpenTelemetry already, without a context manager: spans nest even so.
const theirs = new InMemoryExporter();
let isBroken = false;
const breaking = {
  onStart() {
    if (isBroken) throw new Error("a processor of the application's");
  },
  onEnd() {},
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};
const provider = new TracerProvider({
  spanProcessors: [breaking, new SimpleSpanProcessor({ exporter: theirs })],
});
trace.setGlobalTracerProvider(provider);
const ours = new InMemoryExporter();
const tracing = initTracing({
  endpoint: false,
  exporters: [ours],
  maskInputs: true,
  sampling: { ratio: 0, keepErrors: true },
});

beforeEach(async () => {
  await tracing.flush();
  ours.reset();
  theirs.reset();
});

it("adds a processor to it: every span reaches both", async () => {
  expect(tracing.ownsProvider).toBe(false);
  expect(() =>
    trace.getTracer("app").startActiveSpan("request", (span) => {
      chainSpan("work", "secret", () => {
        span.end();
        throw new Error("no");
      });
    }),
  ).toThrow("no");
  await tracing.flush();
  expect(theirs.spans().map(({ name }) => name)).toEqual(["request", "work"]);
  expect(theirs.span("request").children).toHaveLength(1);
  expect(ours.span("work").attributes["input.value"]).toBe("__REDACTED__");
  expect(theirs.span("work").attributes["input.value"]).toBe("secret");
});

it("samples by the outcome what it sends itself, and nothing else", async () => {
  chainSpan("fine", 1, () => {});
  expect(() =>
    chainSpan("fails", 1, () => {
      chainSpan("child", 1, () => {});
      throw new Error("no");
    }),
  ).toThrow("no");
  await tracing.flush();
  expect(theirs.spans().map(({ name }) => name)).toEqual(["fine", "fails", "child"]);
  expect(ours.span("fails").children.map(({ name }) => name)).toEqual(["child"]);
  expect(ours.spans()).toHaveLength(2);
  expect(tracing.stats().sampling).toMatchObject({ droppedTraces: 2, keptFailed: 1, keptLoneSpans: 1 });
});

it("keeps a long conversation in one attribute, where the provider's limit cuts the rest", async () => {
  const messages = Array.from({ length: 100 }, (_, n) => ({ role: "user", content: `message ${n}` }));
  llmSpan({ model: "m", messages }, () => "ok");
  await tracing.flush();
  const { attributes } = theirs.span("llm.chat");
  expect(Object.keys(attributes)).toHaveLength(128);
  expect(attributes["input.value"]).toContain("message 99");
  expect(attributes["openinference.span.kind"]).toBe("LLM");
});

it("runs the application though a processor of the application's throws", () => {
  isBroken = true;
  expect(chainSpan("s", 1, () => 7)).toBe(7);
  isBroken = false;
});

it("flushes with the provider, and ends with it", async () => {
  await provider.forceFlush();
  await provider.shutdown();
  await tracing.shutdown();
  expect(chainSpan("after", 1, () => 7)).toBe(7);
  expect(ours.spans()).toEqual([]);
});
