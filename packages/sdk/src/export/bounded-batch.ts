import { setImmediate as nextTurn } from "node:timers/promises";
import { context, TraceFlags } from "@opentelemetry/api";
import { ExportResultCode, suppressTracing, type ExportResult } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
import { bytesOfSpan } from "../sampling/span-bytes.ts";
import type { LossLog } from "./losses.ts";

export interface BatchBounds {
  maxQueueSpans: number;
  maxQueueBytes: number;
  exportDelayMs: number;
  exportTimeoutMs: number;
}

const MAX_BATCH_SPANS = 512;
/** Collectors refuse bodies of some 20 MB, and encoding a large one holds up the application. */
const MAX_BATCH_BYTES = 4 * 2 ** 20;
/** For an exporter that keeps the time itself, and says better what happened. */
const GRACE_MS = 1000;

interface Queued {
  span: ReadableSpan;
  bytes: number;
}

/**
 * Queues spans and sends them in batches in the background, one at a time. In place of OpenTelemetry's batch
 * processor because that one has no bound on bytes, in the queue or in a request, gives no account of what was
 * lost, does not wait in a flush for what is on its way, and keeps a process alive that has nothing else to do.
 *
 * A span counts against the bounds until it was sent or lost. No exporter can throw into the application. Nothing
 * here keeps the process alive: whoever waits for a flush does.
 */
export class BoundedBatch implements SpanProcessor {
  readonly #exporter: SpanExporter;
  readonly #bounds: BatchBounds;
  readonly #losses: LossLog;
  readonly #waiting: Queued[] = [];
  readonly #sending = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #isDraining = false;
  #isClosed = false;
  #queuedSpans = 0;
  #queuedBytes = 0;

  constructor(exporter: SpanExporter, bounds: BatchBounds, losses: LossLog) {
    this.#exporter = exporter;
    this.#bounds = bounds;
    this.#losses = losses;
  }

  /** Spans that are neither sent nor lost yet. */
  get queuedSpans(): number {
    return this.#queuedSpans;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    const isSampled = (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
    if (this.#isClosed || !isSampled) return;
    const bytes = bytesOfSpan(span);
    const { maxQueueSpans, maxQueueBytes, exportDelayMs } = this.#bounds;
    if (this.#queuedSpans >= maxQueueSpans || this.#queuedBytes + bytes > maxQueueBytes) {
      this.#losses.add("queueFull", 1, "the queue is full");
      return;
    }
    this.#queuedSpans++;
    this.#queuedBytes += bytes;
    this.#waiting.push({ span, bytes });
    if (this.#waiting.length >= MAX_BATCH_SPANS) void this.#drain();
    else this.#timer ??= setTimeout(() => void this.#drain(), exportDelayMs).unref();
  }

  /** Sends what is queued. Resolves when it, and what was on its way, was sent or lost; never rejects. */
  async forceFlush(): Promise<void> {
    this.#stopTimer();
    while (this.#waiting.length > 0) {
      void this.#send(this.#take());
      await nextTurn();
    }
    await Promise.all(this.#sending);
    await this.#exporter.forceFlush?.().catch(() => {});
  }

  /** Flushes, then closes the exporter; never rejects. Spans that end later are not taken. */
  async shutdown(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.forceFlush();
    await this.#exporter.shutdown().catch(() => {});
  }

  async #drain(): Promise<void> {
    if (this.#isDraining) return;
    this.#isDraining = true;
    this.#stopTimer();
    // Encoding is not for the code that has just ended a span.
    await nextTurn();
    while (this.#waiting.length > 0) await this.#send(this.#take());
    this.#isDraining = false;
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #take(): Queued[] {
    let count = 0;
    let sum = 0;
    for (const { bytes } of this.#waiting) {
      sum += bytes;
      if (count === MAX_BATCH_SPANS || (count > 0 && sum > MAX_BATCH_BYTES)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  #send(batch: readonly Queued[]): Promise<void> {
    const sent = this.#export(batch).finally(() => this.#sending.delete(sent));
    this.#sending.add(sent);
    return sent;
  }

  async #export(batch: readonly Queued[]): Promise<void> {
    const spans = batch.map(({ span }) => span);
    await waitForResources(spans);
    const result = await this.#resultOf(spans);
    this.#queuedSpans -= spans.length;
    for (const { bytes } of batch) this.#queuedBytes -= bytes;
    if (result.code === ExportResultCode.SUCCESS) return;
    this.#losses.add("exportFailed", spans.length, result.error?.message ?? "the exporter did not say why");
  }

  /** The exporter's result; a failure where it throws, or has not called back when its time is over. */
  #resultOf(spans: ReadableSpan[]): Promise<ExportResult> {
    return new Promise((resolve) => {
      const fail = (error: unknown): void =>
        resolve({
          code: ExportResultCode.FAILED,
          error: error instanceof Error ? error : new Error(String(error)),
        });
      const inTime = (): void => fail("the exporter did not call back in time");
      const timer = setTimeout(inTime, this.#bounds.exportTimeoutMs + GRACE_MS).unref();
      try {
        // What the exporter does is not the application's work, and is no span.
        context.with(suppressTracing(context.active()), () =>
          this.#exporter.export(spans, (result) => {
            clearTimeout(timer);
            resolve(result);
          }),
        );
      } catch (error) {
        clearTimeout(timer);
        fail(error);
      }
    });
  }
}

/** Resource detectors may still be at work when the first spans end. */
async function waitForResources(spans: readonly ReadableSpan[]): Promise<void> {
  const resources = new Set(spans.map(({ resource }) => resource));
  for (const resource of resources) {
    if (resource.asyncAttributesPending) await resource.waitForAsyncAttributes?.().catch(() => {});
  }
}
