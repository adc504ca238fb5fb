const RANDOM_DIGITS = 14;
const SPACE = 2n ** 56n;

/**
 * Whether a trace is among the share that is kept: the last 56 bits of the trace id against the ratio, as
 * OpenTelemetry's consistent probability sampling does, so that every service and language agrees.
 * A larger ratio keeps all that a smaller one keeps.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
 */
export function createRatioTest(ratio: number): (traceId: string) => boolean {
  if (ratio >= 1) return () => true;
  // A share too small for 56 bits is none.
  if (!(ratio > 1 / Number(SPACE))) return () => false;
  const threshold = (SPACE - BigInt(Math.round(ratio * Number(SPACE))))
    .toString(16)
    .padStart(RANDOM_DIGITS, "0");
  // Hex of one length compares as numbers do.
  return (traceId) => traceId.slice(-RANDOM_DIGITS) >= threshold;
}
