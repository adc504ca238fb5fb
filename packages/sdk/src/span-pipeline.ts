import type { Context } from "@opentelemetry/api";
import { getAttributesFromContext } from "@arizeai/openinference-core";
import {
  SimpleSpanProcessor,
  type ReadableSpan,
  type Span,
  type SpanExporter,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace";
import { BoundedBatch } from "./export/bounded-batch.ts";
import { createConsoleExporter } from "./export/console-exporter.ts";
import { resolveEndpoint, toTracesUrl } from "./export/endpoint.ts";
import { LossLog, type Losses } from "./export/losses.ts";
import { createOtlpExporter } from "./export/otlp-exporter.ts";
import { createMasking, withMasking } from "./export/privacy.ts";
import type { SamplingCounts } from "./sampling/sampling-options.ts";
import { TailSampler } from "./sampling/tail-sampler.ts";
import type { Destination, TracingOptions } from "./tracing-options.ts";

const DEFAULTS = {
  maxQueueSpans: 8192,
  maxQueueBytes: 64 * 2 ** 20,
  exportDelayMs: 1000,
  exportTimeoutMs: 10_000,
};

interface Target {
  name: string;
  processor: SpanProcessor;
  losses: Losses;
}

/**
 * What every span goes through: the user, session and prompt of its context are written on it when it starts;
 * when it ends it waits for the sampler's word, and is then queued for each destination.
 */
export class SpanPipeline implements SpanProcessor {
  readonly sampler: TailSampler | undefined;
  readonly #targets: Target[];
  readonly #next: SpanProcessor;

  /** Throws a TypeError for an address and a RangeError for a ratio that make no sense. */
  constructor(options: TracingOptions, env: Record<string, string | undefined>) {
    this.#targets = openTargets(options, env);
    const fanOut = new FanOut(this.#targets.map(({ processor }) => processor));
    this.sampler = options.sampling === undefined ? undefined : new TailSampler(fanOut, options.sampling);
    this.#next = this.sampler ?? fanOut;
  }

  onStart(span: Span, parentContext: Context): void {
    span.setAttributes(getAttributesFromContext(parentContext));
    this.#next.onStart(span, parentContext);
  }

  onEnd(span: ReadableSpan): void {
    this.#next.onEnd(span);
  }

  async forceFlush(): Promise<void> {
    await this.#next.forceFlush();
  }

  async shutdown(): Promise<void> {
    await this.#next.shutdown();
  }

  /** Spans lost so far, by destination. */
  losses(): Record<string, Losses> {
    return Object.fromEntries(this.#targets.map(({ name, losses }) => [name, { ...losses }]));
  }

  samplingCounts(): SamplingCounts | undefined {
    return this.sampler?.counts();
  }
}

/** Hands each span to every destination. */
class FanOut implements SpanProcessor {
  readonly #processors: readonly SpanProcessor[];

  constructor(processors: readonly SpanProcessor[]) {
    this.#processors = processors;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    for (const processor of this.#processors) processor.onEnd(span);
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.#processors.map((processor) => processor.forceFlush()));
  }

  async shutdown(): Promise<void> {
    await Promise.all(this.#processors.map((processor) => processor.shutdown()));
  }
}

function openTargets(options: TracingOptions, env: Record<string, string | undefined>): Target[] {
  const { log = console.warn } = options;
  const bounds = {
    maxQueueSpans: options.maxQueueSpans ?? DEFAULTS.maxQueueSpans,
    maxQueueBytes: options.maxQueueBytes ?? DEFAULTS.maxQueueBytes,
    exportDelayMs: options.exportDelayMs ?? DEFAULTS.exportDelayMs,
    exportTimeoutMs: options.exportTimeoutMs ?? DEFAULTS.exportTimeoutMs,
  };
  const mask = createMasking(options, env);
  const masked = (exporter: SpanExporter): SpanExporter =>
    mask === undefined ? exporter : withMasking(exporter, mask);

  const endpoint = resolveEndpoint(options, env);
  const destinations: Destination[] = [...(endpoint ? [endpoint] : []), ...(options.exporters ?? [])];
  const targets = destinations.map((destination): Target => {
    const { name, exporter } = openDestination(destination, bounds.exportTimeoutMs);
    const losses = new LossLog(name, log);
    return { name, processor: new BoundedBatch(masked(exporter), bounds, losses), losses: losses.losses };
  });
  if (options.console === true) {
    const exporter = masked(createConsoleExporter((line) => console.log(line)));
    targets.push({
      name: "console",
      processor: new SimpleSpanProcessor({ exporter }),
      losses: { queueFull: 0, exportFailed: 0 },
    });
  }
  return targets;
}

function openDestination(
  destination: Destination,
  timeoutMs: number,
): { name: string; exporter: SpanExporter } {
  if ("export" in destination) return { name: destination.constructor.name, exporter: destination };
  const url = toTracesUrl(destination.url);
  const { headers = {} } = destination;
  const compression = "compression" in destination ? destination.compression : undefined;
  return {
    // Without what a URL may carry of a password.
    name: new URL(url).origin,
    exporter: createOtlpExporter({ url, headers }, { timeoutMs, compression }),
  };
}
