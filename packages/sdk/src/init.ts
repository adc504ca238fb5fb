import {
  context,
  createContextKey,
  propagation,
  ROOT_CONTEXT,
  trace,
  type Tracer,
  type TracerProvider as ApiTracerProvider,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  type Resource,
} from "@opentelemetry/resources";
import { AlwaysOnSampler, TracerProvider, type SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Losses } from "./export/losses.ts";
import type { SamplingCounts } from "./sampling/sampling-options.ts";
import { SDK_NAME, SDK_VERSION } from "./sdk-version.ts";
import { SpanPipeline } from "./span-pipeline.ts";
import { attempt } from "./spans/attempt.ts";
import type { TracingOptions } from "./tracing-options.ts";

/** OpenTelemetry's 128 would cut a conversation of twenty messages in silence. */
const SPAN_LIMITS = { attributeCountLimit: 16_384, eventCountLimit: 1024 };

/** What `initTracing` returns. */
export interface Tracing {
  /** Sends what is queued and resolves when it was sent or lost. Never rejects. */
  flush(): Promise<void>;
  /** Flushes, then stops: spans that end later go nowhere. Call it before the process exits. Never rejects. */
  shutdown(): Promise<void>;
  /** Spans lost so far, by destination, and what the sampler did. */
  stats(): { losses: Record<string, Losses>; sampling: SamplingCounts | undefined };
  /** False when the application had an OpenTelemetry provider of its own, which then carries this one's spans. */
  readonly ownsProvider: boolean;
}

interface State {
  tracing: Tracing;
  tracer: Tracer;
  pipeline: SpanPipeline | undefined;
}

/** One state for the process, though an application may load this package both as ESM and as CommonJS. */
const STATE = Symbol.for("nightowl.sdk.state");
const shared = globalThis as { [STATE]?: State };

/**
 * Starts tracing for the process. A second call changes nothing and returns the first one's handle.
 *
 * Beside an OpenTelemetry provider that the application has already registered it adds a span processor to that
 * one. Otherwise it registers a provider, W3C trace context and baggage, and context that follows awaits.
 *
 * Never throws: options that make no sense are said in the log, and the application runs on untraced.
 */
export function initTracing(options: TracingOptions = {}): Tracing {
  shared[STATE] ??= start(options);
  return shared[STATE].tracing;
}

/** The tracer of this package; starts tracing with defaults if nothing has. For spans that no function here makes. */
export function tracer(): Tracer {
  return (shared[STATE] ??= start({})).tracer;
}

/** Whether spans are cut at 128 attributes because the provider, and so its limit, is the application's. */
export function ownsProvider(): boolean {
  return shared[STATE]?.tracing.ownsProvider ?? true;
}

/**
 * Keeps the trace of the active span, or the one named, whatever the sampler would have decided: for a request
 * that somebody is debugging, for instance. Without effect when its fate is decided, or without sampling.
 */
export function keepTrace(traceId = trace.getActiveSpan()?.spanContext().traceId): void {
  if (traceId !== undefined) shared[STATE]?.pipeline?.sampler?.keep(traceId);
}

function start(options: TracingOptions): State {
  try {
    const pipeline = new SpanPipeline(options, process.env);
    const provider = joinExisting(pipeline, options) ?? register(pipeline, options);
    registerContext();
    return createState(pipeline, provider);
  } catch (error) {
    say(options, `tracing is off: ${error instanceof Error ? error.message : String(error)}`);
    return {
      tracing: {
        flush: async () => {},
        shutdown: async () => {},
        stats: () => ({ losses: {}, sampling: undefined }),
        ownsProvider: true,
      },
      tracer: trace.getTracer(SDK_NAME, SDK_VERSION),
      pipeline: undefined,
    };
  }
}

