import type { AttributeValue } from "@nightowl/model/span/attributes";
import type { Note } from "@nightowl/model/span/span";

/** How much of the overwritten values of a repeated key a note keeps. */
const MAX_EARLIER_CHARACTERS = 200;

interface Duplicate {
  note: Note;
  timesSent: number;
  place: string;
  earlier: string;
}

/**
 * Collects what a decoder has to remark on one span (or on a resource or scope, for all its spans).
 * The messages are written for people. `what` names the thing concerned, such as "the span's name".
 */
export class NoteBook {
  readonly #notes: Note[] = [];
  /** By the attributes object concerned, then by key: hostile input may repeat thousands of keys. */
  #duplicates: Map<object, Map<string, Duplicate>> | undefined;

  /** All notes, in the order in which their causes were met. */
  finish(): Note[] {
    for (const ofTarget of this.#duplicates?.values() ?? []) {
      for (const [key, { note, timesSent, place, earlier }] of ofTarget) {
        note.message =
          `The key ${quoted(key)} was sent ${timesSent} times in the attributes of ${place}; ` +
          `the last value is kept. Before it: ${cut(earlier)}`;
      }
    }
    return this.#notes;
  }

  add(code: string, message: string, attribute?: string): void {
    this.#notes.push(attribute === undefined ? { code, message } : { code, message, attribute });
  }

  /** A key came again: `earlier` is the value that is about to be overwritten. `place` is such as "the span". */
  duplicateKey(target: object, place: string, key: string, earlier: AttributeValue): void {
    this.#duplicates ??= new Map();
    let ofTarget = this.#duplicates.get(target);
    if (ofTarget === undefined) this.#duplicates.set(target, (ofTarget = new Map<string, Duplicate>()));
    let duplicate = ofTarget.get(key);
    if (duplicate === undefined) {
      const note = { code: "duplicate_key", message: "", attribute: key };
      this.#notes.push(note);
      ofTarget.set(key, (duplicate = { note, timesSent: 1, place, earlier: "" }));
    }
    duplicate.timesSent++;
    if (duplicate.earlier.length < MAX_EARLIER_CHARACTERS) {
      const text = cut(JSON.stringify(earlier));
      duplicate.earlier += duplicate.earlier === "" ? text : `, ${text}`;
    }
  }

  /** Some text was not UTF-8, and U+FFFD stands where it could not be read. */
  invalidUtf8(what: string, attribute?: string): void {
    this.add(
      "invalid_utf8",
      `${capital(what)} is not valid UTF-8; what could not be read is shown as \uFFFD.`,
      attribute,
    );
  }

  /** An enum was sent by a name that it does not have. */
  unknownName(code: string, what: string, name: string): void {
    this.add(
      code,
      `${capital(what)} is ${quoted(name)}, which OpenTelemetry does not know; it is shown as unset.`,
    );
  }

  /** Some text held half of a surrogate pair, which no encoding can store. */
  loneSurrogate(what: string, attribute?: string): void {
    this.add(
      "lone_surrogate",
      `${capital(what)} holds half a character (a lone surrogate), shown as \uFFFD.`,
      attribute,
    );
  }
}

/** Text from outside in quotes, cut to a length that a message bears. */
export function quoted(text: string): string {
  return JSON.stringify(text.length <= 100 ? text : `${text.slice(0, 100).replace(/[\uD800-\uDBFF]$/, "")}…`);
}

function capital(what: string): string {
  return what.charAt(0).toUpperCase() + what.slice(1);
}

function cut(text: string): string {
  // A surrogate pair must not be cut in two.
  return text.length <= MAX_EARLIER_CHARACTERS
    ? text
    : `${text.slice(0, MAX_EARLIER_CHARACTERS).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
