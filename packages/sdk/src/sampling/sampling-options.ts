/**
 * Which traces to keep. The decision falls when the outcome is known, not when the trace starts.
 * @see docs/sdk.md, "Sampling"
 */
export interface SamplingOptions {
  /** The share of ordinary traces that is kept, 0 to 1. Each of them counts for 1/ratio. Default: 1. */
  ratio?: number;
  /** Keep every trace in which a span failed. Default: true. */
  keepErrors?: boolean;
  /** Keep every trace whose local root took at least this long, in milliseconds. Default: none is slow. */
  keepSlowerThanMs?: number;
  /** Spans that wait for their trace's outcome. Past it, the oldest trace is decided early. Default: 20000. */
  maxBufferedSpans?: number;
  /** About how much of them, in bytes of text. Default: 64 MiB. */
  maxBufferedBytes?: number;
  /** Traces that wait. Default: 5000. */
  maxBufferedTraces?: number;
  /** A trace that has waited this long is decided early, in milliseconds. Default: 300000. */
  maxWaitMs?: number;
}

/** What became of traces and spans so far. Each trace is counted once, where its fate was decided. */
export interface SamplingCounts {
  keptFailed: number;
  keptSlow: number;
  /** Kept by `keepTrace`. */
  keptAsked: number;
  keptByRatio: number;
  droppedTraces: number;
  droppedSpans: number;
  /** Of the above, traces that were decided before their outcome was known. */
  decidedEarly: number;
  /** Spans that failed after their trace had been dropped; they are sent alone. */
  keptLoneSpans: number;
  waitingTraces: number;
  waitingSpans: number;
}