function createState(
  pipeline: SpanPipeline,
  { provider, ownsProvider: isOwn }: { provider: ApiTracerProvider; ownsProvider: boolean },
): State {
  const flush = async (): Promise<void> => {
    await pipeline.forceFlush().catch(() => {});
  };
  // A process that runs out of work still holds up to a second of spans; ended ones are sent.
  const onIdle = (): void => void pipeline.flushBeforeExit().catch(() => {});
  process.on("beforeExit", onIdle);
  const tracing: Tracing = {
    flush,
    async shutdown() {
      process.removeListener("beforeExit", onIdle);
      await pipeline.shutdown().catch(() => {});
    },
    stats: () => ({ losses: pipeline.losses(), sampling: pipeline.samplingCounts() }),
    ownsProvider: isOwn,
  };
  return { tracing, tracer: provider.getTracer(SDK_NAME, SDK_VERSION), pipeline };
}

function register(
  pipeline: SpanPipeline,
  options: TracingOptions,
): { provider: ApiTracerProvider; ownsProvider: true } {
  const provider = new TracerProvider({
    resource: createResource(options, process.env),
    spanLimits: SPAN_LIMITS,
    spanProcessors: [pipeline],
    // With tail sampling every span is recorded: whether to keep it is decided when its outcome is known.
    ...(options.sampling === undefined ? {} : { sampler: new AlwaysOnSampler() }),
  });
  trace.setGlobalTracerProvider(provider);
  return { provider, ownsProvider: true };
}

/**
 * Context that follows awaits, and W3C headers, where the application has none: a provider that was made by hand
 * comes without, and spans would not nest. Asked first, because registering a second one is reported as an error.
 */
function registerContext(): void {
  const probe = createContextKey("nightowl.probe");
  const hasContext = context.with(
    ROOT_CONTEXT.setValue(probe, true),
    () => context.active().getValue(probe) === true,
  );
  if (!hasContext) context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  if (propagation.fields().length > 0) return;
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
}

/**
 * Adds the pipeline to a provider that is already registered. OpenTelemetry 1 has a method for it; 2 takes
 * processors in its constructor only, so there the list behind it is extended.
 */
function joinExisting(
  pipeline: SpanPipeline,
  options: TracingOptions,
): { provider: ApiTracerProvider; ownsProvider: false } | undefined {
  const existing = registeredProvider();
  if (existing === undefined) return undefined;
  const inside = existing as {
    addSpanProcessor?: (processor: SpanProcessor) => void;
    _activeSpanProcessor?: { _spanProcessors?: SpanProcessor[] };
  };
  const list = inside["_activeSpanProcessor"]?.["_spanProcessors"];
  if (typeof inside.addSpanProcessor === "function") inside.addSpanProcessor(pipeline);
  else if (Array.isArray(list)) list.push(pipeline);
  else {
    say(
      options,
      "the application's OpenTelemetry provider takes no further span processor, so nothing is sent. " +
        "Call initTracing before the provider is registered, or send to Nightowl from that provider.",
    );
  }
  return { provider: existing, ownsProvider: false };
}

function registeredProvider(): ApiTracerProvider | undefined {
  const provider = trace.getTracerProvider() as ApiTracerProvider & { getDelegate?: () => ApiTracerProvider };
  const registered = provider.getDelegate?.() ?? provider;
  return registered.constructor.name === "NoopTracerProvider" ? undefined : registered;
}

function createResource(options: TracingOptions, env: Record<string, string | undefined>): Resource {
  const project = options.project ?? env["NIGHTOWL_PROJECT"] ?? env["PHOENIX_PROJECT_NAME"];
  return defaultResource()
    .merge(detectResources({ detectors: [envDetector] }))
    .merge(
      resourceFromAttributes({
        "service.name": options.serviceName ?? env["OTEL_SERVICE_NAME"] ?? "stack",
        ...(options.serviceVersion === undefined ? {} : { "service.version": options.serviceVersion }),
        ...(options.environment === undefined ? {} : { "deployment.environment.name": options.environment }),
        ...(project === undefined || project === "" ? {} : { "openinference.project.name": project }),
        ...options.resourceAttributes,
      }),
    );
}

function say({ log = console.warn }: TracingOptions, line: string): void {
  attempt(() => log(`nightowl: ${line}`));
}
