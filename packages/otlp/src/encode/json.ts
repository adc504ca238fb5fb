import type { Attributes, AttributeValue } from "@nightowl/model/span/attributes";
import type { Resource, Scope, WireSpan } from "@nightowl/model/span/span";
import { kvlistEntries } from "../decode/any-value.ts";
import { groupByOrigin, STATUS_CODE_NUMBERS } from "./origin-groups.ts";

/**
 * Spans as the text of an `ExportTraceServiceRequest` in OTLP's JSON: what `decodeTraceJson` reads back as the
 * same spans. Ids are hex, enums numbers and 64-bit integers strings, as the specification has them. Notes are
 * not part of OTLP and are left out, and so are members with their default value.
 *
 * Spec: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function encodeTraceJson(spans: readonly WireSpan[]): string {
  const resourceSpans = [...groupByOrigin(spans)].map(([resource, scopes]) => ({
    resource: resourceJson(resource),
    scopeSpans: [...scopes].map(([scope, group]) => ({
      scope: scopeJson(scope),
      spans: group.map(spanJson),
      schemaUrl: orAbsent(scope.schemaUrl),
    })),
    schemaUrl: orAbsent(resource.schemaUrl),
  }));
  return JSON.stringify({ resourceSpans });
}

function resourceJson(resource: Resource): object {
  return {
    attributes: attributesJson(resource.attributes),
    droppedAttributesCount: orAbsent(resource.droppedAttributesCount),
    entityRefs: orAbsent(
      resource.entityRefs.map((entity) => ({
        schemaUrl: orAbsent(entity.schemaUrl),
        type: orAbsent(entity.type),
        idKeys: orAbsent(entity.idKeys),
        descriptionKeys: orAbsent(entity.descriptionKeys),
      })),
    ),
  };
}

function scopeJson(scope: Scope): object {
  return {
    name: orAbsent(scope.name),
    version: orAbsent(scope.version),
    attributes: attributesJson(scope.attributes),
    droppedAttributesCount: orAbsent(scope.droppedAttributesCount),
  };
}

function spanJson(span: WireSpan): object {
  const hasStatus = span.statusCode !== "UNSET" || span.statusMessage !== "";
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    traceState: orAbsent(span.traceState),
    parentSpanId: orAbsent(span.parentSpanId),
    flags: orAbsent(span.flags),
    name: span.name,
    kind: orAbsent(span.otelKind),
    startTimeUnixNano: span.startTimeNs,
    endTimeUnixNano: span.endTimeNs,
    attributes: attributesJson(span.attributes),
    droppedAttributesCount: orAbsent(span.droppedAttributesCount),
    events: orAbsent(
      span.events.map((event) => ({
        timeUnixNano: event.timeNs,
        name: event.name,
        attributes: attributesJson(event.attributes),
        droppedAttributesCount: orAbsent(event.droppedAttributesCount),
      })),
    ),
    droppedEventsCount: orAbsent(span.droppedEventsCount),
    links: orAbsent(
      span.links.map((link) => ({
        traceId: link.traceId,
        spanId: link.spanId,
        traceState: orAbsent(link.traceState),
        attributes: attributesJson(link.attributes),
        droppedAttributesCount: orAbsent(link.droppedAttributesCount),
        flags: orAbsent(link.flags),
      })),
    ),
    droppedLinksCount: orAbsent(span.droppedLinksCount),
    status: hasStatus
      ? { message: orAbsent(span.statusMessage), code: orAbsent(STATUS_CODE_NUMBERS[span.statusCode]) }
      : undefined,
  };
}

function attributesJson(attributes: Attributes): object[] | undefined {
  return orAbsent(Object.entries(attributes).map(keyValueJson));
}

function keyValueJson([key, value]: [string, AttributeValue]): object {
  return { key, value: valueJson(value) };
}

function valueJson(value: AttributeValue): object {
  if (value === null) return {};
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") {
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(valueJson) } };
  if ("@int" in value) return { intValue: value["@int"] };
  if ("@double" in value) return { doubleValue: doubleJson(value["@double"] as string) };
  if ("@bytes" in value) return { bytesValue: value["@bytes"] };
  return { kvlistValue: { values: kvlistEntries(value).map(keyValueJson) } };
}

/** JSON has no number for NaN, infinity and -0: those stay text. */
function doubleJson(text: string): number | string {
  const number = Number(text);
  return Number.isFinite(number) && !Object.is(number, -0) ? number : text;
}

/** Nothing for a default value: JSON leaves `undefined` out. */
function orAbsent<T extends string | number | readonly unknown[]>(value: T): T | undefined {
  return value === 0 || value === "" || (Array.isArray(value) && value.length === 0) ? undefined : value;
}
