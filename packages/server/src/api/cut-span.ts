import type { LogRecord } from "@nightowl/model/log/log-record";
import type { Attributes, AttributeValue } from "@nightowl/model/span/attributes";
import type { Span } from "@nightowl/model/span/span";

const MAX_CHARS = 64 * 1024;
/** An image that is cut is no image: those inside messages stay whole up to this. */
const MAX_DATA_URL_CHARS = 4 * 1024 * 1024;

/** Parts of the dialects' reading that can hold long text. */
const READ_FIELDS = [
  "statusMessage",
  "input",
  "output",
  "inputMessages",
  "outputMessages",
  "tools",
  "invocationParameters",
  "documents",
  "inputDocuments",
  "query",
  "embeddings",
  "promptTemplate",
  "tool",
  "metadata",
  "error",
] as const satisfies readonly (keyof Span)[];

/**
 * The span with every text of more than 64 Ki characters cut to that, and lists of numbers (vectors)
 * to as many items as make that much text. `truncated` names the attribute, `events`, `links`, `logs`, `resource`, `scope`, or the field of the
 * dialects' reading (`input`, `inputMessages`, …) that lost something. The span given is not changed.
 */
export function cutSpan<S extends Span & { logs?: LogRecord[] }>(span: S): { span: S; truncated: string[] } {
  const truncated: string[] = [];
  const cutIn = <T>(value: T, name: string): T => {
    const cutter = new Cutter();
    const result = cutter.cut(value);
    if (!cutter.hasCut) return value;
    truncated.push(name);
    // Cutting shortens texts and lists and keeps every shape.
    return result as T;
  };
  const attributes: [string, AttributeValue][] = Object.entries(span.attributes).map(([key, value]) => [
    key,
    cutIn(value, key),
  ]);
  const events = cutIn(span.events, "events");
  const links = cutIn(span.links, "links");
  const resource = cutIn(span.resource, "resource");
  const scope = cutIn(span.scope, "scope");
  const read: Record<string, unknown> = {};
  if (span.logs) read["logs"] = cutIn(span.logs, "logs");
  for (const field of READ_FIELDS)
    if (span[field] !== undefined) read[field] = cutIn<unknown>(span[field], field);
  if (truncated.length === 0) return { span, truncated };
  return {
    span: {
      ...span,
      attributes: Object.fromEntries(attributes) as Attributes,
      events,
      links,
      resource,
      scope,
      ...read,
    },
    truncated,
  };
}

class Cutter {
  hasCut = false;

  cut(value: unknown, key = ""): unknown {
    if (typeof value === "string") return this.#cutText(value, key);
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return this.#cutList(value);
    const entries = Object.entries(value).map(([name, item]) => [name, this.cut(item, name)] as const);
    return Object.fromEntries(entries);
  }

  #cutText(text: string, key: string): string {
    const maxChars = key === "url" && text.startsWith("data:") ? MAX_DATA_URL_CHARS : MAX_CHARS;
    if (text.length <= maxChars) return text;
    this.hasCut = true;
    // Base64 must be cut to whole bytes, and no character in half.
    if (key === "@bytes") return text.slice(0, maxChars - (maxChars % 4));
    const last = text.charCodeAt(maxChars - 1);
    return text.slice(0, last >= 0xd800 && last < 0xdc00 ? maxChars - 1 : maxChars);
  }

  #cutList(list: readonly unknown[]): unknown[] {
    const maxItems = typeof list[0] === "number" ? MAX_CHARS / 16 : Infinity;
    if (list.length <= maxItems) return list.map((item) => this.cut(item));
    this.hasCut = true;
    return list.slice(0, maxItems).map((item) => this.cut(item));
  }
}
