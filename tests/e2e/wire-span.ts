import type { WireSpan } from "@nightowl/model/span/span";

const RESOURCE: WireSpan["resource"] = {
  attributes: { "service.name": "e2e" },
  droppedAttributesCount: 0,
  entityRefs: [],
  schemaUrl: "",
};
const SCOPE: WireSpan["scope"] = {
  name: "e2e",
  version: "1",
  attributes: {},
  droppedAttributesCount: 0,
  schemaUrl: "",
};

/** A span that lasts from a second ago until now, with whatever the test gives in its place. */
export function wireSpan(fields: Partial<WireSpan> & Pick<WireSpan, "traceId" | "spanId">): WireSpan {
  const nowMs = Date.now();
  return {
    parentSpanId: "",
    traceState: "",
    flags: 1,
    name: "span",
    otelKind: 1,
    startTimeNs: `${nowMs - 1000}000000`,
    endTimeNs: `${nowMs}000000`,
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
    ...fields,
  };
}
