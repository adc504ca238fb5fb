import { type AttributeKeys, attributeKeysOf } from "./attribute-keys.ts";
import type { Attributes, AttributeValue } from "./attributes.ts";

/** JSON text nested deeper than this stays text: readers recurse, and so does whoever serialises what they return. */
const MAX_JSON_DEPTH = 100;

/** The tagged forms of {@link AttributeValue}, opened: what a reader of values (not of types) wants. Never throws. */
export function plainValue(value: AttributeValue | undefined): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(plainValue);
  const { "@int": int, "@double": double, "@bytes": bytes } = value;
  if (typeof int === "string") return exactNumber(int);
  if (typeof double === "string") return Number(double);
  if (typeof bytes === "string") return bytesText(bytes);
  // fromEntries defines own properties, so that a key `__proto__` is a key like any other.
  return Object.fromEntries(kvlistEntries(value).map(([key, item]) => [key, plainValue(item)]));
}

function kvlistEntries(value: Attributes): [string, AttributeValue][] {
  const list = value["@kvlist"];
  if (!Array.isArray(list)) return Object.entries(value);
  return list.filter(isEntry);
}

function isEntry(item: AttributeValue): item is [string, AttributeValue] {
  return Array.isArray(item) && item.length === 2 && typeof item[0] === "string";
}

function exactNumber(text: string): number | string {
  const n = Number(text);
  return Number.isSafeInteger(n) ? n : text;
}

/**
 * Base64 → UTF-8 text: some SDKs send JSON text as bytes. What is no text (a picture), and what is not base64, comes
 * back as it is.
 */
function bytesText(base64: string): string {
  try {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    return UTF_8.decode(bytes);
  } catch {
    return base64;
  }
}

const UTF_8 = new TextDecoder("utf-8", { fatal: true });

/**
 * A value that may be JSON text, opened: `[…]`, `{…}` and `"…"` are parsed, and once more when that gave
 * JSON text again (double encoding is common). What is not JSON, or nested absurdly deep, comes back
 * as it was. Not for fields that are free text. The same text may give the same object again: nobody changes it.
 */
export function jsonOf(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const once = parseJsonText(value, '[{"');
  if (typeof once !== "string" || once === value) return once;
  return parseJsonText(once, "[{");
}

/** The last texts and what they are: several dialects open the same attribute, one after the other. */
const lastOpened: { text: string; value: unknown }[] = Array.from({ length: 4 }, () => ({
  text: "",
  value: "",
}));
let nextOpened = 0;
/** Of longer texts none is kept in memory. */
const MAX_REMEMBERED_LENGTH = 65_536;

function parseJsonText(text: string, starts: string): unknown {
  const first = firstCharacter(text);
  if (first === "" || !starts.includes(first)) return text;
  for (const each of lastOpened) if (each.text === text) return each.value;
  const value = parseShallow(text);
  if (text.length <= MAX_REMEMBERED_LENGTH) {
    lastOpened[nextOpened] = { text, value };
    nextOpened = (nextOpened + 1) % lastOpened.length;
  }
  return value;
}

function parseShallow(text: string): unknown {
  if (isNoJson(text) || (text.length > 2 * MAX_JSON_DEPTH && isTooDeep(text))) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function firstCharacter(text: string): string {
  const first = text[0] ?? "";
  return first > " " ? first : (text.trimStart()[0] ?? "");
}

/** What begins like Python's dict, or `[object Object]`: a failure to parse costs more than to look. */
function isNoJson(text: string): boolean {
  return /^(?:\{[^"}\s]|\[[^[{"\d\-tfn\]\s])/.test(text);
}

function isTooDeep(text: string): boolean {
  // Few brackets cannot be deep; those inside strings count here too, so many are only a suspicion.
  return hasMany(text, "[", "{") && depthOutsideStrings(text) > MAX_JSON_DEPTH;
}

function hasMany(text: string, ...brackets: string[]): boolean {
  let count = 0;
  for (const bracket of brackets) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1))
      if (++count > MAX_JSON_DEPTH) return true;
  }
  return false;
}

function depthOutsideStrings(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === "\\" && inString) i++;
    else if (c === '"') inString = !inString;
    else if (inString) continue;
    else if (c === "[" || c === "{") deepest = Math.max(deepest, ++depth);
    else if (c === "]" || c === "}") depth--;
  }
  return deepest;
}

/** A finite number, from a number or a numeric string; anything else is `undefined`. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const n = Number(value);
  return Number.isFinite(n) ? n : undefined;
}

/** Text that says something: a non-blank string, or a number or boolean as text; anything else is `undefined`. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value.trim() === "" ? undefined : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** `true`, `"true"`, `"True"`, 1 and their opposites; anything else is `undefined`. */
export function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  const text = textOf(value)?.toLowerCase();
  if (text === "true" || text === "1") return true;
  return text === "false" || text === "0" ? false : undefined;
}

/** A list of strings in any of the forms it is sent in: an array, a JSON list, `a, b`, or one word. */
export function stringsOf(value: unknown): string[] {
  const opened = jsonOf(value);
  if (Array.isArray(opened)) return opened.map(textOf).filter((item) => item !== undefined);
  const text = textOf(opened);
  if (text === undefined) return [];
  if (text.trimStart().startsWith("[")) return [text];
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** Attributes as a dialect reads them: by key, in the type that the reader wants, whatever they were sent as. */
export class AttributeReader {
  readonly #attributes: Attributes;
  #keys: AttributeKeys | undefined;

  constructor(attributes: Attributes) {
    this.#attributes = attributes;
  }

  /** True when the key was sent with a value, be it empty. */
  has(key: string): boolean {
    return Object.hasOwn(this.#attributes, key) && this.#attributes[key] !== null;
  }

  /** The value with its tagged forms opened; `undefined` when the key was not sent. */
  get(key: string): unknown {
    if (!Object.hasOwn(this.#attributes, key)) return undefined;
    const value = this.#attributes[key];
    return typeof value === "object" ? plainValue(value) : value;
  }

  keys(): readonly string[] {
    return this.#index().all;
  }

  /** The same object for every span with the same keys, while it is remembered. */
  keyList(): AttributeKeys {
    return this.#index();
  }

  text(key: string): string | undefined {
    return textOf(this.get(key));
  }

  number(key: string): number | undefined {
    return numberOf(this.get(key));
  }

  boolean(key: string): boolean | undefined {
    return booleanOf(this.get(key));
  }

  /** The value, parsed where it is JSON text; see {@link jsonOf}. */
  json(key: string): unknown {
    return jsonOf(this.get(key));
  }

  strings(key: string): string[] {
    return stringsOf(this.get(key));
  }

  /** True when some key is in this family: `family("gen_ai")` looks for `gen_ai` and `gen_ai.*`. */
  hasFamily(segment: string): boolean {
    return this.#index().hasFamily(segment);
  }

  /** The keys that start with a prefix (which ends with a dot) and go on after it. */
  keysWithPrefix(prefix: string): readonly string[] {
    return this.#index().withPrefix(prefix);
  }

  /** `[rest of the key, value]` of every key that starts with a prefix (which ends with a dot). */
  withPrefix(prefix: string): [string, unknown][] {
    return this.keysWithPrefix(prefix).map((key) => [key.slice(prefix.length), this.get(key)]);
  }

  /** Made when it is asked for: of an event most readers want one value only. */
  #index(): AttributeKeys {
    return (this.#keys ??= attributeKeysOf(this.#attributes));
  }
}
