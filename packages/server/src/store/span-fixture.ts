import type { Span } from "@nightowl/model/span/span";

/** 2026-03-01T12:00:00Z */
export const NOON_NS = 1_772_366_400_000_000_000n;

const resource: Span["resource"] = {
  attributes: { "service.name": "shop" },
  droppedAttributesCount: 0,
  entityRefs: [],
  schemaUrl: "",
};
const scope: Span["scope"] = {
  name: "test",
  version: "1",
  attributes: {},
  droppedAttributesCount: 0,
  schemaUrl: "",
};

/** A span for tests and benchmarks: ended, one second long, without a parent, but for what is given. */
export function spanFixture(given: Partial<Span> = {}): Span {
  return {
    project: "default",
    traceId: "00000000000000000000000000000001",
    spanId: "0000000000000001",
    parentSpanId: "",
    traceState: "",
    flags: 0,
    name: "answer",
    otelKind: 1,
    startTimeNs: String(NOON_NS),
    endTimeNs: String(NOON_NS + 1_000_000_000n),
    attributes: {},
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    statusCode: "OK",
    statusMessage: "",
    resource,
    scope,
    notes: [],
    kind: "CHAIN",
    finishReasons: [],
    inputMessages: [],
    outputMessages: [],
    tools: [],
    usage: {},
    documents: [],
    inputDocuments: [],
    embeddings: [],
    tags: [],
    serviceName: "shop",
    environment: "",
    sampleWeight: 1,
    dialects: [],
    claimedKeys: [],
    wireNotes: given.notes ?? [],
    ...given,
  };
}

/** Different ids for different numbers. */
export function traceIdOf(n: number): string {
  return (n + 1).toString(16).padStart(32, "0");
}

export function spanIdOf(n: number): string {
  return (n + 1).toString(16).padStart(16, "0");
}
