import type { Span } from "@nightowl/model/span/span";
import { spanFixture as emptySpan } from "@nightowl/model/span/span.fixture";

/** 2026-03-01T12:00:00Z */
export const NOON_NS = 1_772_366_400_000_000_000n;

const resource: Span["resource"] = {
  attributes: { "service.name": "shop" },
  droppedAttributesCount: 0,
  entityRefs: [],
  schemaUrl: "",
};

/** A span for tests and benchmarks: ended, one second long, without a parent, but for what is given. */
export function spanFixture(given: Partial<Span> = {}): Span {
  return emptySpan({
    traceId: "00000000000000000000000000000001",
    spanId: "0000000000000001",
    name: "answer",
    startTimeNs: String(NOON_NS),
    endTimeNs: String(NOON_NS + 1_000_000_000n),
    statusCode: "OK",
    resource,
    serviceName: "shop",
    ...given,
  });
}

/** Different ids for different numbers. */
export function traceIdOf(n: number): string {
  return (n + 1).toString(16).padStart(32, "0");
}

export function spanIdOf(n: number): string {
  return (n + 1).toString(16).padStart(16, "0");
}
