import type { AttributeKeys } from "@nightowl/model/span/attribute-keys";
import { REDACTED, type Message } from "@nightowl/model/span/message";
import type { LlmFields, Note, Payload, WireSpan } from "@nightowl/model/span/span";
import {
  AttributeReader,
  booleanOf,
  jsonOf,
  numberOf,
  stringsOf,
  textOf,
} from "@nightowl/model/span/attribute-reader";
import { toPayload } from "../normalise/payload.ts";
import { pythonLiteral } from "../normalise/python-literal.ts";
import { isRecord, setOwn } from "../normalise/record.ts";
import { joinList } from "../normalise/unflatten.ts";
import { tokenCountOf } from "../normalise/usage.ts";

/**
 * One semantic convention: a set of attribute names and what they mean. A dialect knows its own names only
 * and imports no other dialect; what they have in common is read by the shape readers of `normalise/`.
 */
export interface Dialect {
  name: string;
  /** Whether spans of this scope with attributes of these names speak the dialect. The answer is remembered. */
  speaks(scopeName: string, keys: AttributeKeys): boolean;
  /** Whether a span that {@link speaks} does not tell of speaks it all the same, by its name, a value, an event. Cheap: asked of every such span. */
  speaksOtherwise?(span: WireSpan, attrs: AttributeReader): boolean;
  read(span: WireSpan, attrs: AttributeReader): DialectReading;
}

/** What one dialect read out of a span. A field it has no answer for is absent or empty. */
export interface DialectReading {
  /** Answers that are better than those of the general conventions, which otherwise come before every dialect's. */
  first?: Partial<LlmFields>;
  fields: Partial<LlmFields>;
  /** Answers for when no dialect has a better one in `fields`. */
  fallback?: Partial<LlmFields>;
  /** Instructions that were sent beside the messages: they come before whatever conversation wins, unless it has its own. */
  instructions?: Message[];
  /** Where the application runs (`staging`), where the dialect has a name of its own for it. */
  environment?: string;
  /** What the application is called, where the dialect has a name of its own for it: for when its resource does not say. */
  serviceName?: string;
  /** The dialect knows what this span is, and that it is of none of the kinds: nothing else on it makes it one. */
  isOfNoKind?: boolean;
  /** Fields that stay empty: what others read of them is not what its name says. */
  withheld?: (keyof LlmFields)[] | undefined;
  /** It failed, by the dialect's own word; an answer to `error` says so too. */
  hasFailed?: boolean;
  /** Keys of the span's attributes that became a field. */
  claimed: string[];
  notes: Note[];
}

/** Reads attributes for a dialect, and remembers which it took and which it could not understand. */
export class AttributeTaker {
  readonly claimed: string[] = [];
  readonly notes: Note[] = [];
  readonly attrs: AttributeReader;

  constructor(attrs: AttributeReader) {
    this.attrs = attrs;
  }

  claim(key: string): void {
    this.claimed.push(key);
  }

  /** Remarks quietly that an attribute is not what its name promises; its value stays in the attributes. */
  malformed(attribute: string, message: string): void {
    this.notes.push({ code: "malformed_attribute", attribute, message });
  }

  /** Which of many keys, a constant, were sent: quicker than to ask for each of them on each span. */
  among(keys: readonly string[]): readonly string[] {
    return this.attrs.keyList().among(keys);
  }

  /** The first of these keys that says something. */
  text(...keys: readonly string[]): string | undefined {
    return this.#first(keys, textOf, "is not text");
  }

  number(...keys: readonly string[]): number | undefined {
    return this.#first(keys, numberOf, "is not a number");
  }

  count(...keys: readonly string[]): number | undefined {
    return this.#first(keys, tokenCountOf, "is not a count of tokens");
  }

  boolean(...keys: readonly string[]): boolean | undefined {
    return this.#first(keys, booleanOf, "is neither true nor false");
  }

  strings(...keys: readonly string[]): string[] {
    return this.#first(keys, filledList, undefined) ?? [];
  }

  /** The first of these keys that was sent with a value, parsed where it is JSON text. */
  json(...keys: readonly string[]): unknown {
    return this.#first(keys, jsonOf, undefined);
  }

