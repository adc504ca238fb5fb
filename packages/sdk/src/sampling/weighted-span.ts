import type { ReadableSpan } from "@opentelemetry/sdk-trace";

/** How many spans a kept one stands for; absent means one. Nightowl multiplies counts, tokens and cost by it. */
const SAMPLE_WEIGHT = "nightowl.sample_weight";

/** The same span with its weight. An ended span takes no more attributes, so this one stands before it. */
export function withWeight(span: ReadableSpan, weight: number): ReadableSpan {
  if (weight === 1) return span;
  return Object.create(span, {
    attributes: { value: { ...span.attributes, [SAMPLE_WEIGHT]: weight }, enumerable: true },
  }) as ReadableSpan;
}
