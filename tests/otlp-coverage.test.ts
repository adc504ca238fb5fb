import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, fromBinary, toBinary, toJson, type DescField, type DescMessage } from "@bufbuild/protobuf";
import { afterAll, beforeAll, expect, test } from "vitest";
import { getSpan, type SpanDetail } from "@nightowl/model/api/spans";
import { createClient } from "@nightowl/model/client/create-client";
import {
  exportLogsServiceRequest,
  exportTraceServiceRequest,
} from "@nightowl/otlp/decode/testing/otlp-descriptor";
import { encodeLogsProtobuf, encodeTraceProtobuf } from "@nightowl/otlp/encode/protobuf";
import { readConfig } from "@nightowl/server/config";
import { startServer, type RunningServer } from "@nightowl/server/main";

/**
 * Walks the schema of OTLP's traces, and of its logs, gives every field a value of its own, sends that one request
 * through the running server, reads the span or the record back and finds every field again. A field that is added to the schema and has
 * no home in the program fails here.
 */
const TRACE_ID = "000102030405060708090a0b0c0d0e0f";
const SPAN_ID = "0001020304050607";

let dataDir: string;
let server: RunningServer;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "nightowl-coverage-"));
  const argv = [
    "--port=0",
    "--otlp-http-port=0",
    "--grpc-port=0",
    `--data-dir=${dataDir}`,
    "--log-level=error",
  ];
  server = await startServer(readConfig({ argv, env: {} }));
});

