import type { LogRecord } from "@nightowl/model/log/log-record";
import type { SpanEvent, SpanLink, WireSpan } from "@nightowl/model/span/span";
import { STATUS_CODE_NUMBERS } from "./origin-groups.ts";
import {
  encodeRequest,
  writeAttributes,
  writeCount,
  writeId,
  writeText,
  writeTime,
  writeValue,
} from "./protobuf-fields.ts";
import type { ProtobufWriter } from "./protobuf-writer.ts";

/**
 * Spans as an `ExportTraceServiceRequest` in protobuf: what `decodeTraceProtobuf` reads back as the same spans.
 * Notes are not part of OTLP and are left out, and so are fields with their default value.
 *
 * Spec: opentelemetry-proto `trace/v1/trace.proto`.
 */
export function encodeTraceProtobuf(spans: readonly WireSpan[]): Uint8Array<ArrayBuffer> {
  return encodeRequest(spans, writeSpan);
}

/**
 * Log records as an `ExportLogsServiceRequest` in protobuf: what `decodeLogsProtobuf` reads back as the same
 * records.
 *
 * Spec: opentelemetry-proto `logs/v1/logs.proto`.
 */
export function encodeLogsProtobuf(records: readonly LogRecord[]): Uint8Array<ArrayBuffer> {
  return encodeRequest(records, writeLogRecord);
}

function writeLogRecord(writer: ProtobufWriter, record: LogRecord): void {
  writeTime(writer, 1, record.timeNs);
  writeCount(writer, 2, record.severityNumber);
  writeText(writer, 3, record.severityText);
  if (record.body !== null) writer.message(5, () => writeValue(writer, record.body));
  writeAttributes(writer, 6, record.attributes);
  writeCount(writer, 7, record.droppedAttributesCount);
  if (record.flags !== 0) writer.fixed32(8, record.flags);
  writeId(writer, 9, record.traceId);
  writeId(writer, 10, record.spanId);
  writeTime(writer, 11, record.observedTimeNs);
  writeText(writer, 12, record.eventName);
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
