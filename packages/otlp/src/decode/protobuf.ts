import type { Resource, Scope, SpanEvent, SpanLink, WireSpan } from "@nightowl/model/span/span";
import { checkSpan } from "./check-span.ts";
import type { DecodedTraces } from "./decoded.ts";
import { NoteBook } from "./note-book.ts";
import { protobufReasonOf, readText, walkProtobufRequest } from "./protobuf-frame.ts";
import {
  type ProtobufReader,
  WIRE_FIXED32,
  WIRE_FIXED64,
  WIRE_LENGTH,
  WIRE_VARINT,
} from "./protobuf-reader.ts";
import { readAttribute, skipUnknown } from "./protobuf-values.ts";

const LEVELS = {
  signal: "trace",
  field: "resource_spans",
  resources: "ResourceSpans",
  scopes: "ScopeSpans",
};

/**
 * Reads an `ExportTraceServiceRequest` in protobuf: bytes in, spans in the order they were sent out.
 *
 * A span whose own bytes are broken is rejected alone, with a reason; so are the spans of a resource or
 * scope that cannot be read. Throws {@link DecodeError} where the frame around the spans is broken
 * (truncated, not protobuf) or where the bytes hold anything but an export request.
 *
 * Spec: opentelemetry-proto `trace/v1/trace.proto`, `collector/trace/v1/trace_service.proto`.
 */
export function decodeTraceProtobuf(bytes: Uint8Array): DecodedTraces {
  const decoded: DecodedTraces = { spans: [], rejected: [] };
  let index = 0;
  walkProtobufRequest(bytes, LEVELS, (reader, resource, scope) => {
    const start = reader.pos;
    const end = reader.limit;
    let reason = resource.broken ?? scope.broken;
    if (reason === undefined) {
      try {
        const book = new NoteBook();
        const span = emptySpan(resource.value, scope.value);
        const statusCode = readSpanFields(reader, span, book);
        const fault = checkSpan(span, statusCode, book);
        span.notes =
          resource.notes.length + scope.notes.length === 0
            ? book.finish()
            : [...resource.notes, ...scope.notes, ...book.finish()];
        if (fault === undefined) decoded.spans.push(span);
        else decoded.rejected.push({ index, name: span.name, reason: fault });
      } catch (error) {
        reason = `it cannot be read: ${protobufReasonOf(error)}`;
      }
    }
    reader.limit = end;
    if (reason !== undefined) {
      reader.pos = start;
      decoded.rejected.push({ index, name: findSpanName(reader), reason });
    }
    index++;
  });
  return decoded;
}

function emptySpan(resource: Resource, scope: Scope): WireSpan {
  return {
    traceId: "",
    spanId: "",
    parentSpanId: "",
    traceState: "",
    flags: 0,
    name: "",
    otelKind: 0,
    startTimeNs: "0",
    endTimeNs: "0",
    attributes: {},
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    statusCode: "UNSET",
    statusMessage: "",
    resource,
    scope,
    notes: [],
  };
}

/** Reads the fields of the `Span` that the reader has entered into `span`. Returns the number of its status code. */
function readSpanFields(reader: ProtobufReader, span: WireSpan, book: NoteBook): number {
  const status = { code: 0, message: "" };
  while (reader.pos < reader.limit) {
    const tag = reader.tag();
    switch (tag) {
      case SPAN_ATTRIBUTES:
        readAttribute(reader, span.attributes, book, "the span");
        break;
      case SPAN_TRACE_ID:
        span.traceId = reader.hex();
        break;
      case SPAN_SPAN_ID:
        span.spanId = reader.hex();
        break;
      case SPAN_PARENT_SPAN_ID:
        span.parentSpanId = reader.hex();
        break;
      case SPAN_TRACE_STATE:
        span.traceState = readText(reader, book, "the trace state");
        break;
      case SPAN_NAME:
        span.name = readText(reader, book, "the span's name");
        break;
      case SPAN_KIND:
        span.otelKind = reader.varint() | 0;
        break;
      case SPAN_START_TIME:
        span.startTimeNs = reader.fixed64Text();
        break;
      case SPAN_END_TIME:
        span.endTimeNs = reader.fixed64Text();
        break;
      case SPAN_DROPPED_ATTRIBUTES_COUNT:
        span.droppedAttributesCount = reader.varint();
        break;
      case SPAN_EVENTS:
        reader.items.add();
        span.events.push(readEvent(reader, book));
        break;
      case SPAN_DROPPED_EVENTS_COUNT:
        span.droppedEventsCount = reader.varint();
        break;
      case SPAN_LINKS:
        reader.items.add();
        span.links.push(readLink(reader, book));
        break;
      case SPAN_DROPPED_LINKS_COUNT:
        span.droppedLinksCount = reader.varint();
        break;
      case SPAN_STATUS:
        readStatus(reader, status, book);
        break;
      case SPAN_FLAGS:
        span.flags = reader.fixed32();
        break;
      default:
        skipUnknown(reader, tag, 16, "the span");
    }
  }
  span.statusMessage = status.message;
  return status.code;
}

