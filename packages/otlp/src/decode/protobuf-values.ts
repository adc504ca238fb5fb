import type { Attributes, AttributeValue } from "@nightowl/model/span/attributes";
import {
  bytesForm,
  doubleForm,
  intForm,
  KvlistBuilder,
  isKvlist,
  kvlistEntries,
  putAttribute,
  TooDeepError,
} from "./any-value.ts";
import { MAX_VALUE_DEPTH } from "./decoded.ts";
import { type NoteBook, quoted } from "./note-book.ts";
import { MalformedError, ProtobufReader, WIRE_FIXED64, WIRE_LENGTH, WIRE_VARINT } from "./protobuf-reader.ts";

const KEY_VALUE_KEY = (1 << 3) | WIRE_LENGTH;
const KEY_VALUE_VALUE = (2 << 3) | WIRE_LENGTH;

const ANY_STRING = (1 << 3) | WIRE_LENGTH;
const ANY_BOOL = (2 << 3) | WIRE_VARINT;
const ANY_INT = (3 << 3) | WIRE_VARINT;
const ANY_DOUBLE = (4 << 3) | WIRE_FIXED64;
const ANY_ARRAY = (5 << 3) | WIRE_LENGTH;
const ANY_KVLIST = (6 << 3) | WIRE_LENGTH;
const ANY_BYTES = (7 << 3) | WIRE_LENGTH;

const LIST_VALUES = (1 << 3) | WIRE_LENGTH;

/**
 * Steps over a field that the message does not have. A field that it has, but in a wire type that it
 * cannot have, is broken: fields 1 to `lastKnown` are known.
 */
export function skipUnknown(reader: ProtobufReader, tag: number, lastKnown: number, message: string): void {
  if (tag >>> 3 <= lastKnown) {
    throw new MalformedError(`field ${tag >>> 3} of ${message} has the wrong wire type, ${tag & 7}`);
  }
  reader.skip(tag);
}

/** Reads one `KeyValue`, whose length comes next, into `target`. `place` is such as "the span". */
export function readAttribute(
  reader: ProtobufReader,
  target: Attributes,
  book: NoteBook,
  place: string,
): void {
  const outerLimit = reader.enter();
  let key = "";
  let value: AttributeValue = null;
  while (reader.pos < reader.limit) {
    const tag = reader.tag();
    if (tag === KEY_VALUE_KEY) key = reader.text();
    else if (tag === KEY_VALUE_VALUE) value = readValue(reader, 1, value);
    else skipUnknown(reader, tag, 2, "an attribute");
  }
  reader.leave(outerLimit);
  putAttribute(target, key, value, book, place);
  if (reader.replacedText) {
    reader.replacedText = false;
    book.invalidUtf8(`the attribute ${quoted(key)} of ${place}`, key);
  }
}

/**
 * Reads an `AnyValue`, whose length comes next. `depth` is 1 for an attribute's own value or a body. `earlier` is what
 * the same field held before, usually null: protobuf joins the parts of a list that is sent in parts, and of
 * anything else the last one counts.
 */
export function readValue(reader: ProtobufReader, depth: number, earlier: AttributeValue): AttributeValue {
  if (depth > MAX_VALUE_DEPTH) throw new TooDeepError();
  const outerLimit = reader.enter();
  let value = earlier;
  while (reader.pos < reader.limit) {
    const tag = reader.tag();
    switch (tag) {
      case ANY_STRING:
        value = reader.text();
        break;
      case ANY_BOOL:
        value = reader.bool();
        break;
      case ANY_INT:
        value = intForm(reader.int64());
        break;
      case ANY_DOUBLE:
        value = doubleForm(reader.double());
        break;
      case ANY_ARRAY:
        reader.items.add();
        value = readArray(reader, depth, Array.isArray(value) ? value : []);
        break;
      case ANY_KVLIST:
        reader.items.add();
        value = readKvlist(reader, depth, isKvlist(value) ? kvlistEntries(value) : []);
        break;
      case ANY_BYTES:
        value = bytesForm(reader.base64());
        break;
      default:
        skipUnknown(reader, tag, 7, "a value");
    }
  }
  reader.leave(outerLimit);
  return value;
}

function readArray(reader: ProtobufReader, depth: number, values: AttributeValue[]): AttributeValue {
  const outerLimit = reader.enter();
  while (reader.pos < reader.limit) {
    const tag = reader.tag();
    if (tag === LIST_VALUES) values.push(readValue(reader, depth + 1, null));
    else skipUnknown(reader, tag, 1, "a list");
  }
  reader.leave(outerLimit);
  return values;
}

function readKvlist(
  reader: ProtobufReader,
  depth: number,
  earlier: [string, AttributeValue][],
): AttributeValue {
  const kvlist = new KvlistBuilder();
  for (const [key, value] of earlier) {
    // Counted again, or a list in very many parts would take quadratic time.
    reader.items.add();
    kvlist.add(key, value);
  }
  const outerLimit = reader.enter();
  while (reader.pos < reader.limit) {
    const tag = reader.tag();
    if (tag === LIST_VALUES) {
      reader.items.add();
      readEntry(reader, depth, kvlist);
    } else skipUnknown(reader, tag, 1, "a key-value list");
  }
  reader.leave(outerLimit);
  return kvlist.value();
}

function readEntry(reader: ProtobufReader, depth: number, kvlist: KvlistBuilder): void {
  const outerLimit = reader.enter();
  let key = "";
  let value: AttributeValue = null;
  while (reader.pos < reader.limit) {
    const tag = reader.tag();
    if (tag === KEY_VALUE_KEY) key = reader.text();
    else if (tag === KEY_VALUE_VALUE) value = readValue(reader, depth + 1, value);
    else skipUnknown(reader, tag, 2, "a key-value list's entry");
  }
  reader.leave(outerLimit);
  kvlist.add(key, value);
}
