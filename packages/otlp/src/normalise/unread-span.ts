import { plainValue, textOf } from "@nightowl/model/span/attribute-reader";
import type { Span, WireSpan } from "@nightowl/model/span/span";
import { sampleWeightOf } from "./sample-weight.ts";

/**
 * The canonical span before any dialect was heard: the wire span whole, the service and environment that it comes from,
 * and no field of a dialect. All members are written, one by one: so every span has one shape, and is made and read
 * several times faster than by spreading.
 */
export function unreadSpan(span: WireSpan, project: string): Span {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    traceState: span.traceState,
    flags: span.flags,
    name: span.name,
    otelKind: span.otelKind,
    startTimeNs: span.startTimeNs,
    endTimeNs: span.endTimeNs,
    attributes: span.attributes,
    droppedAttributesCount: span.droppedAttributesCount,
    events: span.events,
    droppedEventsCount: span.droppedEventsCount,
    links: span.links,
    droppedLinksCount: span.droppedLinksCount,
    statusCode: span.statusCode,
    statusMessage: span.statusMessage,
    resource: span.resource,
    scope: span.scope,
    kind: "UNKNOWN",
    displayName: undefined,
    provider: undefined,
    requestModel: undefined,
    responseModel: undefined,
    responseId: undefined,
    invocationParameters: undefined,
    finishReasons: [],
    streaming: undefined,
    timeToFirstTokenMs: undefined,
    input: undefined,
    output: undefined,
    inputMessages: [],
    outputMessages: [],
    tools: [],
    usage: {},
    cumulativeUsage: undefined,
    cost: undefined,
    documents: [],
    inputDocuments: [],
    query: undefined,
    topK: undefined,
    embeddings: [],
    promptTemplate: undefined,
    tool: undefined,
    agentName: undefined,
    graphNode: undefined,
    sessionId: undefined,
    userId: undefined,
    tags: [],
    metadata: undefined,
    error: undefined,
    project,
    serviceName: firstText(span, "service.name") ?? "",
    environment:
      firstText(span, "deployment.environment.name") ?? firstText(span, "deployment.environment") ?? "",
    sampleWeight: sampleWeightOf(span),
    hasFailed: undefined,
    prompt: undefined,
    dialects: [],
    claimedKeys: [],
    notes: [...span.notes],
    wireNotes: span.notes,
  } satisfies { [M in keyof Required<Span>]: Span[M] };
}

/** The span's own word, then its resource's. */
function firstText(span: WireSpan, key: string): string | undefined {
  const own = Object.hasOwn(span.attributes, key) ? textOf(plainValue(span.attributes[key])) : undefined;
  if (own !== undefined) return own;
  const resource = span.resource.attributes;
  return Object.hasOwn(resource, key) ? textOf(plainValue(resource[key])) : undefined;
}
