import type { Attributes, AttributeValue } from "@nightowl/model/span/attributes";
import { bytesForm, doubleForm, intForm, KvlistBuilder, putAttribute, TooDeepError } from "./any-value.ts";
import { MAX_VALUE_DEPTH } from "./decoded.ts";
import {
  isObject,
  type JsonFields,
  type JsonObject,
  readBase64,
  readDouble,
  readInt64,
  WrongTypeError,
} from "./json-fields.ts";
import { type NoteBook, quoted } from "./note-book.ts";

/** Reads a list of `KeyValue`s, absent or not. `place` is such as "the span". */
export function readAttributes(
  fields: JsonFields,
  owner: JsonObject,
  book: NoteBook,
  place: string,
): Attributes {
  const attributes: Attributes = {};
  for (const item of fields.list(owner, "attributes", `the "attributes" of ${place}`)) {
    if (!isObject(item))
      throw new WrongTypeError(`an attribute of ${place} is not an object with key and value`);
    const key = fields.text(item, "key", `a key of ${place}`, book);
    const reader = new ValueReader(fields, book, { place, key });
    const value = reader.value(fields.member(item, "value"), 1);
    putAttribute(attributes, key, value, book, place);
  }
  return attributes;
}

/** Reads an `AnyValue` that is no attribute; absent is null. `what` names it, such as "the body". */
export function readAnyValue(
  fields: JsonFields,
  value: unknown,
  book: NoteBook,
  what: string,
): AttributeValue {
  return new ValueReader(fields, book, { what }).value(value, 1);
}

/** What a value belongs to: an attribute of something, or something by its own name. */
type Owner = { place: string; key: string } | { what: string };

/** Reads one `AnyValue`; keeps what it belongs to, so that errors and notes can say it. */
class ValueReader {
  readonly #fields: JsonFields;
  readonly #book: NoteBook;
  readonly #owner: Owner;

  constructor(fields: JsonFields, book: NoteBook, owner: Owner) {
    this.#fields = fields;
    this.#book = book;
    this.#owner = owner;
  }

  value(any: unknown, depth: number): AttributeValue {
    if (depth > MAX_VALUE_DEPTH) throw new TooDeepError();
    if (any === undefined || any === null) return null;
    if (!isObject(any))
      throw new WrongTypeError(`${this.#what()} is not an AnyValue object such as {"stringValue": …}`);
    let value: AttributeValue = null;
    let found: string | undefined;
    for (const [name, member] of Object.entries(any)) {
      const kind = VALUE_MEMBERS[name];
      if (kind === undefined || member === null || member === undefined) continue;
      if (found !== undefined)
        throw new WrongTypeError(`${this.#what()} has two values, ${found} and ${name}`);
      found = name;
      value = this.#member(kind, member, depth);
    }
    return value;
  }

  #member(kind: string, member: unknown, depth: number): AttributeValue {
    switch (kind) {
      case "string":
        // Naming the attribute takes longer than reading it: only where there is something to say.
        if (this.#fields.isWellFormed(member)) return member;
        return this.#fields.wellFormed(member, this.#what(), this.#book, this.#key());
      case "bool":
        if (typeof member === "boolean") return member;
        throw new WrongTypeError(`${this.#what()} has a boolValue that is neither true nor false`);
      case "int":
        return Number.isSafeInteger(member)
          ? (member as number) + 0
          : intForm(readInt64(member, this.#what()));
      case "double":
        return doubleForm(readDouble(member, this.#what()));
      case "bytes":
        return bytesForm(readBase64(member, this.#what()));
      case "array":
        this.#fields.items.add();
        return this.#values(member, "arrayValue").map((item) => this.value(item, depth + 1));
      default:
        return this.#kvlist(this.#values(member, "kvlistValue"), depth);
    }
  }

  #kvlist(items: readonly unknown[], depth: number): AttributeValue {
    const kvlist = new KvlistBuilder();
    for (const item of items) {
      this.#fields.items.add();
      if (!isObject(item))
        throw new WrongTypeError(`${this.#what()} has a kvlistValue with an entry that is not an object`);
      const key = this.#fields.wellFormed(
        this.#fields.member(item, "key") ?? "",
        this.#what(),
        this.#book,
        this.#key(),
      );
      kvlist.add(key, this.value(this.#fields.member(item, "value"), depth + 1));
    }
    return kvlist.value();
  }

  /** The `values` of an arrayValue or kvlistValue. */
  #values(member: unknown, name: string): readonly unknown[] {
    if (!isObject(member))
      throw new WrongTypeError(`${this.#what()} has ${name} that is not an object with "values"`);
    return this.#fields.list(member, "values", `"values" in ${this.#what()}`);
  }

  #what(): string {
    const owner = this.#owner;
    return "what" in owner ? owner.what : `the attribute ${quoted(owner.key)} of ${owner.place}`;
  }

  #key(): string | undefined {
    return "key" in this.#owner ? this.#owner.key : undefined;
  }
}

/** The members of `AnyValue` by both of their names. Without a prototype: names come from outside. */
const VALUE_MEMBERS: { readonly [name: string]: string | undefined } = Object.assign(
  Object.create(null) as { [name: string]: string },
  {
    stringValue: "string",
    string_value: "string",
    boolValue: "bool",
    bool_value: "bool",
    intValue: "int",
    int_value: "int",
    doubleValue: "double",
    double_value: "double",
    bytesValue: "bytes",
    bytes_value: "bytes",
    arrayValue: "array",
    array_value: "array",
    kvlistValue: "kvlist",
    kvlist_value: "kvlist",
  },
);
