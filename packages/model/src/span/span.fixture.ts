import type { Span, WireSpan } from "./span.ts";

const RESOURCE: WireSpan["resource"] = {
  attributes: {},
  droppedAttributesCount: 0,
  entityRefs: [],
  schemaUrl: "",
};
const SCOPE: WireSpan["scope"] = {
  name: "test",
  version: "1",
  attributes: {},
  droppedAttributesCount: 0,
  schemaUrl: "",
};

/** A wire span for tests: a root of 100 ms with nothing in it but what is given. */
export function wireSpanFixture(given: Partial<WireSpan> = {}): WireSpan {
  return {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    parentSpanId: "",
    traceState: "",
    flags: 0,
    name: "a span",
    otelKind: 1,
    startTimeNs: "1763700000000000000",
    endTimeNs: "1763700000100000000",
    attributes: {},
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    statusCode: "UNSET",
    statusMessage: "",
    resource: RESOURCE,
    scope: SCOPE,
    notes: [],
    ...given,
  };
}

/** A canonical span for tests: {@link wireSpanFixture}, of which a dialect read nothing but what is given. */
export function spanFixture(given: Partial<Span> = {}): Span {
  return {
    ...wireSpanFixture(),
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
    project: "default",
    serviceName: "",
    environment: "",
    sampleWeight: 1,
    dialects: [],
    claimedKeys: [],
    wireNotes: given.notes ?? [],
    ...given,
  };
}
