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
const ESCAPE = /\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[\s\S])/g;

class NotALiteral extends Error {}

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

class LiteralReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): unknown {
    const value = this.#value(0);
    if (this.#peek() !== "") throw new NotALiteral();
    return value;
  }

  #peek(): string {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
    return this.#text[this.#at] ?? "";
  }

  #expect(character: string): void {
    if (this.#peek() !== character) throw new NotALiteral();
    this.#at++;
  }

  #value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new NotALiteral();
    const first = this.#peek();
    if (first === "{") return this.#dict(depth);
    if (first === "[") return this.#list("]", depth);
    if (first === "(") return this.#list(")", depth);
    if (first === "'" || first === '"') return this.#string(first);
    const number = this.#match(NUMBER);
    if (number !== undefined) return Number(number.replaceAll("_", ""));
    const word = this.#match(WORD);
    if (word === undefined || !Object.hasOwn(WORDS, word)) throw new NotALiteral();
    return WORDS[word];
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

  #list(end: string, depth: number): unknown[] {
    const list: unknown[] = [];
    this.#at++;
    while (this.#peek() !== end) {
      list.push(this.#value(depth + 1));
      if (this.#peek() !== end) this.#expect(",");
    }
    this.#at++;
    return list;
  }

  #string(quote: string): string {
    const start = ++this.#at;
    while (this.#text[this.#at] !== quote) {
      if (this.#at >= this.#text.length) throw new NotALiteral();
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
