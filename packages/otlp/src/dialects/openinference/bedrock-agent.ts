import type { Message } from "@nightowl/model/span/message";
import type { Payload } from "@nightowl/model/span/span";
import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { readMessages } from "../../normalise/read-messages.ts";
import { isRecord, setOwn } from "../../normalise/record.ts";

/**
 * The conversation of a span of Bedrock's: that of its flattened `messages`, unless an agent's trace tells the prompt that was
 * sent to the model. That is JSON text of `{system, messages}`, in which the content of a message is as Java prints it
 * (`[{text=Hi, type=text}]`), or plain text, which nobody but the user can have said.
 */
export function readAgentInput(messages: Message[], prompt: Payload | undefined): Message[] {
  const isTold = prompt?.mimeType === "text/plain";
  const opened = jsonOf(prompt?.value);
  const given = isRecord(opened) && Array.isArray(opened["messages"]) ? opened["messages"] : [];
  if (
    isTold ? given.length > 0 : given.some((message) => isRecord(message) && isPrinted(message["content"]))
  ) {
    const said = given.map((message) =>
      isRecord(message) ? { ...message, content: openContent(message["content"]) } : message,
    );
    const system = isRecord(opened) ? opened["system"] : undefined;
    const instructions = textOf(system) === undefined ? [] : [{ role: "system", content: system }];
    return readMessages([...instructions, ...said], "user");
  }
  const [only, ...others] = messages;
  const isPrompt = isTold && only?.role === "assistant" && others.length === 0 && only.parts.length === 1;
  return isPrompt ? [{ ...only, role: "user" }] : withNamedArguments(messages);
}

const isPrinted = (content: unknown) => typeof content === "string" && /^\[\{\w+=/.test(content);

function openContent(content: unknown): unknown {
  if (!isPrinted(content)) return content;
  return readPrinted(content as string) ?? content;
}

/** Names in a printed part: where text has a comma, only one of these begins a new member. */
const MEMBER =
  /, (?=(text|type|id|name|input|source|content|status|toolUse|toolResult|toolUseId|tool_use_id|is_error|image|document)=)/y;
const ANY_MEMBER = /, (?=\w+=)/y;

class NotPrinted extends Error {}

/** Lists and maps as Java prints them: `[{k=v, k=[…]}, Name{k=v}]`; everything else in them is text. */
function readPrinted(text: string): unknown {
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

/** An action's parameters, `[{name, type, value}]`, as the arguments of the call that they are. */
function withNamedArguments(messages: readonly Message[]): Message[] {
  return messages.map((message) => {
    const hasLists = message.parts.some((part) => part.type === "tool_call" && Array.isArray(part.arguments));
    if (!hasLists) return message;
    const parts = message.parts.map((part) =>
      part.type === "tool_call" ? { ...part, arguments: namedArguments(part.arguments) } : part,
    );
    return { ...message, parts };
  });
}

function namedArguments(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const named: Record<string, unknown> = {};
  for (const item of value) {
    if (!isRecord(item) || typeof item["name"] !== "string" || !("value" in item)) return value;
    setOwn(named, item["name"], item["value"]);
  }
  return named;
}
