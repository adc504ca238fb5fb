import type { LogRecord } from "@nightowl/model/log/log-record";
import type { Resource, Scope } from "@nightowl/model/span/span";
import { checkLogRecord } from "./check-log-record.ts";
import type { DecodedLogs } from "./decoded.ts";
import { isObject, type JsonFields, type JsonObject, WrongTypeError } from "./json-fields.ts";
import { jsonReasonOf, walkJsonRequest } from "./json-frame.ts";
import { readAnyValue, readAttributes } from "./json-values.ts";
import { NoteBook } from "./note-book.ts";

const LEVELS = { signal: "log", resources: "resourceLogs", scopes: "scopeLogs", items: "logRecords" };
const SEVERITY_NAMES = [
  "SEVERITY_NUMBER_UNSPECIFIED",
  ...["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"].flatMap((level) =>
    ["", "2", "3", "4"].map((step) => `SEVERITY_NUMBER_${level}${step}`),
  ),
];

/**
 * Reads an `ExportLogsServiceRequest` in OTLP's JSON: text or its UTF-8 bytes in, log records in the order they were
 * sent out. A record with a member of a wrong type is rejected alone, with a reason. Throws {@link DecodeError}
 * where the text is not JSON or not an export request.
 *
 * Spec: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function decodeLogsJson(body: Uint8Array | string): DecodedLogs {
  const decoded: DecodedLogs = { records: [], rejected: [] };
  let index = 0;
  walkJsonRequest(body, LEVELS, (fields, json, resource, scope) => {
    let reason = resource.broken ?? scope.broken;
    if (reason === undefined) {
      try {
        if (!isObject(json)) throw new WrongTypeError("it is not an object");
        const book = new NoteBook();
        const record = readRecord(fields, json, resource.value, scope.value, book);
        reason = checkLogRecord(record, book);
        record.notes = [...resource.notes, ...scope.notes, ...book.finish()];
        if (reason === undefined) decoded.records.push(record);
      } catch (error) {
        reason = `it cannot be read: ${jsonReasonOf(error)}`;
      }
    }
    if (reason !== undefined) decoded.rejected.push({ index, name: findEventName(json), reason });
    index++;
  });
  return decoded;
}

function readRecord(
  fields: JsonFields,
  json: JsonObject,
  resource: Resource,
  scope: Scope,
  book: NoteBook,
): LogRecord {
  return {
    traceId: fields.hexId(json, "traceId", "its trace id"),
    spanId: fields.hexId(json, "spanId", "its span id"),
    timeNs: fields.uint64Text(json, "timeUnixNano", "its time"),
    observedTimeNs: fields.uint64Text(json, "observedTimeUnixNano", "its observed time"),
    severityNumber: fields.enumNumber(
      json,
      "severityNumber",
      SEVERITY_NAMES,
      "the severity",
      book,
      "unknown_severity",
    ),
    severityText: fields.text(json, "severityText", "the severity", book),
    eventName: fields.text(json, "eventName", "the event name", book),
    body: readAnyValue(fields, fields.member(json, "body"), book, "the body"),
    attributes: readAttributes(fields, json, book, "the log record"),
    droppedAttributesCount: fields.uint32(json, "droppedAttributesCount", "droppedAttributesCount"),
    flags: fields.uint32(json, "flags", "flags"),
    resource,
    scope,
    notes: [],
  };
}

function findEventName(json: unknown): string {
  const name = isObject(json) ? json["eventName"] : undefined;
  return typeof name === "string" ? name.toWellFormed() : "";
}
