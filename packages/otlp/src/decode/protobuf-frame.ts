import type { Resource, Scope } from "@nightowl/model/span/span";
import { TooDeepError } from "./any-value.ts";
import { DecodeError, type Origin } from "./decoded.ts";
import { NoteBook } from "./note-book.ts";
import { MalformedError, ProtobufReader, WIRE_LENGTH, WIRE_VARINT } from "./protobuf-reader.ts";
import { readAttribute, skipUnknown } from "./protobuf-values.ts";

/** What one signal calls its messages, for errors. Their field numbers are the same in all signals. */
export interface ProtobufLevels {
  /** What the request is about, for people: `trace`. */
  signal: string;
  /** The request's one field: `resource_spans`. */
  field: string;
  resources: string;
  scopes: string;
}

/**
 * Reads one item, which the reader has entered, and moves nothing beyond it. It never throws: an item that cannot
 * be read is rejected alone.
 */
export type ReadProtobufItem = (
  reader: ProtobufReader,
  resource: Origin<Resource>,
  scope: Origin<Scope>,
) => void;

/**
 * Goes through an export request in protobuf, resource by resource and scope by scope, and hands on every item.
 * Throws {@link DecodeError} where the frame around the items is broken (truncated, not protobuf) or where the
 * bytes hold anything but an export request.
 */
export function walkProtobufRequest(
  bytes: Uint8Array,
  levels: ProtobufLevels,
  readItem: ReadProtobufItem,
): void {
  try {
    new RequestWalker(bytes, levels, readItem).walk();
  } catch (error) {
    if (error instanceof MalformedError) {
      throw new DecodeError(
        `The body is not a whole OTLP ${levels.signal} request in protobuf: ${error.message}.`,
      );
    }
    throw error;
  }
}

class RequestWalker {
  readonly #reader: ProtobufReader;
  readonly #levels: ProtobufLevels;
  readonly #readItem: ReadProtobufItem;

  constructor(bytes: Uint8Array, levels: ProtobufLevels, readItem: ReadProtobufItem) {
    this.#reader = new ProtobufReader(bytes);
    this.#levels = levels;
    this.#readItem = readItem;
  }

  walk(): void {
    const reader = this.#reader;
    let isRequest = reader.limit === 0;
    while (reader.pos < reader.limit) {
      const tag = reader.tag();
      if (tag === REQUEST_RESOURCE_ITEMS) {
        isRequest = true;
        this.#walkResource();
      } else skipUnknown(reader, tag, 1, "the request");
    }
    if (!isRequest) throw new MalformedError(`it has no ${this.#levels.field}`);
  }

  #walkResource(): void {
    const reader = this.#reader;
    const outerLimit = reader.enter();
    // Fields come in any order, but an item needs its resource: note where things are first.
    const resources: number[] = [];
    const scopeItems: number[] = [];
    let schemaUrl = "";
    while (reader.pos < reader.limit) {
      const tag = reader.tag();
      if (tag === RESOURCE_ITEMS_SCOPE_ITEMS) {
        reader.items.add();
        scopeItems.push(reader.pos);
      } else if (tag === RESOURCE_ITEMS_RESOURCE) resources.push(reader.pos);
      else if (tag === RESOURCE_ITEMS_SCHEMA_URL) {
        schemaUrl = reader.text();
        continue;
      } else if (tag >>> 3 <= 3) skipUnknown(reader, tag, 3, `a ${this.#levels.resources}`);
      reader.skip(tag);
    }
    const end = reader.pos;
    const resource = this.#readOrigin<Resource>(
      { attributes: {}, droppedAttributesCount: 0, entityRefs: [], schemaUrl },
      resources,
      "resource",
      readResource,
    );
    for (const position of scopeItems) {
      reader.pos = position;
      this.#walkScope(resource);
    }
    reader.pos = end;
    reader.leave(outerLimit);
  }

  #walkScope(resource: Origin<Resource>): void {
    const reader = this.#reader;
    const outerLimit = reader.enter();
    const scopes: number[] = [];
    const items: number[] = [];
    let schemaUrl = "";
    while (reader.pos < reader.limit) {
      const tag = reader.tag();
      if (tag === SCOPE_ITEMS_ITEM) {
        reader.items.add();
        items.push(reader.pos);
      } else if (tag === SCOPE_ITEMS_SCOPE) scopes.push(reader.pos);
      else if (tag === SCOPE_ITEMS_SCHEMA_URL) {
        schemaUrl = reader.text();
        continue;
      } else if (tag >>> 3 <= 3) skipUnknown(reader, tag, 3, `a ${this.#levels.scopes}`);
      reader.skip(tag);
    }
    const end = reader.pos;
    const scope = this.#readOrigin<Scope>(
      { name: "", version: "", attributes: {}, droppedAttributesCount: 0, schemaUrl },
      scopes,
      "scope",
      readScope,
    );
    for (const position of items) {
      reader.pos = position;
      const limit = reader.enter();
      this.#readItem(reader, resource, scope);
      reader.replacedText = false;
      reader.leave(limit);
    }
    reader.pos = end;
    reader.leave(outerLimit);
  }

  /** Reads a resource or scope from where it was found; found twice, the parts are one message. */
  #readOrigin<T extends { schemaUrl: string }>(
    value: T,
    positions: number[],
    name: "resource" | "scope",
    read: (reader: ProtobufReader, value: T, book: NoteBook) => void,
  ): Origin<T> {
    const reader = this.#reader;
    const book = new NoteBook();
    if (reader.replacedText) {
      reader.replacedText = false;
      book.invalidUtf8(`the schema URL of the ${name}`);
    }
    const limit = reader.limit;
    let broken: string | undefined;
    for (const position of positions) {
      reader.pos = position;
      try {
        read(reader, value, book);
      } catch (error) {
        broken = `its ${name} cannot be read: ${protobufReasonOf(error)}`;
        reader.limit = limit;
      }
    }
    return { value, notes: book.finish(), broken };
  }
}

