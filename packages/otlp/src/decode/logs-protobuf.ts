import type { LogRecord } from "@nightowl/model/log/log-record";
import type { Resource, Scope } from "@nightowl/model/span/span";
import { checkLogRecord } from "./check-log-record.ts";
import type { DecodedLogs } from "./decoded.ts";
import { NoteBook } from "./note-book.ts";
import { protobufReasonOf, readText, walkProtobufRequest } from "./protobuf-frame.ts";
import {
  type ProtobufReader,
  WIRE_FIXED32,
  WIRE_FIXED64,
  WIRE_LENGTH,
  WIRE_VARINT,
} from "./protobuf-reader.ts";
import { readAttribute, readValue, skipUnknown } from "./protobuf-values.ts";

const LEVELS = { signal: "log", field: "resource_logs", resources: "ResourceLogs", scopes: "ScopeLogs" };

/**
 * Reads an `ExportLogsServiceRequest` in protobuf: bytes in, log records in the order they were sent out.
 *
 * A record whose own bytes are broken is rejected alone, with a reason; so are the records of a resource or
 * scope that cannot be read. Throws {@link DecodeError} where the frame around the records is broken.
 *
 * Spec: opentelemetry-proto `logs/v1/logs.proto`, `collector/logs/v1/logs_service.proto`.
 */
export function decodeLogsProtobuf(bytes: Uint8Array): DecodedLogs {
  const decoded: DecodedLogs = { records: [], rejected: [] };
  let index = 0;
  walkProtobufRequest(bytes, LEVELS, (reader, resource, scope) => {
    const record = emptyRecord(resource.value, scope.value);
    const end = reader.limit;
    let reason = resource.broken ?? scope.broken;
    if (reason === undefined) {
      try {
        const book = new NoteBook();
        readRecordFields(reader, record, book);
        reason = checkLogRecord(record, book);
        record.notes = [...resource.notes, ...scope.notes, ...book.finish()];
      } catch (error) {
        reason = `it cannot be read: ${protobufReasonOf(error)}`;
      }
    }
    reader.limit = end;
    if (reason === undefined) decoded.records.push(record);
    else decoded.rejected.push({ index, name: record.eventName, reason });
    index++;
  });
  return decoded;
}

function emptyRecord(resource: Resource, scope: Scope): LogRecord {
  return {
    traceId: "",
    spanId: "",
    timeNs: "0",
    observedTimeNs: "0",
    severityNumber: 0,
    severityText: "",
    eventName: "",
    body: null,
    attributes: {},
    droppedAttributesCount: 0,
    flags: 0,
    resource,
    scope,
    notes: [],
  };
}

function readRecordFields(reader: ProtobufReader, record: LogRecord, book: NoteBook): void {
  while (reader.pos < reader.limit) {
    const tag = reader.tag();
    switch (tag) {
      case RECORD_TIME:
        record.timeNs = reader.fixed64Text();
        break;
      case RECORD_OBSERVED_TIME:
        record.observedTimeNs = reader.fixed64Text();
        break;
      case RECORD_SEVERITY_NUMBER:
        record.severityNumber = reader.varint() | 0;
        break;
      case RECORD_SEVERITY_TEXT:
        record.severityText = readText(reader, book, "the severity");
        break;
      case RECORD_BODY:
        record.body = readValue(reader, 1, record.body);
        if (reader.replacedText) {
          reader.replacedText = false;
          book.invalidUtf8("the body");
        }
        break;
      case RECORD_ATTRIBUTES:
        readAttribute(reader, record.attributes, book, "the log record");
        break;
      case RECORD_DROPPED_ATTRIBUTES_COUNT:
        record.droppedAttributesCount = reader.varint();
        break;
      case RECORD_FLAGS:
        record.flags = reader.fixed32();
        break;
      case RECORD_TRACE_ID:
        record.traceId = reader.hex();
        break;
      case RECORD_SPAN_ID:
        record.spanId = reader.hex();
        break;
      case RECORD_EVENT_NAME:
        record.eventName = readText(reader, book, "the event name");
        break;
      default:
        // Field 4 was a name of before 2022 and is passed over.
        if (tag >>> 3 === 4) reader.skip(tag);
        else skipUnknown(reader, tag, 12, "the log record");
    }
  }
}

// Tags: field number << 3 | wire type.

const RECORD_TIME = (1 << 3) | WIRE_FIXED64;
const RECORD_SEVERITY_NUMBER = (2 << 3) | WIRE_VARINT;
const RECORD_SEVERITY_TEXT = (3 << 3) | WIRE_LENGTH;
const RECORD_BODY = (5 << 3) | WIRE_LENGTH;
const RECORD_ATTRIBUTES = (6 << 3) | WIRE_LENGTH;
const RECORD_DROPPED_ATTRIBUTES_COUNT = (7 << 3) | WIRE_VARINT;
const RECORD_FLAGS = (8 << 3) | WIRE_FIXED32;
const RECORD_TRACE_ID = (9 << 3) | WIRE_LENGTH;
const RECORD_SPAN_ID = (10 << 3) | WIRE_LENGTH;
const RECORD_OBSERVED_TIME = (11 << 3) | WIRE_FIXED64;
const RECORD_EVENT_NAME = (12 << 3) | WIRE_LENGTH;
