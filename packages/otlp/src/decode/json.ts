import {
  OTEL_KINDS,
  type Resource,
  type Scope,
  type SpanEvent,
  type SpanLink,
  type WireSpan,
} from "@nightowl/model/span/span";
import { checkSpan } from "./check-span.ts";
import type { DecodedTraces } from "./decoded.ts";
import { isObject, type JsonFields, type JsonObject, WrongTypeError } from "./json-fields.ts";
import { jsonReasonOf, walkJsonRequest } from "./json-frame.ts";
import { readAttributes } from "./json-values.ts";
import { NoteBook } from "./note-book.ts";

const LEVELS = { signal: "trace", resources: "resourceSpans", scopes: "scopeSpans", items: "spans" };
const KIND_NAMES = OTEL_KINDS.map((name) => `SPAN_KIND_${name}`);
const STATUS_NAMES = ["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"];

/**
 * Reads an `ExportTraceServiceRequest` in OTLP's JSON: text or its UTF-8 bytes in, spans in the order they
 * were sent out. It takes what senders send: ids in hex of either case, enums as numbers or names, 64-bit
 * integers quoted or not (every digit is kept), members in lowerCamelCase or as in the .proto files.
 *
 * A span with a member of a wrong type is rejected alone, with a reason; so are the spans of a resource or
 * scope that cannot be read. Throws {@link DecodeError} where the text is not JSON or not an export request.
 *
 * Spec: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function decodeTraceJson(body: Uint8Array | string): DecodedTraces {
  const decoded: DecodedTraces = { spans: [], rejected: [] };
  let index = 0;
  walkJsonRequest(body, LEVELS, (fields, json, resource, scope) => {
    let reason = resource.broken ?? scope.broken;
    if (reason === undefined) {
      try {
        if (!isObject(json)) throw new WrongTypeError("it is not an object");
        const book = new NoteBook();
        const { span, statusCode } = readSpan(fields, json, resource.value, scope.value, book);
        reason = checkSpan(span, statusCode, book);
        span.notes = [...resource.notes, ...scope.notes, ...book.finish()];
        if (reason === undefined) decoded.spans.push(span);
      } catch (error) {
        reason = `it cannot be read: ${jsonReasonOf(error)}`;
      }
    }
    if (reason !== undefined) decoded.rejected.push({ index, name: findSpanName(fields, json), reason });
    index++;
  });
  return decoded;
}

function readSpan(
  fields: JsonFields,
  json: JsonObject,
  resource: Resource,
  scope: Scope,
  book: NoteBook,
): { span: WireSpan; statusCode: number } {
  const span: WireSpan = {
    traceId: fields.hexId(json, "traceId", "its trace id"),
    spanId: fields.hexId(json, "spanId", "its span id"),
    parentSpanId: fields.hexId(json, "parentSpanId", "its parent id"),
    traceState: fields.text(json, "traceState", "the trace state", book),
    flags: fields.uint32(json, "flags", "flags"),
    name: fields.text(json, "name", "the span's name", book),
    otelKind: fields.enumNumber(json, "kind", KIND_NAMES, "the span kind", book, "unknown_kind"),
    startTimeNs: fields.uint64Text(json, "startTimeUnixNano", "its start time"),
    endTimeNs: fields.uint64Text(json, "endTimeUnixNano", "its end time"),
    attributes: readAttributes(fields, json, book, "the span"),
    droppedAttributesCount: fields.uint32(json, "droppedAttributesCount", "droppedAttributesCount"),
    events: fields.list(json, "events", "events").map((event) => readEvent(fields, event, book)),
    droppedEventsCount: fields.uint32(json, "droppedEventsCount", "droppedEventsCount"),
    links: fields.list(json, "links", "links").map((link) => readLink(fields, link, book)),
    droppedLinksCount: fields.uint32(json, "droppedLinksCount", "droppedLinksCount"),
    statusCode: "UNSET",
    statusMessage: "",
    resource,
    scope,
    notes: [],
  };
  const status = fields.object(json, "status", "status") ?? {};
  span.statusMessage = fields.text(status, "message", "the status message", book);
  const statusCode = fields.enumNumber(
    status,
    "code",
    STATUS_NAMES,
    "the status code",
    book,
    "unknown_status",
  );
  return { span, statusCode };
}

function readEvent(fields: JsonFields, json: unknown, book: NoteBook): SpanEvent {
  fields.items.add();
  if (!isObject(json)) throw new WrongTypeError("an event is not an object");
  return {
    name: fields.text(json, "name", "an event's name", book),
    timeNs: fields.uint64Text(json, "timeUnixNano", "an event's time"),
    attributes: readAttributes(fields, json, book, "an event"),
    droppedAttributesCount: fields.uint32(
      json,
      "droppedAttributesCount",
      "an event's droppedAttributesCount",
    ),
  };
}

function readLink(fields: JsonFields, json: unknown, book: NoteBook): SpanLink {
  fields.items.add();
  if (!isObject(json)) throw new WrongTypeError("a link is not an object");
  return {
    traceId: fields.hexId(json, "traceId", "a link's trace id"),
    spanId: fields.hexId(json, "spanId", "a link's span id"),
    traceState: fields.text(json, "traceState", "a link's trace state", book),
    attributes: readAttributes(fields, json, book, "a link"),
    droppedAttributesCount: fields.uint32(json, "droppedAttributesCount", "a link's droppedAttributesCount"),
    flags: fields.uint32(json, "flags", "a link's flags"),
  };
}

/** The name of a span that cannot be read otherwise; may be empty. */
function findSpanName(fields: JsonFields, json: unknown): string {
  const name = isObject(json) ? fields.member(json, "name") : undefined;
  return typeof name === "string" ? fields.wellFormed(name, "the span's name", new NoteBook()) : "";
}