afterAll(async () => {
  await server?.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** Values that the protocol prescribes; any other field may hold anything of its type. */
const PRESCRIBED: Record<string, unknown> = {
  "Span.trace_id": Buffer.from(TRACE_ID, "hex"),
  "Span.span_id": Buffer.from(SPAN_ID, "hex"),
  "Span.parent_span_id": Buffer.from("08090a0b0c0d0e0f", "hex"),
  "Span.start_time_unix_nano": 1_795_132_800_123_456_789n,
  "Span.end_time_unix_nano": 1_795_132_801_987_654_321n,
  "Span.kind": 3,
  "Link.trace_id": Buffer.from("101112131415161718191a1b1c1d1e1f", "hex"),
  "Link.span_id": Buffer.from("1011121314151617", "hex"),
  "Event.time_unix_nano": 1_795_132_800_555_555_555n,
  "Status.code": 2,
  "LogRecord.trace_id": Buffer.from(TRACE_ID, "hex"),
  "LogRecord.span_id": Buffer.from(SPAN_ID, "hex"),
  "LogRecord.time_unix_nano": 1_795_132_800_666_666_666n,
  "LogRecord.observed_time_unix_nano": 1_795_132_800_777_777_777n,
  "LogRecord.severity_number": 17,
};

const visited = new Set<string>();
let serial = 0;

/** A message with every field set; of a oneof each member in turn, where it can be repeated. */
function fill(message: DescMessage, oneofMember?: string): Record<string, unknown> {
  const filled: Record<string, unknown> = {};
  for (const field of message.fields) {
    if (field.oneof) {
      if (field.name !== oneofMember) continue;
      filled[field.oneof.localName] = { case: field.localName, value: valueOf(message, field) };
    } else {
      filled[field.localName] = valueOf(message, field);
    }
    visited.add(`${message.name}.${field.name}`);
  }
  return filled;
}

function valueOf(message: DescMessage, field: DescField): unknown {
  if (field.fieldKind === "list") {
    if (field.listKind !== "message") return [scalarOf(message, field), scalarOf(message, field)];
    return listOf(field.message);
  }
  if (field.fieldKind === "message")
    return field.message.name === "AnyValue" ? anyValue("string_value") : fill(field.message);
  return scalarOf(message, field);
}

const ANY_VALUES = [
  "string_value",
  "bool_value",
  "int_value",
  "double_value",
  "array_value",
  "kvlist_value",
  "bytes_value",
];
let depth = 0;

/** One entry a kind of value where the list holds values; one entry otherwise. */
function listOf(message: DescMessage): unknown[] {
  if (message.name !== "AnyValue" && message.name !== "KeyValue") return [fill(message)];
  if (depth > 1) return [message.name === "AnyValue" ? anyValue("string_value") : keyValue("string_value")];
  depth += 1;
  const values = ANY_VALUES.map((kind) => (message.name === "AnyValue" ? anyValue(kind) : keyValue(kind)));
  depth -= 1;
  return values;
}

const descriptors = new Map<string, DescMessage>();
function collect(message: DescMessage): void {
  if (descriptors.has(message.name)) return;
  descriptors.set(message.name, message);
  for (const field of message.fields) if (field.message) collect(field.message);
}
collect(exportTraceServiceRequest);
collect(exportLogsServiceRequest);

function anyValue(kind: string): Record<string, unknown> {
  return fill(descriptors.get("AnyValue") as DescMessage, kind);
}

function keyValue(kind: string): Record<string, unknown> {
  visited.add("KeyValue.key").add("KeyValue.value");
  return { key: `key-${++serial}`, value: anyValue(kind) };
}

function scalarOf(message: DescMessage, field: DescField): unknown {
  const prescribed = PRESCRIBED[`${message.name}.${field.name}`];
  if (prescribed !== undefined) return prescribed;
  const n = ++serial;
  const type =
    field.fieldKind === "list" ? (field.listKind === "scalar" ? field.scalar : undefined) : field.scalar;
  switch (type) {
    case 9: // string
      return `text-${n} ü 日本 \u0000 end`;
    case 8: // bool
      return true;
    case 12: // bytes
      return Buffer.from([0, 255, 128, n % 256]);
    case 1: // double
      return n + 0.1;
    case 3: // int64
      return 9_007_199_254_740_993n + BigInt(n);
    case 13: // uint32
    case 7: // fixed32
      return 1000 + n;
    default:
      throw new Error(`${message.name}.${field.name} has a type that this test does not fill: ${type}`);
  }
}

/** Every field of a request's schema, by message and name. */
function fieldsOf(request: DescMessage): string[] {
  const seen = new Set<DescMessage>();
  const walk = (message: DescMessage): void => {
    if (seen.has(message)) return;
    seen.add(message);
    for (const field of message.fields) if (field.message) walk(field.message);
  };
  walk(request);
  return [...seen].flatMap((message) => message.fields.map((field) => `${message.name}.${field.name}`));
}

/** Sends one request in which every field is set; throws unless it is taken without a word. */
async function sendFilled(request: DescMessage, path: string) {
  visited.clear();
  const sent = create(request, fill(request));
  expect(fieldsOf(request).filter((name) => !visited.has(name))).toEqual([]);
  const response = await fetch(`${server.addresses.http}${path}`, {
    method: "POST",
    headers: { "content-type": "application/x-protobuf" },
    body: new Uint8Array(toBinary(request, sent)),
  });
  expect(response.status).toBe(200);
  expect((await response.arrayBuffer()).byteLength).toBe(0);
  return toJson(request, sent);
}

async function readSpan(): Promise<SpanDetail> {
  return (await createClient({ baseUrl: server.addresses.http }).call(getSpan, {
    params: { project: "default", traceId: TRACE_ID, spanId: SPAN_ID },
    query: { full: true },
  })) as SpanDetail;
}

test("every field of the schema survives the way through the server and its store", async () => {
  const sent = await sendFilled(exportTraceServiceRequest, "/v1/traces");
  const found = fromBinary(exportTraceServiceRequest, encodeTraceProtobuf([await readSpan()]));
  expect(toJson(exportTraceServiceRequest, found)).toEqual(sent);
});

test("and every field of a log record", async () => {
  const sent = await sendFilled(exportLogsServiceRequest, "/v1/logs");
  const { logs } = await readSpan();
  const found = fromBinary(exportLogsServiceRequest, encodeLogsProtobuf(logs));
  expect(toJson(exportLogsServiceRequest, found)).toEqual(sent);
});
