import type { WireSpan } from "@nightowl/model/span/span";
import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";

/** Milliseconds that a clock of milliseconds may lag behind the span's own of nanoseconds. */
const CLOCK_LAG_MS = 1;

/**
 * Milliseconds from the span's start to a time given as ISO 8601 text, bare or JSON-quoted (`"\"2026-…Z\""`).
 * No such time, one before the span, or a span without a start → `undefined`.
 */
export function msSinceStart(span: WireSpan, value: unknown): number | undefined {
  const text = textOf(jsonOf(value)) ?? "";
  // Dates know milliseconds only; Python writes microseconds.
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? "";
  const at = Date.parse(text.replace(/\.\d+/, ""));
  if (!Number.isFinite(at) || span.startTimeNs === "0") return undefined;
  const nanoseconds = BigInt(at) * 1_000_000n + BigInt(fraction.padEnd(9, "0").slice(0, 9));
  const waited = Number(nanoseconds - BigInt(span.startTimeNs)) / 1e6;
  // The time of a run's first token, repeated on a later step: it says nothing of this one.
  if (waited <= -CLOCK_LAG_MS) return undefined;
  return Math.max(waited, 0);
}

/** Milliseconds to the microsecond: 0.31 s is 310 ms, not 310.00000000000006. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1e3) / 1e3;
}
