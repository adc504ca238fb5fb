import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { endOfValue, JsonSyntaxError, readElements, skipSpace, splitJsonRequest } from "./split-json.ts";
import { ProtobufSyntaxError, splitProtobufRequest } from "./split-protobuf.ts";

export type Encoding = "json" | "protobuf";

/** A part of a file that can be sent: ResourceSpans as JSON text, or a protobuf request. */
export interface Piece {
  encoding: Encoding;
  bytes: Uint8Array;
  spanCount: number;
  /** `line 17` of NDJSON, or `""`. */
  where: string;
}

export interface ReadOptions {
  /** Pieces are cut to about this size. */
  maxPieceBytes: number;
  /** Called with the number of bytes read from the file itself, compressed or not. */
  onRead?: (bytes: number) => void;
  /** Called with what cannot be read; the rest of the file goes on. */
  onProblem: (message: string) => void;
}

const NEWLINE = 0x0a;
const OPEN_OBJECT = 0x7b;
const OPEN_LIST = 0x5b;

/**
 * Reads exported traces, whatever form they are in; the content says which, not the name: OTLP/JSON (a request, a
 * list of them, or several end to end), NDJSON (a request a line, streamed), or a protobuf request; each
 * also gzipped. `-` is standard input. Rejects when the file cannot be opened or decompressed.
 */
export async function* readExportFile(path: string, options: ReadOptions): AsyncGenerator<Piece> {
  const raw: Readable = path === "-" ? process.stdin : createReadStream(path, { highWaterMark: 1 << 20 });
  const chunks = withoutByteOrderMark(await decompressed(counted(raw, options.onRead)));
  const first = await chunks.next();
  if (first.done) {
    options.onProblem("it is empty");
    return;
  }
  const start = first.value[0];
  const rest = prepend(first.value, chunks);
  // Protobuf's first byte, the tag of field 1, is a line feed: JSON text with a blank line on top starts alike.
  const surelyText = start === OPEN_OBJECT || start === OPEN_LIST || start === 0x20 || start === 0x0d;
  if (surelyText) {
    yield* readText(rest, options);
    return;
  }
  const whole = Buffer.concat(await collect(rest));
  const pieces = protobufPieces(whole, options.maxPieceBytes);
  const opening = whole[skipSpace(whole, 0)];
  if (pieces instanceof ProtobufSyntaxError && (opening === OPEN_OBJECT || opening === OPEN_LIST)) {
    yield* readText(prepend(whole, emptyIterator()), options);
  } else if (pieces instanceof ProtobufSyntaxError) {
    options.onProblem(`neither OTLP JSON nor NDJSON, and not a protobuf request: ${pieces.message}`);
  } else {
    yield* pieces;
  }
}

async function* readText(chunks: AsyncIterator<Buffer>, options: ReadOptions): AsyncGenerator<Piece> {
  const firstLine = await readFirstLine(chunks);
  if (firstLine.bytes[skipSpace(firstLine.bytes, 0)] === OPEN_OBJECT && isWholeValue(firstLine.bytes)) {
    yield* readLines(firstLine, chunks, options);
    return;
  }
  const whole = Buffer.concat([
    firstLine.bytes,
    Buffer.of(NEWLINE),
    firstLine.rest,
    ...(await collect(chunks)),
  ]);
  for (const request of requestsOf(whole, options)) yield* jsonPieces(request, "", options);
}

/** The requests of a JSON text: the elements of a list, or values end to end. */
function requestsOf(text: Uint8Array, options: ReadOptions): Uint8Array[] {
  const requests: Uint8Array[] = [];
  try {
    let at = skipSpace(text, 0);
    while (at < text.length) {
      const end = endOfValue(text, at);
      const value = text.subarray(at, end);
      if (value[0] === OPEN_LIST) requests.push(...readElements(value));
      else requests.push(value);
      at = skipSpace(text, end);
    }
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    options.onProblem(`not JSON: ${error.message} at byte ${error.offset}`);
  }
  return requests;
}

function protobufPieces(request: Uint8Array, maxPieceBytes: number): Piece[] | ProtobufSyntaxError {
  try {
    return splitProtobufRequest(request, maxPieceBytes).map(({ bytes, spanCount }) => ({
      encoding: "protobuf",
      where: "",
      bytes,
      spanCount,
    }));
  } catch (error) {
    if (error instanceof ProtobufSyntaxError) return error;
    throw error;
  }
}

