import type { Attributes, AttributeValue } from "@nightowl/model/span/attributes";
import type { Resource, Scope, SpanEvent, SpanLink, WireSpan } from "@nightowl/model/span/span";
import { kvlistEntries } from "../decode/any-value.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import { groupSpans, STATUS_CODE_NUMBERS } from "./span-groups.ts";

/**
 * Spans as an `ExportTraceServiceRequest` in protobuf: what `decodeTraceProtobuf` reads back as the same spans.
 * Notes are not part of OTLP and are left out, and so are fields with their default value.
 *
 * Spec: opentelemetry-proto `trace/v1/trace.proto`.
 */
export function encodeTraceProtobuf(spans: readonly WireSpan[]): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufWriter();
  for (const [resource, scopes] of groupSpans(spans)) {
    writer.message(1, () => {
      writer.message(1, () => writeResource(writer, resource));
      for (const [scope, group] of scopes) {
        writer.message(2, () => {
          writer.message(1, () => writeScope(writer, scope));
          for (const span of group) writer.message(2, () => writeSpan(writer, span));
          writeText(writer, 3, scope.schemaUrl);
        });
      }
      writeText(writer, 3, resource.schemaUrl);
    });
  }
  return writer.finish();
}

function writeResource(writer: ProtobufWriter, resource: Resource): void {
  writeAttributes(writer, 1, resource.attributes);
  writeCount(writer, 2, resource.droppedAttributesCount);
  for (const entity of resource.entityRefs) {
    writer.message(3, () => {
      writeText(writer, 1, entity.schemaUrl);
      writeText(writer, 2, entity.type);
      for (const key of entity.idKeys) writer.text(3, key);
      for (const key of entity.descriptionKeys) writer.text(4, key);
    });
  }
}

function writeScope(writer: ProtobufWriter, scope: Scope): void {
  writeText(writer, 1, scope.name);
  writeText(writer, 2, scope.version);
  writeAttributes(writer, 3, scope.attributes);
  writeCount(writer, 4, scope.droppedAttributesCount);
}

function writeSpan(writer: ProtobufWriter, span: WireSpan): void {
  writeId(writer, 1, span.traceId);
  writeId(writer, 2, span.spanId);
  writeText(writer, 3, span.traceState);
  writeId(writer, 4, span.parentSpanId);
  writeText(writer, 5, span.name);
  if (span.otelKind !== 0) writer.int64(6, BigInt(span.otelKind));
  writeTime(writer, 7, span.startTimeNs);
  writeTime(writer, 8, span.endTimeNs);
  writeAttributes(writer, 9, span.attributes);
  writeCount(writer, 10, span.droppedAttributesCount);
  for (const event of span.events) writer.message(11, () => writeEvent(writer, event));
  writeCount(writer, 12, span.droppedEventsCount);
  for (const link of span.links) writer.message(13, () => writeLink(writer, link));
  writeCount(writer, 14, span.droppedLinksCount);
  if (span.statusCode !== "UNSET" || span.statusMessage !== "") {
    writer.message(15, () => {
      writeText(writer, 2, span.statusMessage);
      writeCount(writer, 3, STATUS_CODE_NUMBERS[span.statusCode]);
    });
  }
  if (span.flags !== 0) writer.fixed32(16, span.flags);
}

function writeEvent(writer: ProtobufWriter, event: SpanEvent): void {
  writeTime(writer, 1, event.timeNs);
  writeText(writer, 2, event.name);
  writeAttributes(writer, 3, event.attributes);
  writeCount(writer, 4, event.droppedAttributesCount);
}

function writeLink(writer: ProtobufWriter, link: SpanLink): void {
  writeId(writer, 1, link.traceId);
  writeId(writer, 2, link.spanId);
  writeText(writer, 3, link.traceState);
  writeAttributes(writer, 4, link.attributes);
  writeCount(writer, 5, link.droppedAttributesCount);
  if (link.flags !== 0) writer.fixed32(6, link.flags);
}

function writeAttributes(writer: ProtobufWriter, field: number, attributes: Attributes): void {
  for (const [key, value] of Object.entries(attributes)) writeKeyValue(writer, field, key, value);
}

function writeKeyValue(writer: ProtobufWriter, field: number, key: string, value: AttributeValue): void {
  writer.message(field, () => {
    writeText(writer, 1, key);
    writer.message(2, () => writeValue(writer, value));
  });
}

/** The fields of an `AnyValue`; null has none. */
function writeValue(writer: ProtobufWriter, value: AttributeValue): void {
  if (value === null) return;
  if (typeof value === "string") writer.text(1, value);
  else if (typeof value === "boolean") writer.varint(2, value ? 1 : 0);
  else if (typeof value === "number") {
    if (Number.isSafeInteger(value)) writer.int64(3, BigInt(value));
    else writer.double(4, value);
  } else if (Array.isArray(value)) {
    writer.message(5, () => {
      for (const item of value) writer.message(1, () => writeValue(writer, item));
    });
  } else if ("@int" in value) writer.int64(3, BigInt(value["@int"] as string));
  else if ("@double" in value) writer.double(4, Number(value["@double"]));
  else if ("@bytes" in value) writer.bytes(7, Buffer.from(value["@bytes"] as string, "base64"));
  else {
    writer.message(6, () => {
      for (const [key, item] of kvlistEntries(value)) writeKeyValue(writer, 1, key, item);
    });
  }
}

function writeText(writer: ProtobufWriter, field: number, text: string): void {
  if (text !== "") writer.text(field, text);
}

function writeId(writer: ProtobufWriter, field: number, hex: string): void {
  if (hex !== "") writer.bytes(field, Buffer.from(hex, "hex"));
}

function writeCount(writer: ProtobufWriter, field: number, count: number): void {
  if (count !== 0) writer.varint(field, count);
}

function writeTime(writer: ProtobufWriter, field: number, timeNs: string): void {
  if (timeNs !== "0") writer.fixed64(field, BigInt(timeNs));
}