/** Why an item cannot be read. Throws what is no fault of the item. */
export function protobufReasonOf(error: unknown): string {
  if (error instanceof MalformedError || error instanceof TooDeepError) return error.message;
  throw error;
}

function readResource(reader: ProtobufReader, resource: Resource, book: NoteBook): void {
  const outerLimit = reader.enter();
  while (reader.pos < reader.limit) {
    const tag = reader.tag();
    if (tag === RESOURCE_ATTRIBUTES) readAttribute(reader, resource.attributes, book, "the resource");
    else if (tag === RESOURCE_DROPPED_ATTRIBUTES_COUNT) resource.droppedAttributesCount = reader.varint();
    else if (tag === RESOURCE_ENTITY_REFS) resource.entityRefs.push(readEntityRef(reader, book));
    else skipUnknown(reader, tag, 3, "the resource");
  }
  reader.leave(outerLimit);
}

function readEntityRef(reader: ProtobufReader, book: NoteBook): Resource["entityRefs"][number] {
  const entity = { schemaUrl: "", type: "", idKeys: [] as string[], descriptionKeys: [] as string[] };
  const outerLimit = reader.enter();
  while (reader.pos < reader.limit) {
    const tag = reader.tag();
    if (tag === ENTITY_SCHEMA_URL) entity.schemaUrl = readText(reader, book, "an entity's schema URL");
    else if (tag === ENTITY_TYPE) entity.type = readText(reader, book, "an entity's type");
    else if (tag === ENTITY_ID_KEYS) entity.idKeys.push(readText(reader, book, "an entity's key"));
    else if (tag === ENTITY_DESCRIPTION_KEYS)
      entity.descriptionKeys.push(readText(reader, book, "an entity's key"));
    else skipUnknown(reader, tag, 4, "an entity reference");
  }
  reader.leave(outerLimit);
  return entity;
}

function readScope(reader: ProtobufReader, scope: Scope, book: NoteBook): void {
  const outerLimit = reader.enter();
  while (reader.pos < reader.limit) {
    const tag = reader.tag();
    if (tag === SCOPE_NAME) scope.name = readText(reader, book, "the scope's name");
    else if (tag === SCOPE_VERSION) scope.version = readText(reader, book, "the scope's version");
    else if (tag === SCOPE_ATTRIBUTES) readAttribute(reader, scope.attributes, book, "the scope");
    else if (tag === SCOPE_DROPPED_ATTRIBUTES_COUNT) scope.droppedAttributesCount = reader.varint();
    else skipUnknown(reader, tag, 4, "the scope");
  }
  reader.leave(outerLimit);
}

/** A text field; `what` names it for the note that a text which is not UTF-8 earns. */
export function readText(reader: ProtobufReader, book: NoteBook, what: string): string {
  const text = reader.text();
  if (reader.replacedText) {
    reader.replacedText = false;
    book.invalidUtf8(what);
  }
  return text;
}

// Tags: field number << 3 | wire type, by message of opentelemetry-proto.

const REQUEST_RESOURCE_ITEMS = (1 << 3) | WIRE_LENGTH;

const RESOURCE_ITEMS_RESOURCE = (1 << 3) | WIRE_LENGTH;
const RESOURCE_ITEMS_SCOPE_ITEMS = (2 << 3) | WIRE_LENGTH;
const RESOURCE_ITEMS_SCHEMA_URL = (3 << 3) | WIRE_LENGTH;

const SCOPE_ITEMS_SCOPE = (1 << 3) | WIRE_LENGTH;
const SCOPE_ITEMS_ITEM = (2 << 3) | WIRE_LENGTH;
const SCOPE_ITEMS_SCHEMA_URL = (3 << 3) | WIRE_LENGTH;

const RESOURCE_ATTRIBUTES = (1 << 3) | WIRE_LENGTH;
const RESOURCE_DROPPED_ATTRIBUTES_COUNT = (2 << 3) | WIRE_VARINT;
const RESOURCE_ENTITY_REFS = (3 << 3) | WIRE_LENGTH;

const ENTITY_SCHEMA_URL = (1 << 3) | WIRE_LENGTH;
const ENTITY_TYPE = (2 << 3) | WIRE_LENGTH;
const ENTITY_ID_KEYS = (3 << 3) | WIRE_LENGTH;
const ENTITY_DESCRIPTION_KEYS = (4 << 3) | WIRE_LENGTH;

const SCOPE_NAME = (1 << 3) | WIRE_LENGTH;
const SCOPE_VERSION = (2 << 3) | WIRE_LENGTH;
const SCOPE_ATTRIBUTES = (3 << 3) | WIRE_LENGTH;
const SCOPE_DROPPED_ATTRIBUTES_COUNT = (4 << 3) | WIRE_VARINT;
