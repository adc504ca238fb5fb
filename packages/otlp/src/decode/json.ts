import { isUtf8 } from "node:buffer";
import {
  OTEL_KINDS,
  type Note,
  type Resource,
  type Scope,
  type SpanEvent,
  type SpanLink,
  type WireSpan,
} from "@nightowl/model/span/span";
import { TooDeepError } from "./any-value.ts";
import { checkSpan } from "./check-span.ts";
import { DecodeError, type DecodedTraces } from "./decoded.ts";
import { isObject, JsonFields, type JsonObject, WrongTypeError } from "./json-fields.ts";
import { holdsTooManyObjects, parseJsonText } from "./json-text.ts";
import { readAttributes } from "./json-values.ts";
import { NoteBook } from "./note-book.ts";

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
  const { text, hadInvalidUtf8 } = textOf(body);
  if (holdsTooManyObjects(text)) {
    throw new DecodeError(
      "The body holds more objects and lists than one request can; send fewer spans at once.",
    );
  }
  let request: unknown;
  try {
    request = parseJsonText(text);
  } catch (error) {
    throw new DecodeError(`The body is not JSON: ${(error as Error).message}`);
  }
  if (!isObject(request)) throw new DecodeError("The body is JSON, but not an object with resourceSpans.");
  const decoder = new TraceDecoder(new JsonFields(hadInvalidUtf8));
  try {
    decoder.readRequest(request);
  } catch (error) {
    if (error instanceof WrongTypeError)
      throw new DecodeError(`The body is no OTLP trace request: ${error.message}.`);
    throw error;
  }
  return decoder.decoded;
}

function textOf(body: Uint8Array | string): { text: string; hadInvalidUtf8: boolean } {
  let text: string;
  let hadInvalidUtf8 = false;
  if (typeof body === "string") text = body;
  else {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    text = bytes.toString("utf8");
    hadInvalidUtf8 = !isUtf8(bytes);
  }
  // A byte order mark is no part of JSON, but some platforms write one.
  return { text: text.startsWith("\uFEFF") ? text.slice(1) : text, hadInvalidUtf8 };
}

/** What the spans of a resource or scope have in common. */
interface Origin<T> {
  value: T;
  notes: Note[];
  /** Why it could not be read, if it could not: then its spans cannot be kept either. */
  broken: string | undefined;
}

class TraceDecoder {
  readonly decoded: DecodedTraces = { spans: [], rejected: [] };
  readonly #fields: JsonFields;
  #spanIndex = 0;

  constructor(fields: JsonFields) {
    this.#fields = fields;
  }

  readRequest(request: JsonObject): void {
    const fields = this.#fields;
    if (fields.member(request, "resourceSpans") === undefined && Object.keys(request).length > 0) {
      if (!("resourceSpans" in request || "resource_spans" in request)) {
        throw new WrongTypeError("it has no resourceSpans");
      }
    }
    for (const item of fields.list(request, "resourceSpans", "resourceSpans")) {
      if (!isObject(item)) throw new WrongTypeError("an entry of resourceSpans is not an object");
      this.#readResourceSpans(item);
    }
  }

  #readResourceSpans(resourceSpans: JsonObject): void {
    const fields = this.#fields;
    const resource = this.#readOrigin<Resource>(
      { attributes: {}, droppedAttributesCount: 0, entityRefs: [], schemaUrl: "" },
      "resource",
      (value, book) => {
        value.schemaUrl = fields.text(resourceSpans, "schemaUrl", "the schema URL of the resource", book);
        readResource(fields, resourceSpans, value, book);
      },
    );
    for (const item of fields.list(resourceSpans, "scopeSpans", "scopeSpans")) {
      fields.items.add();
      if (!isObject(item)) throw new WrongTypeError("an entry of scopeSpans is not an object");
      const scope = this.#readOrigin<Scope>(
        { name: "", version: "", attributes: {}, droppedAttributesCount: 0, schemaUrl: "" },
        "scope",
        (value, book) => {
          value.schemaUrl = fields.text(item, "schemaUrl", "the schema URL of the scope", book);
          readScope(fields, item, value, book);
        },
      );
      for (const span of fields.list(item, "spans", "spans")) this.#readSpan(span, resource, scope);
    }
  }

  #readOrigin<T>(value: T, name: "resource" | "scope", read: (value: T, book: NoteBook) => void): Origin<T> {
    const book = new NoteBook();
    let broken: string | undefined;
    try {
      read(value, book);
    } catch (error) {
      broken = `its ${name} cannot be read: ${reasonOf(error)}`;
    }
    return { value, notes: book.finish(), broken };
  }

  #readSpan(json: unknown, resource: Origin<Resource>, scope: Origin<Scope>): void {
    const index = this.#spanIndex++;
    this.#fields.items.add();
    let reason = resource.broken ?? scope.broken;
    if (reason === undefined) {
      try {
        if (!isObject(json)) throw new WrongTypeError("it is not an object");
        const book = new NoteBook();
        const { span, statusCode } = readSpan(this.#fields, json, resource.value, scope.value, book);
        reason = checkSpan(span, statusCode, book);
        span.notes = [...resource.notes, ...scope.notes, ...book.finish()];
        if (reason === undefined) this.decoded.spans.push(span);
      } catch (error) {
        reason = `it cannot be read: ${reasonOf(error)}`;
      }
    }
    if (reason !== undefined)
      this.decoded.rejected.push({ index, name: findSpanName(this.#fields, json), reason });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof WrongTypeError || error instanceof TooDeepError) return error.message;
  throw error;
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

function readResource(fields: JsonFields, owner: JsonObject, resource: Resource, book: NoteBook): void {
  const json = fields.object(owner, "resource", "resource");
  if (json === undefined) return;
  resource.attributes = readAttributes(fields, json, book, "the resource");
  resource.droppedAttributesCount = fields.uint32(json, "droppedAttributesCount", "droppedAttributesCount");
  resource.entityRefs = fields.list(json, "entityRefs", "entityRefs").map((entity) => {
    if (!isObject(entity)) throw new WrongTypeError("an entity reference is not an object");
    const keys = (name: string) =>
      fields
        .list(entity, name, `an entity's ${name}`)
        .map((key) => fields.wellFormed(key, "an entity's key", book));
    return {
      schemaUrl: fields.text(entity, "schemaUrl", "an entity's schema URL", book),
      type: fields.text(entity, "type", "an entity's type", book),
      idKeys: keys("idKeys"),
      descriptionKeys: keys("descriptionKeys"),
    };
  });
}

function readScope(fields: JsonFields, owner: JsonObject, scope: Scope, book: NoteBook): void {
  const json = fields.object(owner, "scope", "scope");
  if (json === undefined) return;
  scope.name = fields.text(json, "name", "the scope's name", book);
  scope.version = fields.text(json, "version", "the scope's version", book);
  scope.attributes = readAttributes(fields, json, book, "the scope");
  scope.droppedAttributesCount = fields.uint32(json, "droppedAttributesCount", "droppedAttributesCount");
}

/** The name of a span that cannot be read otherwise; may be empty. */
function findSpanName(fields: JsonFields, json: unknown): string {
  const name = isObject(json) ? fields.member(json, "name") : undefined;
  return typeof name === "string" ? fields.wellFormed(name, "the span's name", new NoteBook()) : "";
}
