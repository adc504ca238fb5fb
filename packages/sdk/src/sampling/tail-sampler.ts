import { SpanStatusCode, type Context } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace";
import { createRatioTest } from "./ratio.ts";
import type { SamplingCounts, SamplingOptions } from "./sampling-options.ts";
import { bytesOfSpan } from "./span-bytes.ts";
import { withWeight } from "./weighted-span.ts";

const DECISIONS_REMEMBERED = 20_000;

/** A trace whose outcome is not known yet. */
interface OpenTrace {
  startedMs: number;
  /** Spans of this process that have no parent in it and have not ended. */
  openRoots: number;
  slowRoot: boolean;
  spans: ReadableSpan[];
  bytes: number;
}

/** The weight that a trace's spans carry; 0 for a trace that was dropped. */
type Weight = number;

/**
 * Keeps or drops whole traces by their outcome. Spans wait until their trace's local root ends: the span that
 * has no parent, or whose parent is in another process. Where several local roots of one trace are open at
 * once, the last of them decides.
 *
 * - A span that failed keeps its trace at once: what waits is sent, what follows is sent as it ends.
 * - So does a local root that has been open for `keepSlowerThanMs`: long runs are seen while they run.
 * - Otherwise the trace id decides, by the ratio, when the local root ends.
 * - A span that ends after its trace was decided shares its fate; one that failed is sent even so.
 * - Past a bound the oldest trace is decided early, by the ratio.
 *
 * A parent in another process that was not sampled changes nothing: this process's part may still fail.
 */
