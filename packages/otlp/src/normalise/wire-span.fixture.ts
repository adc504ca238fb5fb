import type { Attributes } from "@nightowl/model/span/attributes";
import type { Span, WireSpan } from "@nightowl/model/span/span";
import { normaliseSpan } from "./normalise.ts";

/** A wire span of 100 ms with these attributes, and whatever else a test wants of it. */
export function wireSpan(attributes: Attributes, more: Partial<WireSpan> = {}): WireSpan {
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
    attributes,
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    statusCode: "UNSET",
    statusMessage: "",
    resource: { attributes: {}, droppedAttributesCount: 0, entityRefs: [], schemaUrl: "" },
    scope: { name: "", version: "", attributes: {}, droppedAttributesCount: 0, schemaUrl: "" },
    notes: [],
    ...more,
  };
}

/** The canonical span of {@link wireSpan}. */
export function readSpan(attributes: Attributes, more: Partial<WireSpan> = {}): Span {
  return normaliseSpan(wireSpan(attributes, more), { project: "test" });
}
