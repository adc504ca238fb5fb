/**
 * Cuts OTLP/JSON into smaller requests without parsing its values: bytes are copied as they stand, so no number
 * loses digits and no key its order. JSON's structure is ASCII, so UTF-8 is scanned byte by byte.
 */

/** What cannot be JSON. `offset` is in bytes from the start of what was scanned. */
export class JsonSyntaxError extends Error {
  override name = "JsonSyntaxError";
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Names of the lists on the way from a request to its spans; OTLP says lowerCamelCase, some writers do not. */
const RESOURCE_KEYS = ["resourceSpans", "resource_spans"];
const SCOPE_KEYS = ["scopeSpans", "scope_spans", "instrumentationLibrarySpans"];
const BELOW_RESOURCE = [SCOPE_KEYS, ["spans"]];

/** One ResourceSpans, or a part of one, as JSON text. */
export interface JsonPiece {
  bytes: Uint8Array;
  spanCount: number;
}

/**
 * The `ResourceSpans` of an export request, those above `maxBytes` cut between their spans (a single span
 * above it stays whole). Undefined when the object has no `resourceSpans`. Throws {@link JsonSyntaxError}.
 */
export function splitJsonRequest(request: Uint8Array, maxBytes: number): JsonPiece[] | undefined {
  const list = readMembers(request).find((member) => RESOURCE_KEYS.includes(member.key));
  if (!list) return undefined;
  return readElements(list.value)
    .flatMap((element) => splitObject(element, BELOW_RESOURCE, maxBytes))
    .map((bytes) => ({ bytes, spanCount: countSpans(bytes, BELOW_RESOURCE) }));
}

/** ResourceSpans → one export request. */
export function joinJsonRequest(pieces: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Buffer.from('{"resourceSpans":['), ...withCommas(pieces), Buffer.from("]}")]);
}

/** Where the value that starts at `offset` (or after the space there) ends. Throws {@link JsonSyntaxError}. */
export function endOfValue(bytes: Uint8Array, offset: number): number {
  const start = skipSpace(bytes, offset);
  const first = bytes[start];
  if (first === QUOTE) return endOfString(bytes, start);
  if (first === OPEN_OBJECT || first === OPEN_LIST) return endOfNesting(bytes, start);
  let end = start;
  while (end < bytes.length && !isDelimiter(bytes[end])) end++;
  if (end === start) throw new JsonSyntaxError("a value is missing", start);
  return end;
}

/** The elements of a list, as they stand. Throws {@link JsonSyntaxError} when it is not one. */
export function readElements(bytes: Uint8Array): Uint8Array[] {
  let at = expect(bytes, skipSpace(bytes, 0), OPEN_LIST, "a list");
  const elements: Uint8Array[] = [];
  if (bytes[skipSpace(bytes, at)] === CLOSE_LIST) return elements;
  for (;;) {
    const start = skipSpace(bytes, at);
    const end = endOfValue(bytes, start);
    elements.push(bytes.subarray(start, end));
    at = skipSpace(bytes, end);
    if (bytes[at] === CLOSE_LIST) return elements;
    at = expect(bytes, at, COMMA, "a comma");
  }
}

interface Member {
  key: string;
  /** Key, colon and value. */
  whole: Uint8Array;
  value: Uint8Array;
}

function readMembers(bytes: Uint8Array): Member[] {
  let at = expect(bytes, skipSpace(bytes, 0), OPEN_OBJECT, "an object");
  const members: Member[] = [];
  if (bytes[skipSpace(bytes, at)] === CLOSE_OBJECT) return members;
  for (;;) {
    const start = skipSpace(bytes, at);
    if (bytes[start] !== QUOTE) throw new JsonSyntaxError("a key is missing", start);
    const keyEnd = endOfString(bytes, start);
    const valueStart = expect(bytes, skipSpace(bytes, keyEnd), COLON, "a colon");
    const end = endOfValue(bytes, valueStart);
    members.push({
      key: Buffer.from(bytes.subarray(start + 1, keyEnd - 1)).toString("utf8"),
      whole: bytes.subarray(start, end),
      value: bytes.subarray(valueStart, end),
    });
    at = skipSpace(bytes, end);
    if (bytes[at] === CLOSE_OBJECT) return members;
    at = expect(bytes, at, COMMA, "a comma");
  }
}

function splitObject(bytes: Uint8Array, keys: readonly string[][], maxBytes: number): Uint8Array[] {
  const [names, ...below] = keys;
  if (bytes.length <= maxBytes || !names) return [bytes];
  const members = readMembers(bytes);
  const list = members.find((member) => names.includes(member.key));
  if (!list) return [bytes];
  const others = members.filter((member) => member !== list).map((member) => member.whole);
  const head = Buffer.concat([
    Buffer.from("{"),
    ...others.flatMap((member) => [member, Buffer.from(",")]),
    Buffer.from(`${JSON.stringify(list.key)}:[`),
  ]);
  const room = Math.max(1, maxBytes - head.length - 2);
  const parts = readElements(list.value).flatMap((element) => splitObject(element, below, room));
  return groupBySize(parts, room).map((group) =>
    Buffer.concat([head, ...withCommas(group), Buffer.from("]}")]),
  );
}

/** Consecutive items in groups of at most `maxBytes`; an item above it stands alone. */
export function groupBySize(items: readonly Uint8Array[], maxBytes: number): Uint8Array[][] {
  const groups: Uint8Array[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const item of items) {
    if (size + item.length + 1 > maxBytes) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)?.push(item);
    size += item.length + 1;
  }
  return groups;
}

function countSpans(bytes: Uint8Array, keys: readonly string[][]): number {
  const [names, ...below] = keys;
  if (!names) return 1;
  const list = readMembers(bytes).find((member) => names.includes(member.key));
  if (!list) return 0;
  return readElements(list.value).reduce((sum, element) => sum + countSpans(element, below), 0);
}

function withCommas(items: readonly Uint8Array[]): Uint8Array[] {
  return items.flatMap((item, index) => (index === 0 ? [item] : [Buffer.from(","), item]));
}

function endOfString(bytes: Uint8Array, start: number): number {
  let quote = bytes.indexOf(QUOTE, start + 1);
  while (quote >= 0) {
    let beforeSlashes = quote - 1;
    while (bytes[beforeSlashes] === BACKSLASH) beforeSlashes--;
    // An even number of backslashes escape each other, not the quote.
    if ((quote - 1 - beforeSlashes) % 2 === 0) return quote + 1;
    quote = bytes.indexOf(QUOTE, quote + 1);
  }
  throw new JsonSyntaxError("the text ends inside a string", bytes.length);
}

function endOfNesting(bytes: Uint8Array, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at) - 1;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth++;
    else if ((byte === CLOSE_OBJECT || byte === CLOSE_LIST) && --depth === 0) return at + 1;
  }
  throw new JsonSyntaxError("the text ends before its brackets are closed", bytes.length);
}

function expect(bytes: Uint8Array, at: number, byte: number, what: string): number {
  if (bytes[at] !== byte) throw new JsonSyntaxError(`${what} is missing`, at);
  return at + 1;
}

export function skipSpace(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (at < bytes.length && isSpace(bytes[at])) at++;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isDelimiter(byte: number | undefined): boolean {
  return isSpace(byte) || byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_LIST;
}
