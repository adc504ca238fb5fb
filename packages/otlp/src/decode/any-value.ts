import type { Attributes, AttributeValue } from "@nightowl/model/span/attributes";
import { MAX_VALUE_DEPTH } from "./decoded.ts";
import type { NoteBook } from "./note-book.ts";

/** An attribute value goes deeper than MAX_VALUE_DEPTH. */
export class TooDeepError extends Error {
  override name = "TooDeepError";

  constructor() {
    super(`a value is nested deeper than ${MAX_VALUE_DEPTH} levels`);
  }
}

/**
 * A `doubleValue` in the lossless form: a plain number if it has a fraction, else tagged, because
 * JSON would turn 17.0 into the integer 17 and has no NaN, infinity or -0.
 */
export function doubleForm(value: number): AttributeValue {
  if (!Number.isInteger(value) && Number.isFinite(value)) return value;
  return { "@double": Object.is(value, -0) ? "-0" : String(value) };
}

/** An `intValue` in the lossless form: a number, or decimal text beyond ±(2^53-1). */
export function intForm(value: number | string): AttributeValue {
  return typeof value === "number" ? value : { "@int": value };
}

/** A `bytesValue` in the lossless form; `base64` is the standard alphabet, padded. */
export function bytesForm(base64: string): AttributeValue {
  return { "@bytes": base64 };
}

/**
 * Builds a `kvlistValue` in the lossless form: an object, or a `@kvlist` of pairs where an object would
 * lose a repeated key, or where a key could be taken for a tag or for an object's prototype.
 */
export class KvlistBuilder {
  readonly #entries: [string, AttributeValue][] = [];
  readonly #object: Attributes = {};
  #isObject = true;

  add(key: string, value: AttributeValue): void {
    this.#entries.push([key, value]);
    // "constructor" is known to every object, yet an ordinary key; "__proto__" is not.
    const isNew = !(key in this.#object) || (!Object.hasOwn(this.#object, key) && key !== "__proto__");
    if (isNew && !key.startsWith("@")) this.#object[key] = value;
    else this.#isObject = false;
  }

  value(): AttributeValue {
    return this.#isObject ? this.#object : { "@kvlist": this.#entries };
  }
}

/** Whether a value in the lossless form is a `kvlistValue`, in either of its two forms. */
export function isKvlist(value: AttributeValue): value is Attributes {
  return (
    value !== null &&
    typeof value === "object" &&
    !Array.isArray(value) &&
    !("@int" in value || "@double" in value || "@bytes" in value)
  );
}

/** The pairs of a kvlist in the lossless form, whichever of its two forms it has. */
export function kvlistEntries(kvlist: Attributes): [string, AttributeValue][] {
  const entries = kvlist["@kvlist"];
  return entries === undefined ? Object.entries(kvlist) : (entries as [string, AttributeValue][]);
}

/** Sets an attribute. The last value of a key wins; the earlier one is kept in a note. `place` is such as "the span". */
export function putAttribute(
  target: Attributes,
  key: string,
  value: AttributeValue,
  book: NoteBook,
  place: string,
): void {
  if (target[key] !== undefined) {
    if (Object.hasOwn(target, key)) book.duplicateKey(target, place, key, target[key]);
    else if (key === "__proto__") {
      // Assigning would change the object's prototype.
      Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
      return;
    }
  }
  target[key] = value;
}
