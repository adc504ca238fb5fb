import { setOwn } from "./record.ts";

const MAX_LENGTH = 65_536;
const MAX_DEPTH = 32;

const WORDS: Record<string, unknown> = { None: null, True: true, False: false, nan: null };
const ESCAPES: Record<string, string> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "\\": "\\",
  "'": "'",
  '"': '"',
  "\n": "",
};
const NUMBER = /[-+]?(\d[\d_]*\.?\d*([eE][-+]?\d+)?|\.\d+)/y;
const WORD = /[A-Za-z]+/y;
/** What has no literal: `<Foo object at 0x…>`, `<Role.USER: 'user'>`. */
const THING = /<(?:[^<>]|<[^<>]*>)*>/y;
const CALL = /[A-Za-z_][\w.]*\(/y;
const REST_OF_NAME = /[\w.]*/y;
const KEY = /[A-Za-z_]\w*=/y;
const ESCAPE = /\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[\s\S])/g;

class NotALiteral extends Error {}

/** One for all: to make an error is to walk the stack. */
const NOT_A_LITERAL = new NotALiteral("This is no literal.");

/**
 * What Python's `str()` and `repr()` print of dicts, lists, tuples, texts, numbers, `None`, `True` and `False`, read back:
 * `{'city': 'Paris', 'n': None}`. Text that is not wholly that (an object's `<Foo at 0x…>` in it) → `undefined`.
 */
export function pythonLiteral(text: string): unknown {
  if (text.length > MAX_LENGTH) return undefined;
  const reader = new LiteralReader(text);
  try {
    return reader.whole();
  } catch (error) {
    if (error instanceof NotALiteral) return undefined;
    throw error;
  }
}

/**
 * Like {@link pythonLiteral}, with objects in it as `repr()` prints them: `Name(a=1, b='x')` → `{a: 1, b: "x"}`,
 * `<Role.USER: 'user'>` → `"user"`, any other (`<Foo at 0x…>`, `datetime(2026, 1, 2)`) → its text. Also what Pydantic's
 * `str()` prints of a model: its members, one after the other (`id='1' source='user'`).
 */
export function pythonRepr(text: string): unknown {
  if (text.length > MAX_LENGTH) return undefined;
  const reader = new LiteralReader(text, true);
  try {
    return /^[A-Za-z_]\w*=/.test(text) ? reader.members() : reader.whole();
  } catch (error) {
    if (error instanceof NotALiteral) return undefined;
    throw error;
  }
}

/** Bytes as Python prints them (`b'\\x89PNG\\r\\n'`), as base64. Anything else → `undefined`. */
export function pythonBytes(text: string): string | undefined {
  const [, quote, inner] = /^b(['"])([^]*)\1$/.exec(text) ?? [];
  if (quote === undefined || inner === undefined) return undefined;
  const bytes = inner.replaceAll(ESCAPE, unescape);
  return /^[\0-\xff]*$/.test(bytes) ? btoa(bytes) : undefined;
}

class LiteralReader {
  readonly #text: string;
  readonly #hasObjects: boolean;
  #at = 0;

  constructor(text: string, hasObjects = false) {
    this.#text = text;
    this.#hasObjects = hasObjects;
  }

  whole(): unknown {
    const value = this.#value(0);
    if (this.#peek() !== "") throw NOT_A_LITERAL;
    return value;
  }

  #peek(): string {
    let character = this.#text[this.#at] ?? "";
    while (character !== "" && (character <= " " || character >= "\x7f") && /\s/.test(character))
      character = this.#text[++this.#at] ?? "";
    return character;
  }

  #expect(character: string): void {
    if (this.#peek() !== character) throw NOT_A_LITERAL;
    this.#at++;
  }

  #value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw NOT_A_LITERAL;
    const first = this.#peek();
    if (first === "{") return this.#dict(depth);
    if (first === "[") return this.#list("]", depth);
    if (first === "(") return this.#list(")", depth);
    if (first === "'" || first === '"') return this.#string(first);
    if (this.#hasObjects) {
      const object = this.#object(depth);
      if (object !== undefined) return object;
    }
    const number = this.#match(NUMBER);
    if (number !== undefined) return Number(number.replaceAll("_", ""));
    const word = this.#match(WORD);
    if (word !== undefined && Object.hasOwn(WORDS, word)) return WORDS[word];
    if (word === undefined || !this.#hasObjects) throw NOT_A_LITERAL;
    return word + (this.#match(REST_OF_NAME) ?? "");
  }

  /** The members of a model, without anything round them. */
  members(): Record<string, unknown> {
    const members = this.#members(0);
    if (this.#peek() !== "") throw NOT_A_LITERAL;
    return members;
  }

  #object(depth: number): unknown {
    const start = this.#at;
    const thing = this.#match(THING);
    if (thing !== undefined) {
      const value = /^<[\w.]+: (.+)>$/s.exec(thing)?.[1];
      return value === undefined ? thing : (pythonLiteral(value) ?? thing);
    }
    if (this.#match(CALL) === undefined) return undefined;
    const isNamed = this.#peek() === ")" || this.#startsMember();
    const members = isNamed ? this.#members(depth + 1) : this.#list(")", depth, 0);
    if (isNamed) this.#expect(")");
    return isNamed ? members : this.#text.slice(start, this.#at);
  }

  #startsMember(): boolean {
    KEY.lastIndex = this.#at;
    return KEY.test(this.#text);
  }

  #members(depth: number): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    this.#peek();
    for (let key = this.#match(KEY); key !== undefined; key = this.#match(KEY)) {
      setOwn(members, key.slice(0, -1), this.#value(depth + 1));
      if (this.#peek() === ",") this.#at++;
      this.#peek();
    }
    return members;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #dict(depth: number): Record<string, unknown> {
    const dict: Record<string, unknown> = {};
    this.#expect("{");
    while (this.#peek() !== "}") {
      const key = this.#value(depth + 1);
      this.#expect(":");
      setOwn(dict, String(key), this.#value(depth + 1));
      if (this.#peek() !== "}") this.#expect(",");
    }
    this.#at++;
    return dict;
  }

  #list(end: string, depth: number, opening = 1): unknown[] {
    const list: unknown[] = [];
    this.#at += opening;
    while (this.#peek() !== end) {
      // A constructor may have named arguments after the others.
      if (this.#hasObjects) this.#match(KEY);
      list.push(this.#value(depth + 1));
      if (this.#peek() !== end) this.#expect(",");
    }
    this.#at++;
    return list;
  }

  #string(quote: string): string {
    const start = ++this.#at;
    while (this.#text[this.#at] !== quote) {
      if (this.#at >= this.#text.length) throw NOT_A_LITERAL;
      this.#at += this.#text[this.#at] === "\\" ? 2 : 1;
    }
    const raw = this.#text.slice(start, this.#at++);
    return raw.includes("\\") ? raw.replaceAll(ESCAPE, unescape) : raw;
  }
}

function unescape(whole: string, code: string): string {
  if (/^[xuU]./.test(code)) {
    const point = Number.parseInt(code.slice(1), 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  }
  return ESCAPES[code] ?? whole;
}
