import { setOwn } from "../../normalise/record.ts";

/** Names in a printed part: where text has a comma, only one of these begins a new member. */
const MEMBER =
  /, (?=(text|type|id|name|input|source|content|status|toolUse|toolResult|toolUseId|tool_use_id|is_error|image|document)=)/y;
const ANY_MEMBER = /, (?=\w+=)/y;

class NotPrinted extends Error {}

/** Lists and maps as Java prints them: `[{k=v, k=[…]}, Name{k=v}]`; everything else in them is text. */
export function readPrinted(text: string): unknown {
  const reader = new PrintedReader(text);
  try {
    return reader.whole();
  } catch (error) {
    if (error instanceof NotPrinted) return undefined;
    throw error;
  }
}

const MAX_DEPTH = 16;
const CLOSING: Record<string, string> = { "{": "}", "[": "]" };

class PrintedReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): unknown {
    const list = this.#list(0);
    if (this.#at !== this.#text.length) throw new NotPrinted();
    return list;
  }

  #list(depth: number): unknown[] {
    if (depth > MAX_DEPTH) throw new NotPrinted();
    const list: unknown[] = [];
    this.#at++;
    while (this.#text[this.#at] !== "]") {
      const name = this.#match(/[A-Z]\w*(?=\{)/y);
      if (this.#text[this.#at] !== "{") throw new NotPrinted();
      list.push(this.#map(depth + 1, name === undefined ? MEMBER : ANY_MEMBER));
      this.#match(/, /y);
    }
    this.#at++;
    return list;
  }

  #map(depth: number, separator: RegExp): Record<string, unknown> {
    if (depth > MAX_DEPTH) throw new NotPrinted();
    const map: Record<string, unknown> = {};
    this.#at++;
    while (this.#text[this.#at] !== "}") {
      const key = this.#match(/\w+=/y)?.slice(0, -1);
      if (key === undefined) throw new NotPrinted();
      setOwn(map, key, this.#value(key, depth + 1, separator));
      this.#match(/, /y);
    }
    this.#at++;
    return map;
  }

  #value(key: string, depth: number, separator: RegExp): unknown {
    const start = this.#at;
    try {
      if (/^\{(\w+=|\})/.test(this.#text.slice(start, start + 80)))
        return this.#map(depth, key === "input" ? ANY_MEMBER : MEMBER);
      if (/^\[([A-Z]\w*)?\{\w+=/.test(this.#text.slice(start, start + 80))) return this.#list(depth);
    } catch (error) {
      if (!(error instanceof NotPrinted)) throw error;
      this.#at = start;
    }
    const text = this.#plain(separator);
    return text === "null" ? null : text;
  }

  /** Text up to the next member or the end of the map, over brackets of its own. */
  #plain(separator: RegExp): string {
    const start = this.#at;
    const open: string[] = [];
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at] as string;
      if (open.length === 0) {
        if (character === "}") return this.#text.slice(start, this.#at);
        separator.lastIndex = this.#at;
        if (character === "," && separator.test(this.#text)) return this.#text.slice(start, this.#at);
      }
      const closing = CLOSING[character];
      if (closing !== undefined) open.push(closing);
      else if (character === open.at(-1)) open.pop();
    }
    throw new NotPrinted();
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }
}
