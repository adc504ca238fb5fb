import { context, propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { BasicTracerProvider } from "opentelemetry-sdk-trace-1";
import { expect, it } from "vitest";
import { initTracing } from "./init.ts";
import { chainSpan } from "./spans/chain-span.ts";
import { Collector } from "./testing/collector.ts";
import { InMemoryExporter } from "./testing/testing.ts";

// An application whose provider is OpenTelemetry 1's: its spans lack what OpenTelemetry 2 reads.
const provider = new BasicTracerProvider();
trace.setGlobalTracerProvider(provider);
const exporter = new InMemoryExporter();

it("has its spans sent: encoded, nested, and sampled by their outcome", async () => {
  const collector = await Collector.start();
  const tracing = initTracing({
    endpoint: collector.url,
    exporters: [exporter],
    sampling: { ratio: 0, keepErrors: true },
  });
  expect(tracing.ownsProvider).toBe(false);
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  context.with(propagation.extract(ROOT_CONTEXT, { traceparent }), () => {
    expect(() =>
      chainSpan("outer", 1, () => {
        chainSpan("inner", 1, () => {});
        throw new Error("no");
      }),
    ).toThrow("no");
  });
  chainSpan("fine", 1, () => chainSpan("fine too", 1, () => {}));
  await tracing.flush();
  expect(tracing.stats()).toMatchObject({
    losses: { [collector.url]: { exportFailed: 0 } },
    sampling: { keptFailed: 1, droppedTraces: 1, droppedSpans: 2 },
  });
  expect(collector.count("inner")).toBe(1);
  expect(collector.count("@nightowl/sdk")).toBe(1);
  expect(exporter.span("outer")).toMatchObject({ parentSpanId: "b7ad6b7169203331", status: "error" });
  expect(exporter.span("outer").children.map(({ name }) => name)).toEqual(["inner"]);
  await tracing.shutdown();
  await collector.close();
});
