import { context, propagation, trace } from "@opentelemetry/api";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { expect, it } from "vitest";
import { initTracing, tracer } from "./init.ts";
import { chainSpan } from "./spans/chain-span.ts";
import { InMemoryExporter } from "./testing/testing.ts";

const exporter = new InMemoryExporter();

it("registers a provider, context and W3C headers, once", () => {
  const tracing = initTracing({
    endpoint: false,
    exporters: [exporter],
    serviceName: "shop",
    serviceVersion: "1.2",
    environment: "test",
    project: "owls",
    resourceAttributes: { "team.name": "night" },
  });
  expect(tracing.ownsProvider).toBe(true);
  expect(initTracing({ serviceName: "other" })).toBe(tracing);
  expect(propagation.fields()).toEqual(expect.arrayContaining(["traceparent", "baggage"]));
});

it("says in the resource what the options say", async () => {
  chainSpan("s", 1, () => {});
  await initTracing().flush();
  expect(exporter.readableSpans()[0]?.resource.attributes).toMatchObject({
    "service.name": "shop",
    "service.version": "1.2",
    "deployment.environment.name": "test",
    "openinference.project.name": "owls",
    "team.name": "night",
    "telemetry.sdk.language": "nodejs",
  });
  expect(exporter.readableSpans()[0]?.instrumentationScope).toMatchObject({ name: "@nightowl/sdk" });
});

it("carries the spans of others, and is not replaced by a provider that comes later", async () => {
  exporter.reset();
  expect(trace.setGlobalTracerProvider(new TracerProvider())).toBe(false);
  trace.getTracer("another").startActiveSpan("theirs", (span) => {
    chainSpan("ours", 1, () => {});
    span.end();
  });
  await initTracing().flush();
  expect(exporter.span("theirs").children.map(({ name }) => name)).toEqual(["ours"]);
});

it("is what a tracer by hand uses", async () => {
  exporter.reset();
  const span = tracer().startSpan("by hand");
  context.with(trace.setSpan(context.active(), span), () => chainSpan("child", 1, () => {}));
  span.end();
  await initTracing().flush();
  expect(exporter.span("by hand").children).toHaveLength(1);
});