  /** An object: a kvlist, JSON text, or what Python prints of one. */
  record(key: string): Record<string, unknown> | undefined {
    return this.#first([key], recordOf, "is not a JSON object");
  }

  /** Everything under a prefix (which ends with a dot) as one object, opened where it is JSON text; nothing → `undefined`. */
  members(prefix: string): Record<string, unknown> | undefined {
    const keys = this.attrs.keysWithPrefix(prefix);
    if (keys.length === 0) return undefined;
    const members: Record<string, unknown> = {};
    for (const key of keys) {
      this.claimed.push(key);
      setOwn(members, key.slice(prefix.length), jsonOf(this.attrs.get(key)));
    }
    return members;
  }

  /** The first of these keys that was sent with a value, as a payload. JSON text of a text is that text. */
  payload(...keys: readonly string[]): Payload | undefined {
    return this.#first(keys, (value) => toPayload(unquoted(value), undefined).payload, undefined);
  }

  /**
   * A list: indexed keys, a whole list (an array, a kvlist, JSON text of one), or both. A single object
   * counts as a list of one. `raw` holds the value where it is none of these.
   */
  list(key: string): { items: unknown[]; raw?: unknown } {
    const whole = this.#wholeList(key);
    const prefix = dotted(key);
    const keys = this.attrs.keysWithPrefix(prefix);
    if (keys.length === 0) return { items: whole.items ?? [], raw: whole.raw };
    const { items, read, ignored } = joinList(whole.items, keys, prefix.length, (each) =>
      this.attrs.get(each),
    );
    for (const each of read) this.claimed.push(each);
    if (ignored[0] !== undefined) this.malformed(`${key}.${ignored[0]}`, "This is no position in a list.");
    return items.length === 0 && whole.raw !== undefined ? { items, raw: whole.raw } : { items };
  }

  #wholeList(key: string): { items?: unknown[]; raw?: unknown } {
    const value = this.attrs.get(key);
    if (isBlank(value)) return {};
    const opened = jsonOf(value);
    if (Array.isArray(opened)) {
      this.claimed.push(key);
      return { items: opened };
    }
    if (isRecord(opened)) {
      this.claimed.push(key);
      const members = Object.entries(opened);
      const isIndexed = members.length > 0 && members.every(([index]) => /^\d{1,4}$/.test(index));
      return { items: isIndexed ? members.map(([, item]) => item) : [opened] };
    }
    this.malformed(key, `\`${key}\` is not a list.`);
    return { raw: value };
  }

  #first<T>(
    keys: readonly string[],
    read: (value: unknown) => T | undefined,
    complaint: string | undefined,
  ): T | undefined {
    for (const key of keys) {
      const value = this.attrs.get(key);
      if (isBlank(value)) continue;
      const answer = read(value);
      if (answer !== undefined) {
        this.claimed.push(key);
        return answer;
      }
      if (complaint !== undefined) this.malformed(key, `\`${key}\` ${complaint}.`);
    }
    return undefined;
  }
}

function unquoted(value: unknown): unknown {
  if (typeof value !== "string" || !value.startsWith('"')) return value;
  const opened = jsonOf(value);
  return typeof opened === "string" ? opened : value;
}

const prefixes = new Map<string, string>();

/** `key.`, made once for each key of a dialect. */
function dotted(key: string): string {
  let prefix = prefixes.get(key);
  if (prefix === undefined) prefixes.set(key, (prefix = `${key}.`));
  return prefix;
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  const opened = jsonOf(value);
  if (isRecord(opened)) return opened;
  const printed = typeof opened === "string" && opened.startsWith("{'") ? pythonLiteral(opened) : undefined;
  return isRecord(printed) ? printed : undefined;
}

function filledList(value: unknown): string[] | undefined {
  return nonEmpty(stringsOf(value));
}

/** Nothing, or what a sender took out for privacy. */
function isBlank(value: unknown): boolean {
  if (value === undefined || value === null || value === REDACTED) return true;
  return typeof value === "string" && value.trim() === "";
}

function nonEmpty<T>(list: T[]): T[] | undefined {
  return list.length > 0 ? list : undefined;
}