function readStatus(reader: ProtobufReader, status: { code: number; message: string }, book: NoteBook): void {
  const outerLimit = reader.enter();
  while (reader.pos < reader.limit) {
    const tag = reader.tag();
    if (tag === STATUS_CODE) status.code = reader.varint() | 0;
    else if (tag === STATUS_MESSAGE) status.message = readText(reader, book, "the status message");
    // Field 1 was a status code of before 2020 and is passed over.
    else if (tag >>> 3 === 1) reader.skip(tag);
    else skipUnknown(reader, tag, 3, "the status");
  }
  reader.leave(outerLimit);
}

function readEvent(reader: ProtobufReader, book: NoteBook): SpanEvent {
  const event: SpanEvent = { name: "", timeNs: "0", attributes: {}, droppedAttributesCount: 0 };
  const outerLimit = reader.enter();
  while (reader.pos < reader.limit) {
    const tag = reader.tag();
    if (tag === EVENT_ATTRIBUTES) readAttribute(reader, event.attributes, book, "an event");
    else if (tag === EVENT_TIME) event.timeNs = reader.fixed64Text();
    else if (tag === EVENT_NAME) event.name = readText(reader, book, "an event's name");
    else if (tag === EVENT_DROPPED_ATTRIBUTES_COUNT) event.droppedAttributesCount = reader.varint();
    else skipUnknown(reader, tag, 4, "an event");
  }
  reader.leave(outerLimit);
  return event;
}

function readLink(reader: ProtobufReader, book: NoteBook): SpanLink {
  const link: SpanLink = {
    traceId: "",
    spanId: "",
    traceState: "",
    attributes: {},
    droppedAttributesCount: 0,
    flags: 0,
  };
  const outerLimit = reader.enter();
  while (reader.pos < reader.limit) {
    const tag = reader.tag();
    if (tag === LINK_TRACE_ID) link.traceId = reader.hex();
    else if (tag === LINK_SPAN_ID) link.spanId = reader.hex();
    else if (tag === LINK_TRACE_STATE) link.traceState = readText(reader, book, "a link's trace state");
    else if (tag === LINK_ATTRIBUTES) readAttribute(reader, link.attributes, book, "a link");
    else if (tag === LINK_DROPPED_ATTRIBUTES_COUNT) link.droppedAttributesCount = reader.varint();
    else if (tag === LINK_FLAGS) link.flags = reader.fixed32();
    else skipUnknown(reader, tag, 6, "a link");
  }
  reader.leave(outerLimit);
  return link;
}

/** The name of a span that cannot be read otherwise: the reader stands at its first field. May be empty. */
function findSpanName(reader: ProtobufReader): string {
  let name = "";
  try {
    while (reader.pos < reader.limit) {
      const tag = reader.tag();
      if (tag === SPAN_NAME) name = reader.text();
      else reader.skip(tag);
    }
  } catch (error) {
    protobufReasonOf(error);
  }
  return name;
}

// Tags: field number << 3 | wire type, by message of opentelemetry-proto.

const SPAN_TRACE_ID = (1 << 3) | WIRE_LENGTH;
const SPAN_SPAN_ID = (2 << 3) | WIRE_LENGTH;
const SPAN_TRACE_STATE = (3 << 3) | WIRE_LENGTH;
const SPAN_PARENT_SPAN_ID = (4 << 3) | WIRE_LENGTH;
const SPAN_NAME = (5 << 3) | WIRE_LENGTH;
const SPAN_KIND = (6 << 3) | WIRE_VARINT;
const SPAN_START_TIME = (7 << 3) | WIRE_FIXED64;
const SPAN_END_TIME = (8 << 3) | WIRE_FIXED64;
const SPAN_ATTRIBUTES = (9 << 3) | WIRE_LENGTH;
const SPAN_DROPPED_ATTRIBUTES_COUNT = (10 << 3) | WIRE_VARINT;
const SPAN_EVENTS = (11 << 3) | WIRE_LENGTH;
const SPAN_DROPPED_EVENTS_COUNT = (12 << 3) | WIRE_VARINT;
const SPAN_LINKS = (13 << 3) | WIRE_LENGTH;
const SPAN_DROPPED_LINKS_COUNT = (14 << 3) | WIRE_VARINT;
const SPAN_STATUS = (15 << 3) | WIRE_LENGTH;
const SPAN_FLAGS = (16 << 3) | WIRE_FIXED32;

const STATUS_MESSAGE = (2 << 3) | WIRE_LENGTH;
const STATUS_CODE = (3 << 3) | WIRE_VARINT;

const EVENT_TIME = (1 << 3) | WIRE_FIXED64;
const EVENT_NAME = (2 << 3) | WIRE_LENGTH;
const EVENT_ATTRIBUTES = (3 << 3) | WIRE_LENGTH;
const EVENT_DROPPED_ATTRIBUTES_COUNT = (4 << 3) | WIRE_VARINT;

const LINK_TRACE_ID = (1 << 3) | WIRE_LENGTH;
const LINK_SPAN_ID = (2 << 3) | WIRE_LENGTH;
const LINK_TRACE_STATE = (3 << 3) | WIRE_LENGTH;
const LINK_ATTRIBUTES = (4 << 3) | WIRE_LENGTH;
const LINK_DROPPED_ATTRIBUTES_COUNT = (5 << 3) | WIRE_VARINT;
const LINK_FLAGS = (6 << 3) | WIRE_FIXED32;
