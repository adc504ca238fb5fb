import { createHash } from "node:crypto";
import { logEventName, logTimeNs, type LogRecord } from "@nightowl/model/log/log-record";
import type { AttributeValue } from "@nightowl/model/span/attributes";
import { json, list, sharedJson, text } from "./json-text.ts";
import { RowBuffer, type RowBytes } from "./row-buffer.ts";

/** Rows of `logs` as they are written, in this order. */
export const LOG_COLUMNS = [
  "trace_id", "span_id", "event_ns", "digest", "received_ns", "position", "project", "event", "time_ns",
  "observed_ns", "severity_number", "severity_text", "event_name", "flags", "dropped_attributes_count", "body",
  "attributes", "notes", "resource", "scope",
] as const; // prettier-ignore

/** A log record, and what tells it from others that say the same. */
export interface IncomingLog {
  record: LogRecord;
  project: string;
  /** Its position among the records of its request. */
  position: number;
  /** The columns that are its own words. */
  content: string;
  /** Of the record and its origin: the same when it is sent again, another one for the third "ok" of a talk. */
  digest: string;
}

/** Records of one request as they will be told apart. */
export function toIncomingLogs(logs: readonly { record: LogRecord; project: string }[]): IncomingLog[] {
  const copies = new Map<string, number>();
  return logs.map(({ record, project }, position) => {
    const content = contentOf(record);
    const whole = createHash("sha256");
    for (const part of [record.traceId, record.spanId, content]) whole.update(part);
    whole.update(sharedJson(record.resource)).update(sharedJson(record.scope));
    const digest = whole.digest("base64url").slice(0, 22);
    const copy = copies.get(digest) ?? 0;
    copies.set(digest, copy + 1);
    return { record, project, position, content, digest: copy === 0 ? digest : `${digest} ${copy}` };
  });
}

/** Log records as bytes to insert: JSONCompactEachRow in the order of {@link LOG_COLUMNS}. */
export function toLogRows(logs: readonly IncomingLog[], receivedNs: bigint): RowBytes {
  const buffer = new RowBuffer();
  for (const { record, project, position, content, digest } of logs) {
    buffer.add(
      `[${text(record.traceId)},${text(record.spanId)},${logTimeNs(record)},${text(digest)},${receivedNs},` +
        `${position},${text(project)},${text(logEventName(record))},${content},${list(record.notes)},` +
        `${sharedJson(record.resource)},${sharedJson(record.scope)}]\n`,
    );
  }
  return buffer.finish();
}

/** The columns that are the record's own words. */
function contentOf(record: LogRecord): string {
  return (
    `${record.timeNs},${record.observedTimeNs},${record.severityNumber},${text(record.severityText)},` +
    `${text(record.eventName)},${record.flags},${record.droppedAttributesCount},${bodyJson(record.body)},` +
    `${json(record.attributes)}`
  );
}

/** An object or a list stands in the row as it is; for anything else the column holds its JSON as text. */
function bodyJson(body: AttributeValue): string {
  return typeof body === "object" && body !== null ? json(body) : json(json(body));
}

/** What {@link fromLogRow} needs of `logs`. */
export const LOG_RECORD_COLUMNS = [
  "trace_id", "span_id", "time_ns", "observed_ns", "severity_number", "severity_text", "event_name", "flags",
  "dropped_attributes_count", "body", "attributes", "notes", "resource", "scope",
] as const; // prettier-ignore

/** A row of {@link LOG_RECORD_COLUMNS}: 64-bit integers as text, JSON as text. */
export interface LogRow {
  trace_id: string;
  span_id: string;
  time_ns: string;
  observed_ns: string;
  severity_number: number;
  severity_text: string;
  event_name: string;
  flags: number;
  dropped_attributes_count: number;
  body: string;
  attributes: string;
  notes: string;
  resource: string;
  scope: string;
}

/** The log record as it was sent, whole. */
export function fromLogRow(row: LogRow): LogRecord {
  return {
    traceId: row.trace_id,
    spanId: row.span_id,
    timeNs: row.time_ns,
    observedTimeNs: row.observed_ns,
    severityNumber: row.severity_number,
    severityText: row.severity_text,
    eventName: row.event_name,
    body: JSON.parse(row.body) as AttributeValue,
    attributes: JSON.parse(row.attributes) as LogRecord["attributes"],
    droppedAttributesCount: row.dropped_attributes_count,
    flags: row.flags,
    resource: JSON.parse(row.resource) as LogRecord["resource"],
    scope: JSON.parse(row.scope) as LogRecord["scope"],
    notes: JSON.parse(row.notes) as LogRecord["notes"],
  };
}
