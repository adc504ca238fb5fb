import type { WireSpan } from "@nightowl/model/span/span";
import { wireSpanFixture } from "@nightowl/model/span/span.fixture";

/** A span that lasts from a second ago until now, with whatever the test gives in its place. */
export function wireSpan(fields: Partial<WireSpan> & Pick<WireSpan, "traceId" | "spanId">): WireSpan {
  const nowMs = Date.now();
  return wireSpanFixture({
    name: "span",
    flags: 1,
    startTimeNs: `${nowMs - 1000}000000`,
    endTimeNs: `${nowMs}000000`,
    ...fields,
  });
}
