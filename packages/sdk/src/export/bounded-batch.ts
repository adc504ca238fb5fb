import { ExportResultCode, type ExportResult } from "@opentelemetry/core";
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace";
import { bytesOfSpan } from "../sampling/span-bytes.ts";
import type { LossLog } from "./losses.ts";

export interface BatchBounds {
  maxQueueSpans: number;
  maxQueueBytes: number;
  exportDelayMs: number;
  exportTimeoutMs: number;
}

const MAX_BATCH_SPANS = 512;

/**
 * OpenTelemetry's batch processor with a bound on bytes as well as on spans, an account of what was lost, and
 * no way for an exporter to throw into the application. A span counts against the bounds until it was sent or lost.
 */
export class BoundedBatch implements SpanProcessor {
  readonly #batch: BatchSpanProcessor;
  readonly #bounds: BatchBounds;
  readonly #losses: LossLog;
  readonly #bytes = new WeakMap<ReadableSpan, number>();
  #queuedSpans = 0;
  #queuedBytes = 0;

  constructor(exporter: SpanExporter, bounds: BatchBounds, losses: LossLog) {
    this.#bounds = bounds;
    this.#losses = losses;
    this.#batch = new BatchSpanProcessor({
      exporter: this.#accountFor(exporter),
      maxExportBatchSize: Math.min(MAX_BATCH_SPANS, bounds.maxQueueSpans),
      // The bounds are kept here; the processor's own is never reached.
      maxQueueSize: bounds.maxQueueSpans + 1,
      scheduledDelayMillis: bounds.exportDelayMs,
      exportTimeoutMillis: bounds.exportTimeoutMs * 2,
    });
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    const bytes = bytesOfSpan(span);
    const { maxQueueSpans, maxQueueBytes } = this.#bounds;
    if (this.#queuedSpans >= maxQueueSpans || this.#queuedBytes + bytes > maxQueueBytes) {
      this.#losses.add("queueFull", 1, "the queue is full");
      return;
    }
    this.#queuedSpans++;
    this.#queuedBytes += bytes;
    this.#bytes.set(span, bytes);
    this.#batch.onEnd(span);
  }

  /** Sends what is queued. Resolves when it was sent or lost; never rejects. */
  async forceFlush(): Promise<void> {
    await this.#batch.forceFlush().catch(() => {});
  }

  async shutdown(): Promise<void> {
    await this.#batch.shutdown().catch(() => {});
  }

  #accountFor(exporter: SpanExporter): SpanExporter {
    const settle = (spans: ReadableSpan[], result: ExportResult): void => {
      this.#queuedSpans -= spans.length;
      for (const span of spans) this.#queuedBytes -= this.#bytes.get(span) ?? 0;
      if (result.code === ExportResultCode.SUCCESS) return;
      this.#losses.add("exportFailed", spans.length, reasonOf(result.error));
    };
    return {
      export(spans, done) {
        let isSettled = false;
        const settleOnce = (result: ExportResult): void => {
          if (isSettled) return;
          isSettled = true;
          settle(spans, result);
          // The loss is accounted for; to the processor, which would report it once more, all is well.
          done({ code: ExportResultCode.SUCCESS });
        };
        try {
          exporter.export(spans, settleOnce);
        } catch (error) {
          settleOnce({ code: ExportResultCode.FAILED, error: toError(error) });
        }
      },
      forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
      shutdown: () => exporter.shutdown(),
    };
  }
}

function reasonOf(error: Error | undefined): string {
  if (error === undefined) return "the exporter did not say why";
  const code = "code" in error && error.code !== undefined ? `${String(error.code)} ` : "";
  return error.message.startsWith(code.trim()) ? error.message : `${code}${error.message}`.trim();
}

function toError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}
