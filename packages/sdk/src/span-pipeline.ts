import { setTimeout as delay } from "node:timers/promises";
import type { Context } from "@opentelemetry/api";
import { getAttributesFromContext } from "@arizeai/openinference-core";
import type { ReadableSpan, Span, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
import { BoundedBatch } from "./export/bounded-batch.ts";
import { formatSpan } from "./export/format-span.ts";
import { resolveEndpoint, toTracesUrl } from "./export/endpoint.ts";
import { noteParent, toCurrent } from "./export/older-span.ts";
import { LossLog, type Losses } from "./export/losses.ts";
import { OtlpExporter } from "./export/otlp-exporter.ts";
import { createMasking, withMasking } from "./export/privacy.ts";
import type { SamplingCounts } from "./sampling/sampling-options.ts";
import { TailSampler } from "./sampling/tail-sampler.ts";
import { attempt } from "./spans/attempt.ts";
import type { Destination, TracingOptions } from "./tracing-options.ts";

const DEFAULTS = {
  maxQueueSpans: 8192,
  maxQueueBytes: 64 * 2 ** 20,
  exportDelayMs: 1000,
  exportTimeoutMs: 10_000,
};

/** What a process that has nothing left to do gives the last spans. */
const LAST_MS = 3000;

interface Target {
  name: string;
  batch: BoundedBatch;
  losses: Losses;
  hurry: (isHurried: boolean) => void;
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
    const fanOut = new FanOut([
      ...(options.console === true ? [openConsole(options, env)] : []),
      ...this.#targets.map(({ batch }) => batch),
    ]);
    this.sampler = options.sampling === undefined ? undefined : new TailSampler(fanOut, options.sampling);
    this.#next = this.sampler ?? fanOut;
  }

  onStart(span: Span, parentContext: Context): void {
    attempt(() => span.setAttributes(getAttributesFromContext(parentContext)));
    this.#next.onStart(noteParent(span, parentContext), parentContext);
  }

  onEnd(span: ReadableSpan): void {
    this.#next.onEnd(toCurrent(span));
  }

  /** Resolves when everything that is decided was sent or lost. Keeps the process alive until then. */
  async forceFlush(): Promise<void> {
    await keepAlive(this.#next.forceFlush());
  }

  async shutdown(): Promise<void> {
    await keepAlive(this.#next.shutdown());
  }

  /** For a process that has nothing left to do: a flush that takes seconds at most, whatever the destinations do. */
  async flushBeforeExit(): Promise<void> {
    if (this.#targets.every(({ batch }) => batch.queuedSpans === 0)) return;
    for (const { hurry } of this.#targets) hurry(true);
    await keepAlive(Promise.race([this.#next.forceFlush(), delay(LAST_MS, undefined, { ref: false })]));
    for (const { hurry } of this.#targets) hurry(false);
  }

  /** Spans lost so far, by destination. */
  losses(): Record<string, Losses> {
    return Object.fromEntries(this.#targets.map(({ name, losses }) => [name, { ...losses }]));
  }

  samplingCounts(): SamplingCounts | undefined {
    return this.sampler?.counts();
  }
}

/** Timers and sockets of the queue hold no process; waiting for them does. */
async function keepAlive(work: Promise<unknown>): Promise<void> {
  const timer = setInterval(() => {}, 60_000);
  try {
    await work;
  } finally {
    clearInterval(timer);
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
  const endpoint = resolveEndpoint(options, env);
  const destinations: Destination[] = [...(endpoint ? [endpoint] : []), ...(options.exporters ?? [])];
  const names = new Set<string>();
  return destinations.map((destination): Target => {
    const losses = new LossLog(nameOf(destination, names), log);
    const exporter = openExporter(destination, bounds.exportTimeoutMs, losses);
    return {
      name: losses.destination,
      batch: new BoundedBatch(mask === undefined ? exporter : withMasking(exporter, mask), bounds, losses),
      losses: losses.losses,
      hurry: (isHurried) => {
        if (exporter instanceof OtlpExporter) exporter.hurry(isHurried);
      },
    };
  });
}

function openExporter(destination: Destination, timeoutMs: number, losses: LossLog): SpanExporter {
  if ("export" in destination) return destination;
  return new OtlpExporter(
    { url: toTracesUrl(destination.url), headers: destination.headers ?? {} },
    {
      timeoutMs,
      compression: "compression" in destination ? destination.compression : undefined,
      onRejected: (spans, reason) => losses.add("rejected", spans, reason),
    },
  );
}

/** What the log calls a destination: without what an address may carry of a password, and each by its own name. */
function nameOf(destination: Destination, taken: Set<string>): string {
  const base =
    "export" in destination ? destination.constructor.name : new URL(toTracesUrl(destination.url)).origin;
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base} (${number})`;
  taken.add(name);
  return name;
}

/** Prints at once; what is printed is masked as what is sent. */
function openConsole(options: TracingOptions, env: Record<string, string | undefined>): SpanProcessor {
  const mask = createMasking(options, env);
  return {
    onStart() {},
    onEnd: (span) => attempt(() => console.log(formatSpan(mask === undefined ? span : mask(span)))),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}
