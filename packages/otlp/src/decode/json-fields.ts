/// <reference lib="es2024.string" />
import { ItemCount } from "./decoded.ts";
import { type NoteBook, quoted } from "./note-book.ts";

/** A JSON object as it was parsed: nothing is known of its members yet. */
export type JsonObject = { readonly [key: string]: unknown };

/** A member has a type that OTLP does not allow for it. */
export class WrongTypeError extends Error {
  override name = "WrongTypeError";
}

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_UINT32 = 2 ** 32 - 1;

export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/**
 * Reads the members of JSON messages by protobuf's JSON rules: a member may be named in lowerCamelCase or
 * as in the .proto file, null is the same as absent, and numbers may be quoted. `what` names the member
 * for people; the methods throw {@link WrongTypeError} with it.
 *
 * Spec: https://protobuf.dev/programming-guides/json/ and OTLP's own rules on top (hex ids).
 */
export class JsonFields {
  /** Counts what is built from the JSON. */
  readonly items = new ItemCount();
  /** The bytes that the text came from were not all UTF-8, so a U+FFFD in it may stand for broken ones. */
  readonly #hadInvalidUtf8: boolean;

  constructor(hadInvalidUtf8: boolean) {
    this.#hadInvalidUtf8 = hadInvalidUtf8;
  }

  /** The value of a member, `undefined` where it is absent or null. */
  member(object: JsonObject, name: string): unknown {
    const value = object[name];
    if (value !== undefined && value !== null && Object.hasOwn(object, name)) return value;
    const protoName = protoNameOf(name);
    if (protoName === name) return undefined;
    return object[protoName] ?? undefined;
  }

  object(object: JsonObject, name: string, what: string): JsonObject | undefined {
    const value = this.member(object, name);
    if (value === undefined || isObject(value)) return value;
    throw new WrongTypeError(`${what} is ${typeName(value)}, not an object`);
  }

  /** A list; absent is empty. */
  list(object: JsonObject, name: string, what: string): readonly unknown[] {
    const value = this.member(object, name);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value as readonly unknown[];
    throw new WrongTypeError(`${what} is ${typeName(value)}, not a list`);
  }

  /** Text; absent is empty. Half surrogate pairs become U+FFFD, with a note. */
  text(object: JsonObject, name: string, what: string, book: NoteBook): string {
    const value = this.member(object, name);
    if (value === undefined) return "";
    return this.wellFormed(value, what, book);
  }

  /** `value` as text that every encoding can hold. `attribute` is the key concerned, for the note. */
  wellFormed(value: unknown, what: string, book: NoteBook, attribute?: string): string {
    if (typeof value !== "string") throw new WrongTypeError(`${what} is ${typeName(value)}, not a string`);
    if (!value.isWellFormed()) {
      book.loneSurrogate(what, attribute?.toWellFormed());
      return value.toWellFormed();
    }
    if (this.#hadInvalidUtf8 && value.includes("\uFFFD")) book.invalidUtf8(what, attribute);
    return value;
  }

  /** Whether `value` is text that {@link wellFormed} would return as it is, without a note. */
  isWellFormed(value: unknown): value is string {
    return typeof value === "string" && value.isWellFormed() && !this.#hadInvalidUtf8;
  }

  /** An id in hex of either case, as lower case; absent is empty. Its length is not looked at. */
  hexId(object: JsonObject, name: string, what: string): string {
    const value = this.member(object, name);
    if (value === undefined) return "";
    if (typeof value !== "string") throw new WrongTypeError(`${what} is ${typeName(value)}, not a string`);
    if (!/^[0-9a-fA-F]*$/.test(value)) {
      throw new WrongTypeError(`${what} is not in hex digits, as OTLP's JSON wants it: ${quoted(value)}`);
    }
    return value.toLowerCase();
  }

  /** An unsigned 32-bit number; absent is 0. */
  uint32(object: JsonObject, name: string, what: string): number {
    const value = integerText(this.member(object, name) ?? 0, what);
    const number = Number(value);
    if (number < 0 || number > MAX_UINT32)
      throw new WrongTypeError(`${what} is out of range: ${quoted(value)}`);
    return number;
  }

  /** An unsigned 64-bit number as decimal text; absent is "0". */
  uint64Text(object: JsonObject, name: string, what: string): string {
    const value = integerText(this.member(object, name) ?? 0, what);
    // Up to 19 digits always fit.
    if (value.startsWith("-") || (value.length > 19 && BigInt(value) > MAX_UINT64)) {
      throw new WrongTypeError(`${what} is out of range: ${quoted(value)}`);
    }
    return value;
  }

  /**
   * An enum's number, from a number or from a name such as `SPAN_KIND_CLIENT`; absent is 0. A name that is not
   * in `names` gives 0 and a note.
   */
  enumNumber(
    object: JsonObject,
    name: string,
    names: readonly string[],
    what: string,
    book: NoteBook,
    noteCode: string,
  ): number {
    const value = this.member(object, name) ?? 0;
    if (typeof value === "string" && !/^-?\d+$/.test(value)) {
      const number = names.indexOf(value);
      if (number >= 0) return number;
      book.unknownName(noteCode, what, value);
      return 0;
    }
    const number = Number(integerText(value, what));
    if (number !== (number | 0))
      throw new WrongTypeError(`${what} is out of range: ${quoted(String(value))}`);
    return number;
  }
}

/** An `intValue`: a number where that is exact, decimal text beyond. */
export function readInt64(value: unknown, what: string): number | string {
  const text = integerText(value, what);
  const number = Number(text);
  if (Number.isSafeInteger(number)) return number;
  const exact = BigInt(text);
  if (exact < MIN_INT64 || exact > MAX_INT64)
    throw new WrongTypeError(`${what} is out of range: ${quoted(text)}`);
  return text;
}

/** A `doubleValue`: a number, a number in quotes, or one of the names `NaN`, `Infinity`, `-Infinity`. */
export function readDouble(value: unknown, what: string): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" && (DOUBLE_TEXT.test(value) || /^(NaN|-?Infinity)$/.test(value)))
    return Number(value);
  throw new WrongTypeError(`${what} is ${shownValue(value)}, not a number`);
}

/** A `bytesValue`: base64 of either alphabet, padded or not; returns the standard one, padded. */
export function readBase64(value: unknown, what: string): string {
  if (
    typeof value === "string" &&
    /^[\w+/-]*={0,2}$/.test(value) &&
    value.replace(/=+$/, "").length % 4 !== 1
  ) {
    return Buffer.from(value, "base64").toString("base64");
  }
  throw new WrongTypeError(`${what} is ${shownValue(value)}, not base64`);
}

const DOUBLE_TEXT = /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** An integer, in quotes or not, as decimal text without leading zeros. */
function integerText(value: unknown, what: string): string {
  if (typeof value === "number" && Number.isInteger(value)) {
    return Number.isSafeInteger(value) ? String(value + 0) : BigInt(value).toString();
  }
  if (typeof value === "string" && /^-?\d+$/.test(value)) {
    return value.length < 16 ? String(Number(value) + 0) : value.replace(/^(-?)0+(?=\d)/, "$1");
  }
  throw new WrongTypeError(`${what} is ${shownValue(value)}, not a whole number`);
}

const protoNames = new Map<string, string>();

/** lowerCamelCase to the snake_case of the .proto file. */
function protoNameOf(name: string): string {
  let protoName = protoNames.get(name);
  if (protoName === undefined) {
    protoName = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    protoNames.set(name, protoName);
  }
  return protoName;
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function shownValue(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? quoted(String(value)) : typeName(value);
}
