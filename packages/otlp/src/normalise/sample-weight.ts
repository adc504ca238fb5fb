import type { WireSpan } from "@nightowl/model/span/span";
import { numberOf, plainValue } from "@nightowl/model/span/attribute-reader";

/** Our own attribute: how many spans this one stands for. */
export const SAMPLE_WEIGHT_ATTRIBUTE = "nightowl.sample_weight";

/**
 * How many spans this one stands for: as the span's attribute says, else from OpenTelemetry's sampling
 * threshold in the trace state (`ot=th:8` kept one half, so each counts for 2), else 1.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
 */
export function sampleWeightOf(span: WireSpan): number {
  if (Object.hasOwn(span.attributes, SAMPLE_WEIGHT_ATTRIBUTE)) {
    const told = numberOf(plainValue(span.attributes[SAMPLE_WEIGHT_ATTRIBUTE]));
    if (told !== undefined && told >= 1) return told;
  }
  return span.traceState === "" ? 1 : weightOfTraceState(span.traceState);
}

function weightOfTraceState(traceState: string): number {
  const ot = traceState
    .split(",")
    .map((member) => member.trim())
    .find((member) => member.startsWith("ot="));
  const threshold = ot
    ?.slice("ot=".length)
    .split(";")
    .find((item) => item.startsWith("th:"))
    ?.slice("th:".length);
  if (threshold === undefined || !/^[0-9a-f]{1,14}$/.test(threshold)) return 1;
  const rejected = BigInt(`0x${threshold.padEnd(14, "0")}`);
  return 2 ** 56 / Number(2n ** 56n - rejected);
}