function* jsonPieces(request: Uint8Array, where: string, options: ReadOptions): Generator<Piece> {
  const prefix = where === "" ? "" : `${where}: `;
  try {
    const end = skipSpace(request, endOfValue(request, 0));
    if (end < request.length) throw new JsonSyntaxError("there is more after the request", end);
    const pieces = splitJsonRequest(request, options.maxPieceBytes);
    if (!pieces) options.onProblem(`${prefix}it has no resourceSpans, so it is no OTLP trace export`);
    for (const piece of pieces ?? []) yield { encoding: "json", where, ...piece };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    options.onProblem(`${prefix}not JSON: ${error.message} at byte ${error.offset}`);
  }
}

async function* readLines(
  first: FirstLine,
  chunks: AsyncIterator<Buffer>,
  options: ReadOptions,
): AsyncGenerator<Piece> {
  let number = first.lineNumber;
  yield* linePieces(first.bytes, number, options);
  let pending: Buffer[] = [];
  let chunk: Buffer | undefined = first.rest;
  while (chunk) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      number++;
      yield* linePieces(Buffer.concat([...pending, chunk.subarray(from, at)]), number, options);
      pending = [];
      from = at + 1;
    }
    if (from < chunk.length) pending.push(chunk.subarray(from));
    const next = await chunks.next();
    chunk = next.done ? undefined : next.value;
  }
  yield* linePieces(Buffer.concat(pending), number + 1, options);
}

function* linePieces(line: Buffer, number: number, options: ReadOptions): Generator<Piece> {
  if (skipSpace(line, 0) < line.length) yield* jsonPieces(line, `line ${number}`, options);
}

interface FirstLine {
  /** The first line that is not blank, without its end. */
  bytes: Buffer;
  lineNumber: number;
  rest: Buffer;
}

/** Reads up to the end of the first line that is not blank: enough to tell NDJSON from one JSON document. */
async function readFirstLine(chunks: AsyncIterator<Buffer>): Promise<FirstLine> {
  let lineNumber = 1;
  let line: Buffer[] = [];
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    let chunk = next.value;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE)) {
      const bytes = Buffer.concat([...line, chunk.subarray(0, at)]);
      const rest = chunk.subarray(at + 1);
      if (skipSpace(bytes, 0) < bytes.length) return { bytes, lineNumber, rest };
      line = [];
      lineNumber++;
      chunk = rest;
    }
    line.push(chunk);
  }
  return { bytes: Buffer.concat(line), lineNumber, rest: Buffer.alloc(0) };
}

function isWholeValue(line: Uint8Array): boolean {
  try {
    return skipSpace(line, endOfValue(line, 0)) === line.length;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return false;
    throw error;
  }
}

async function* counted(
  raw: Readable,
  onRead: ((bytes: number) => void) | undefined,
): AsyncGenerator<Buffer> {
  for await (const chunk of raw as AsyncIterable<Buffer>) {
    onRead?.(chunk.length);
    yield chunk;
  }
}

async function decompressed(chunks: AsyncGenerator<Buffer>): Promise<AsyncIterator<Buffer>> {
  const first = await chunks.next();
  if (first.done) return emptyIterator();
  const all = prepend(first.value, chunks);
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) return all;
  const gunzip = createGunzip();
  void feed(all, gunzip);
  return gunzip[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
}

async function feed(from: AsyncIterator<Buffer>, to: NodeJS.WritableStream & { destroy(e: Error): void }) {
  try {
    for (let next = await from.next(); !next.done; next = await from.next()) {
      if (!to.write(next.value)) await new Promise((resolve) => to.once("drain", resolve));
    }
    to.end();
  } catch (error) {
    to.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

async function* prepend(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

async function* emptyIterator(): AsyncGenerator<Buffer> {}

async function* withoutByteOrderMark(chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  let first = true;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    const marked = first && next.value[0] === 0xef && next.value[1] === 0xbb && next.value[2] === 0xbf;
    yield marked ? next.value.subarray(3) : next.value;
    first = false;
  }
}

async function collect(chunks: AsyncIterator<Buffer>): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) all.push(next.value);
  return all;
}
