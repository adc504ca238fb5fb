import { fromBinary, toJson, type JsonValue, type Message } from "@bufbuild/protobuf";
import type { Attributes, AttributeValue } from "@nightowl/model/span/attributes";
import type { Resource, Scope, WireSpan } from "@nightowl/model/span/span";
import { exportTraceServiceRequest } from "./otlp-descriptor.ts";

/** Messages as @bufbuild/protobuf presents them, by the descriptors. */
export interface OracleRequest extends Message {
  resourceSpans: {
    resource?: {
      attributes: OracleKeyValue[];
      droppedAttributesCount: number;
      entityRefs: { schemaUrl: string; type: string; idKeys: string[]; descriptionKeys: string[] }[];
    };
    scopeSpans: {
      scope?: { name: string; version: string; attributes: OracleKeyValue[]; droppedAttributesCount: number };
      spans: OracleSpan[];
      schemaUrl: string;
    }[];
    schemaUrl: string;
  }[];
}

interface OracleSpan {
  traceId: Uint8Array;
  spanId: Uint8Array;
  parentSpanId: Uint8Array;
  traceState: string;
  flags: number;
  name: string;
  kind: number;
  startTimeUnixNano: bigint;
  endTimeUnixNano: bigint;
  attributes: OracleKeyValue[];
  droppedAttributesCount: number;
  events: {
    name: string;
    timeUnixNano: bigint;
    attributes: OracleKeyValue[];
    droppedAttributesCount: number;
  }[];
  droppedEventsCount: number;
  links: {
    traceId: Uint8Array;
    spanId: Uint8Array;
    traceState: string;
    attributes: OracleKeyValue[];
    droppedAttributesCount: number;
    flags: number;
  }[];
  droppedLinksCount: number;
  status?: { message: string; code: number };
}

interface OracleKeyValue {
  key: string;
  value?: OracleValue;
}

interface OracleValue {
  value:
    | { case: "stringValue"; value: string }
    | { case: "boolValue"; value: boolean }
    | { case: "intValue"; value: bigint }
    | { case: "doubleValue"; value: number }
    | { case: "arrayValue"; value: { values: OracleValue[] } }
    | { case: "kvlistValue"; value: { values: OracleKeyValue[] } }
    | { case: "bytesValue"; value: Uint8Array }
    | { case: undefined };
}

/** What an independent protobuf library reads in these bytes, as wire spans without notes. Ids are not judged. */
export function readWithOracle(bytes: Uint8Array): WireSpan[] {
  const request = fromBinary(exportTraceServiceRequest, bytes) as OracleRequest;
  return request.resourceSpans.flatMap((resourceSpans) => {
    const resource: Resource = {
      attributes: attributesOf(resourceSpans.resource?.attributes ?? []),
      droppedAttributesCount: resourceSpans.resource?.droppedAttributesCount ?? 0,
      entityRefs: (resourceSpans.resource?.entityRefs ?? []).map((entity) => ({
        schemaUrl: entity.schemaUrl,
        type: entity.type,
        idKeys: entity.idKeys,
        descriptionKeys: entity.descriptionKeys,
      })),
      schemaUrl: resourceSpans.schemaUrl,
    };
    return resourceSpans.scopeSpans.flatMap((scopeSpans) => {
      const scope: Scope = {
        name: scopeSpans.scope?.name ?? "",
        version: scopeSpans.scope?.version ?? "",
        attributes: attributesOf(scopeSpans.scope?.attributes ?? []),
        droppedAttributesCount: scopeSpans.scope?.droppedAttributesCount ?? 0,
        schemaUrl: scopeSpans.schemaUrl,
      };
      return scopeSpans.spans.map((span) => wireSpan(span, resource, scope));
    });
  });
}

/**
 * The same bytes as OTLP's JSON, written by the independent library: its JSON differs from OTLP's only in the
 * ids, which are base64 there and hex here.
 */
export function jsonOfOracle(
  bytes: Uint8Array,
  options: { enumAsInteger?: boolean; useProtoFieldName?: boolean; alwaysEmitImplicit?: boolean } = {},
): JsonValue {
  const json = toJson(exportTraceServiceRequest, fromBinary(exportTraceServiceRequest, bytes), options);
  return withHexIds(json);
}

const ID_MEMBERS = new Set(["traceId", "trace_id", "spanId", "span_id", "parentSpanId", "parent_span_id"]);

function withHexIds(json: JsonValue): JsonValue {
  if (Array.isArray(json)) return json.map(withHexIds);
  // JSON.stringify would lose the sign.
  if (Object.is(json, -0)) return "-0";
  if (json === null || typeof json !== "object") return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      name,
      ID_MEMBERS.has(name) ? Buffer.from(value as string, "base64").toString("hex") : withHexIds(value),
    ]),
  );
}

function wireSpan(span: OracleSpan, resource: Resource, scope: Scope): WireSpan {
  return {
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parentSpanId: hex(span.parentSpanId),
    traceState: span.traceState,
    flags: span.flags,
    name: span.name,
    otelKind: span.kind,
    startTimeNs: String(span.startTimeUnixNano),
    endTimeNs: String(span.endTimeUnixNano),
    attributes: attributesOf(span.attributes),
    droppedAttributesCount: span.droppedAttributesCount,
    events: span.events.map((event) => ({
      name: event.name,
      timeNs: String(event.timeUnixNano),
      attributes: attributesOf(event.attributes),
      droppedAttributesCount: event.droppedAttributesCount,
    })),
    droppedEventsCount: span.droppedEventsCount,
    links: span.links.map((link) => ({
      traceId: hex(link.traceId),
      spanId: hex(link.spanId),
      traceState: link.traceState,
      attributes: attributesOf(link.attributes),
      droppedAttributesCount: link.droppedAttributesCount,
      flags: link.flags,
    })),
    droppedLinksCount: span.droppedLinksCount,
    statusCode: (["UNSET", "OK", "ERROR"] as const)[span.status?.code ?? 0] ?? "UNSET",
    statusMessage: span.status?.message ?? "",
    resource,
    scope,
    notes: [],
  };
}

function attributesOf(pairs: OracleKeyValue[]): Attributes {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, valueOf(value)]));
}

function valueOf(any: OracleValue | undefined): AttributeValue {
  const member = any?.value;
  switch (member?.case) {
    case "stringValue":
    case "boolValue":
      return member.value;
    case "intValue":
      return Number.isSafeInteger(Number(member.value))
        ? Number(member.value)
        : { "@int": String(member.value) };
    case "doubleValue":
      if (member.value % 1 !== 0 && Number.isFinite(member.value)) return member.value;
      return { "@double": 1 / member.value === -Infinity ? "-0" : `${member.value}` };
    case "arrayValue":
      return member.value.values.map(valueOf);
    case "kvlistValue": {
      const entries = member.value.values.map(({ key, value }): [string, AttributeValue] => [
        key,
        valueOf(value),
      ]);
      const keys = new Set(entries.map(([key]) => key));
      const isPlain =
        keys.size === entries.length && ![...keys].some((key) => key === "__proto__" || key[0] === "@");
      return isPlain ? Object.fromEntries(entries) : { "@kvlist": entries };
    }
    case "bytesValue":
      return { "@bytes": Buffer.from(member.value).toString("base64") };
    default:
      return null;
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
