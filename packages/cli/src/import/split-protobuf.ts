import { groupBySize } from "./split-json.ts";

/**
 * Cuts an ExportTraceServiceRequest into smaller ones without decoding its spans. In protobuf, the records of a
 * message are a message each, and messages laid end to end are one message.
 * Spec: opentelemetry-proto `collector/trace/v1/trace_service.proto`, `trace/v1/trace.proto`.
 */

/** Field numbers on the way down: request.resource_spans, resource_spans.scope_spans, scope_spans.spans. */
const PATH_TO_SPANS = [1, 2, 2];
const LENGTH_DELIMITED = 2;

export class ProtobufSyntaxError extends Error {
  override name = "ProtobufSyntaxError";
}

export interface ProtobufPiece {
  bytes: Uint8Array;
  spanCount: number;
}

/**
 * The request in pieces of about `maxBytes`, cut between resources, or between the spans of one that is larger
 * (a single span above it stays whole). Each piece is a request. Throws {@link ProtobufSyntaxError} for
 * what cannot be an export request.
 */
export function splitProtobufRequest(request: Uint8Array, maxBytes: number): ProtobufPiece[] {
  const records = readRecords(request);
  if (records.some((record) => record.field === 1 && record.body === undefined)) {
    throw new ProtobufSyntaxError("field 1 is not a message");
  }
  return splitMessage(request, PATH_TO_SPANS, maxBytes)
    .filter((bytes) => bytes.length > 0)
    .map((bytes) => ({ bytes, spanCount: countAt(bytes, PATH_TO_SPANS) }));
}

/** `partial_success` of an ExportTraceServiceResponse: how many spans were rejected, and what was said. */
export function readPartialSuccess(response: Uint8Array): { rejectedSpans: number; errorMessage: string } {
  const partial = readRecords(response).find((record) => record.field === 1)?.body;
  const records = partial ? readRecords(partial) : [];
  const message = records.find((record) => record.field === 2)?.body;
  return {
    rejectedSpans: records.find((record) => record.field === 1)?.number ?? 0,
    errorMessage: message ? Buffer.from(message).toString("utf8") : "",
  };
}

/** `message` of a google.rpc.Status, or `""`. */
export function readStatusMessage(status: Uint8Array): string {
  const message = readRecords(status).find((record) => record.field === 2)?.body;
  return message ? Buffer.from(message).toString("utf8") : "";
}

interface ProtobufRecord {
  field: number;
  /** Tag, length and body. */
  whole: Uint8Array;
  /** Of a length-delimited record. */
  body: Uint8Array | undefined;
  /** Of a varint record. */
  number: number | undefined;
}

function readRecords(bytes: Uint8Array): ProtobufRecord[] {
  const records: ProtobufRecord[] = [];
  let at = 0;
  while (at < bytes.length) {
    const start = at;
    const tag = readVarint(bytes, at);
    const [field, wireType] = [Math.floor(tag.value / 8), tag.value % 8];
    if (field === 0) throw new ProtobufSyntaxError(`no field number at byte ${start}`);
    at = tag.end;
    let body: Uint8Array | undefined;
    let number: number | undefined;
    if (wireType === LENGTH_DELIMITED) {
      const length = readVarint(bytes, at);
      at = length.end + length.value;
      body = bytes.subarray(length.end, at);
    } else if (wireType === 0) {
      ({ value: number, end: at } = readVarint(bytes, at));
    } else if (wireType === 1 || wireType === 5) {
      at += wireType === 1 ? 8 : 4;
    } else {
      throw new ProtobufSyntaxError(`wire type ${wireType} at byte ${start}`);
    }
    if (at > bytes.length) throw new ProtobufSyntaxError(`it ends inside the record at byte ${start}`);
    records.push({ field, whole: bytes.subarray(start, at), body, number });
  }
  return records;
}

function splitMessage(bytes: Uint8Array, path: readonly number[], maxBytes: number): Uint8Array[] {
  const [field, ...below] = path;
  if (bytes.length <= maxBytes || field === undefined) return [bytes];
  const records = readRecords(bytes);
  const head = Buffer.concat(
    records.filter((record) => record.field !== field).map((record) => record.whole),
  );
  const room = Math.max(1, maxBytes - head.length - 12);
  const parts = records.flatMap((record) => {
    if (record.field !== field || !record.body) return [];
    if (record.whole.length <= room || below.length === 0) return [record.whole];
    return splitMessage(record.body, below, room).map((body) => wrap(field, body));
  });
  return groupBySize(parts, room).map((group) => Buffer.concat([head, ...group]));
}

function countAt(bytes: Uint8Array, path: readonly number[]): number {
  const [field, ...below] = path;
  const bodies = readRecords(bytes).flatMap((record) =>
    record.field === field && record.body ? [record.body] : [],
  );
  return below.length === 0 ? bodies.length : bodies.reduce((sum, body) => sum + countAt(body, below), 0);
}

function wrap(field: number, body: Uint8Array): Uint8Array {
  const prefix = [field * 8 + LENGTH_DELIMITED];
  let length = body.length;
  while (length > 127) {
    prefix.push((length % 128) + 128);
    length = Math.floor(length / 128);
  }
  prefix.push(length);
  return Buffer.concat([Buffer.from(prefix), body]);
}

function readVarint(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  let scale = 1;
  for (let at = start; at < start + 10; at++) {
    const byte = bytes[at];
    if (byte === undefined) throw new ProtobufSyntaxError(`it ends inside a number at byte ${start}`);
    value += (byte % 128) * scale;
    if (byte < 128) return { value, end: at + 1 };
    scale *= 128;
  }
  throw new ProtobufSyntaxError(`a number of more than 10 bytes at byte ${start}`);
}