export class TailSampler implements SpanProcessor {
  readonly #next: SpanProcessor;
  readonly #options: Required<SamplingOptions>;
  readonly #isLucky: (traceId: string) => boolean;
  readonly #ordinaryWeight: Weight;
  /** In order of arrival: the first is the oldest. */
  readonly #open = new Map<string, OpenTrace>();
  readonly #decided = new Map<string, Weight>();
  readonly #timer: NodeJS.Timeout;
  readonly #nowMs: () => number;
  #waitingSpans = 0;
  #waitingBytes = 0;
  readonly #counts = {
    keptFailed: 0,
    keptSlow: 0,
    keptAsked: 0,
    keptByRatio: 0,
    droppedTraces: 0,
    droppedSpans: 0,
    decidedEarly: 0,
    keptLoneSpans: 0,
  };

  /** Throws a RangeError for a ratio that is not between 0 and 1. `nowMs` is a clock that never goes back. */
  constructor(next: SpanProcessor, options: SamplingOptions, nowMs: () => number = () => performance.now()) {
    this.#next = next;
    this.#options = {
      ratio: 1,
      keepErrors: true,
      keepSlowerThanMs: Infinity,
      maxBufferedSpans: 20_000,
      maxBufferedBytes: 64 * 2 ** 20,
      maxBufferedTraces: 5000,
      maxWaitMs: 300_000,
      // An option that is undefined is one that is not given.
      ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    };
    const { ratio } = this.#options;
    if (!(ratio >= 0 && ratio <= 1)) throw new RangeError(`sampling.ratio is between 0 and 1, not ${ratio}`);
    this.#isLucky = createRatioTest(ratio);
    this.#ordinaryWeight = ratio > 0 ? 1 / ratio : 0;
    this.#nowMs = nowMs;
    this.#timer = setInterval(() => this.look(), 1000);
    this.#timer.unref();
  }

  onStart(span: Span, parentContext: Context): void {
    this.#next.onStart(span, parentContext);
    const { traceId } = span.spanContext();
    const isRoot = isLocalRoot(span);
    const trace = this.#open.get(traceId);
    if (trace !== undefined) {
      if (isRoot) trace.openRoots++;
      return;
    }
    // Kept before: what is still to come is kept as it ends. Dropped before: a new local root is a new chance.
    const weight = this.#decided.get(traceId);
    if (weight !== undefined && (weight > 0 || !isRoot)) return;
    if (weight !== undefined) this.#decided.delete(traceId);
    this.#open.set(traceId, {
      startedMs: this.#nowMs(),
      openRoots: isRoot ? 1 : 0,
      slowRoot: false,
      spans: [],
      bytes: 0,
    });
    if (this.#open.size > this.#options.maxBufferedTraces) this.#decideOldest();
  }

  onEnding(span: Span): void {
    this.#next.onEnding?.(span);
  }

  onEnd(span: ReadableSpan): void {
    const { traceId } = span.spanContext();
    const trace = this.#open.get(traceId);
    if (trace === undefined) {
      this.#sendLate(span, this.#decided.get(traceId));
      return;
    }
    this.#hold(trace, span);
    const isRoot = isLocalRoot(span);
    if (isRoot) {
      trace.openRoots--;
      trace.slowRoot ||= durationMsOf(span) >= this.#options.keepSlowerThanMs;
    }
    if (this.#options.keepErrors && hasFailed(span)) {
      this.#counts.keptFailed++;
      this.#keep(traceId, trace, 1);
    } else if (trace.slowRoot) {
      this.#counts.keptSlow++;
      this.#keep(traceId, trace, 1);
    } else if (isRoot && trace.openRoots <= 0) {
      this.#decideByRatio(traceId, trace);
    } else {
      while (this.#isOverBounds()) this.#decideOldest();
    }
  }

  /** Keeps a trace whatever becomes of it, if its fate is still open. Its spans count for one. */
  keep(traceId: string): void {
    const trace = this.#open.get(traceId);
    if (trace === undefined) return;
    this.#counts.keptAsked++;
    this.#keep(traceId, trace, 1);
  }

  /** Looks after traces that have been open for long. Called every second. */
  look(): void {
    const nowMs = this.#nowMs();
    const { keepSlowerThanMs, maxWaitMs } = this.#options;
    for (const [traceId, trace] of this.#open) {
      const ageMs = nowMs - trace.startedMs;
      if (ageMs >= keepSlowerThanMs && trace.openRoots > 0) {
        this.#counts.keptSlow++;
        this.#keep(traceId, trace, 1);
      } else if (ageMs >= maxWaitMs) {
        this.#decideEarly(traceId, trace);
      } else if (ageMs < Math.min(keepSlowerThanMs, maxWaitMs)) {
        // The rest is younger.
        break;
      }
    }
  }

  counts(): SamplingCounts {
    return { ...this.#counts, waitingTraces: this.#open.size, waitingSpans: this.#waitingSpans };
  }

  /** Sends on what is decided. Traces that are open go on waiting for their outcome. */
  async forceFlush(): Promise<void> {
    await this.#next.forceFlush();
  }

  /** Decides every open trace by the ratio, then closes. */
  async shutdown(): Promise<void> {
    clearInterval(this.#timer);
    for (const [traceId, trace] of this.#open) this.#decideEarly(traceId, trace);
    await this.#next.shutdown();
  }

  #hold(trace: OpenTrace, span: ReadableSpan): void {
    const bytes = bytesOfSpan(span);
    trace.spans.push(span);
    trace.bytes += bytes;
    this.#waitingSpans++;
    this.#waitingBytes += bytes;
  }

  #isOverBounds(): boolean {
    const { maxBufferedSpans, maxBufferedBytes } = this.#options;
    return this.#waitingSpans > maxBufferedSpans || this.#waitingBytes > maxBufferedBytes;
  }

  #decideOldest(): void {
    for (const [traceId, trace] of this.#open) {
      this.#decideEarly(traceId, trace);
      return;
    }
  }

  #decideEarly(traceId: string, trace: OpenTrace): void {
    this.#counts.decidedEarly++;
    this.#decideByRatio(traceId, trace);
  }

  #decideByRatio(traceId: string, trace: OpenTrace): void {
    if (this.#isLucky(traceId)) {
      this.#counts.keptByRatio++;
      this.#keep(traceId, trace, this.#ordinaryWeight);
      return;
    }
    this.#counts.droppedTraces++;
    this.#counts.droppedSpans += trace.spans.length;
    this.#close(traceId, trace, 0);
  }

  #keep(traceId: string, trace: OpenTrace, weight: Weight): void {
    this.#close(traceId, trace, weight);
    for (const span of trace.spans) this.#next.onEnd(withWeight(span, weight));
  }

  #close(traceId: string, trace: OpenTrace, weight: Weight): void {
    this.#open.delete(traceId);
    this.#waitingSpans -= trace.spans.length;
    this.#waitingBytes -= trace.bytes;
    this.#decided.set(traceId, weight);
    if (this.#decided.size <= DECISIONS_REMEMBERED) return;
    for (const oldest of this.#decided.keys()) {
      this.#decided.delete(oldest);
      return;
    }
  }

  #sendLate(span: ReadableSpan, weight: Weight | undefined): void {
    if (weight !== undefined && weight > 0) {
      this.#next.onEnd(withWeight(span, weight));
    } else if (this.#options.keepErrors && hasFailed(span)) {
      this.#counts.keptLoneSpans++;
      this.#next.onEnd(span);
    } else {
      this.#counts.droppedSpans++;
    }
  }
}

function isLocalRoot(span: ReadableSpan): boolean {
  const parent = span.parentSpanContext;
  return parent === undefined || parent.isRemote === true;
}

function hasFailed(span: ReadableSpan): boolean {
  return span.status.code === SpanStatusCode.ERROR;
}

function durationMsOf(span: ReadableSpan): number {
  return span.duration[0] * 1000 + span.duration[1] / 1e6;
}
