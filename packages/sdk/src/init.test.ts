import { trace } from "@opentelemetry/api";
import { expect, it } from "vitest";
import { fastifyTracing } from "./http/fastify.ts";
import { initTracing, keepTrace, tracer } from "./init.ts";
import { llmSpan } from "./spans/llm-span.ts";
import { recordFeedback } from "./spans/record-feedback.ts";

it("runs the application untraced, and says so once, when options make no sense", async () => {
  const lines: string[] = [];
  const tracing = initTracing({ endpoint: "ftp://me:secret@host", log: (line) => lines.push(line) });
  expect(lines).toEqual([
    'nightowl: tracing is off: "ftp://…@host" is no address to send traces to; one is http://localhost:6006',
  ]);
  expect(await llmSpan({ model: "m", messages: "hi" }, async (span) => span.isRecording())).toBe(false);
  expect(tracer().startSpan("s").isRecording()).toBe(false);
  expect(recordFeedback({ traceId: "1", spanId: "2", name: "n", score: 1 })).toBe(true);
  keepTrace("1");
  expect(tracing.stats()).toEqual({ losses: {}, sampling: undefined });
  await tracing.flush();
  await tracing.shutdown();
  expect(typeof fastifyTracing).toBe("function");
  expect(trace.getActiveSpan()).toBeUndefined();
  expect(lines).toHaveLength(1);
});

it("stays as it is: a second call changes nothing", () => {
  expect(initTracing({ endpoint: "http://localhost:1" })).toBe(initTracing());
});
