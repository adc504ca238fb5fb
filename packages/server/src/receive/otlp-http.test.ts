import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { deflateSync, gzipSync } from "node:zlib";
import type { Span, WireSpan } from "@nightowl/model/span/span";
import { encodeTraceProtobuf } from "@nightowl/otlp/encode/protobuf";
import { AgentMemory } from "@nightowl/otlp/agent-events/agent-events";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { OTLPTraceExporter as JsonTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { TracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { OverloadedError, RowsRefusedError, StoreUnavailableError } from "../ingest/errors.ts";
import { ByteBudget } from "./byte-budget.ts";
import type { ReceivedLog } from "../ingest/ingest-logs.ts";
import { createExportLogs } from "./export-logs.ts";
import { createExportTraces } from "./export-traces.ts";
import { otlpHttpRoutes } from "./otlp-http.ts";

const MIB = 1024 ** 2;
const MAX_BODY = MIB;
const MAX_DECOMPRESSED = 4 * MIB;

let received: Span[] = [];
let receivedLogs: ReceivedLog[] = [];
let submitError: Error | undefined;
const budget = new ByteBudget(64 * MIB);

async function open(corsOrigins: string[]): Promise<{ app: FastifyInstance; url: string }> {
  const app = Fastify();
  await app.register(otlpHttpRoutes, {
    exports: {
      traces: createExportTraces({
        submit: async (spans) => {
          if (submitError) throw submitError;
          received.push(...spans.slice(0, spans.length));
        },
        annotate: async () => {},
        projectByService: new Map([["checkout", "shop"]]),
      }),
      logs: createExportLogs({
        submit: async (logs) => {
          if (submitError) throw submitError;
          receivedLogs.push(...logs);
        },
        submitSpans: async () => {},
        memory: new AgentMemory(String),
        annotate: async () => {},
        projectByService: new Map([["checkout", "shop"]]),
      }),
    },
    maxBodyBytes: MAX_BODY,
    maxDecompressedBytes: MAX_DECOMPRESSED,
    budget,
    corsOrigins,
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  return { app, url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` };
}

let app: FastifyInstance;
let url = "";
beforeAll(async () => {
  ({ app, url } = await open([]));
});
afterAll(() => app.close());
afterEach(() => {
  received = [];
  receivedLogs = [];
  submitError = undefined;
  expect(budget.usedBytes).toBe(0);
});

const TRACE_ID = "5b8efff798038103d269b633813fc60c";
let nextId = 1;

function span(fields: Partial<WireSpan> = {}): WireSpan {
  return {
    traceId: TRACE_ID,
    spanId: (nextId++).toString(16).padStart(16, "0"),
    parentSpanId: "",
    traceState: "",
    flags: 0,
    name: "chat",
    otelKind: 1,
    startTimeNs: "1763690000000000000",
    endTimeNs: "1763690001000000000",
    attributes: {},
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    statusCode: "UNSET",
    statusMessage: "",
    resource: { attributes: {}, droppedAttributesCount: 0, entityRefs: [], schemaUrl: "" },
    scope: { name: "test", version: "", attributes: {}, droppedAttributesCount: 0, schemaUrl: "" },
    notes: [],
    ...fields,
  };
}

interface JsonSpan {
  traceId?: string;
  spanId?: string;
  name?: string;
  startTimeUnixNano?: string;
  endTimeUnixNano?: string;
  attributes?: { key: string; value: unknown }[];
}

function jsonRequest(...spans: JsonSpan[]): string {
  const full = spans.map((fields) => ({
    traceId: TRACE_ID,
    spanId: (nextId++).toString(16).padStart(16, "0"),
    name: "chat",
    startTimeUnixNano: "1763690000000000000",
    endTimeUnixNano: "1763690001000000000",
    ...fields,
  }));
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: full }] }] });
}

interface Answer {
  status: number;
  type: string | null;
  headers: Headers;
  bytes: Buffer;
  json: () => Record<string, unknown>;
}

async function post(
  body: string | Uint8Array,
  headers: Record<string, string> = {},
  path = "/v1/traces",
): Promise<Answer> {
  const response = await fetch(url + path, {
    method: "POST",
    headers: {
      "content-type": typeof body === "string" ? "application/json" : "application/x-protobuf",
      ...headers,
    },
    body: typeof body === "string" ? body : Buffer.from(body),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    headers: response.headers,
    bytes,
    json: () => JSON.parse(bytes.toString()) as Record<string, unknown>,
  };
}

/** Every length-delimited text of a small protobuf message, and its varints, by field number. */
function readMessage(bytes: Buffer): Map<number, number | Buffer> {
  const fields = new Map<number, number | Buffer>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const value = varint();
    if ((tag & 7) === 0) fields.set(tag >> 3, value);
    else fields.set(tag >> 3, bytes.subarray(at, (at += value)));
  }
  return fields;
}

function partialSuccess(bytes: Buffer): { rejectedSpans: number; errorMessage: string } {
  const partial = readMessage(readMessage(bytes).get(1) as Buffer);
  return { rejectedSpans: Number(partial.get(1) ?? 0), errorMessage: String(partial.get(2) ?? "") };
}

describe("what is accepted", () => {
  it("protobuf: an empty body says full success", async () => {
    const answer = await post(encodeTraceProtobuf([span(), span()]));
    expect(answer.status).toBe(200);
    expect(answer.type).toBe("application/x-protobuf");
    expect(answer.bytes).toHaveLength(0);
    expect(received).toHaveLength(2);
  });

  it("JSON, with a charset: {} says full success", async () => {
    const answer = await post(jsonRequest({}), { "content-type": "Application/JSON; charset=UTF-8" });
    expect([answer.status, answer.type, answer.bytes.toString()]).toEqual([200, "application/json", "{}"]);
    expect(received).toHaveLength(1);
  });

  it("an empty protobuf request, which has no spans", async () => {
    expect((await post(new Uint8Array())).status).toBe(200);
    expect(received).toHaveLength(0);
  });

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
  ] as const)("%s", async (encoding, compress) => {
    const answer = await post(compress(encodeTraceProtobuf([span({ name: "packed" })])), {
      "content-encoding": encoding,
    });
    expect(answer.status).toBe(200);
    expect(received.map((s) => s.name)).toEqual(["packed"]);
  });

  it("zstd", async () => {
    const body = Buffer.from(encodeTraceProtobuf([span({ name: "packed" })]));
    // A frame of one raw block, by hand: Node 20 cannot make one.
    const frame = Buffer.concat([Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38, 0, 0, 0), body]);
    frame.writeUIntLE((body.length << 3) | 1, 6, 3);
    const answer = await post(frame, { "content-encoding": "zstd" });
    expect(answer.status).toBe(200);
    expect(received.map((s) => s.name)).toEqual(["packed"]);
  });

  it("stock exporters, protobuf and JSON, gzip and plain", async () => {
    const exporters = [
      new OTLPTraceExporter({ url: `${url}/v1/traces` }),
      new OTLPTraceExporter({
        url: `${url}/v1/traces`,
        compression: "gzip" as never,
        headers: { "x-project-name": "mine" },
      }),
      new JsonTraceExporter({ url: `${url}/v1/traces` }),
    ];
    for (const exporter of exporters) {
      const provider = new TracerProvider({
        resource: resourceFromAttributes({ "service.name": "checkout" }),
        spanProcessors: [new BatchSpanProcessor({ exporter })],
      });
      provider
        .getTracer("t")
        .startSpan("llm", { attributes: { "openinference.span.kind": "LLM" } })
        .end();
      await provider.forceFlush();
      await provider.shutdown();
    }
    expect(received.map((s) => [s.name, s.kind, s.project])).toEqual([
      ["llm", "LLM", "shop"],
      ["llm", "LLM", "mine"],
      ["llm", "LLM", "shop"],
    ]);
  });
});

describe("the project of a span", () => {
  const resource = (attributes: Record<string, string>) => ({
    resource: { attributes, droppedAttributesCount: 0, entityRefs: [], schemaUrl: "" },
  });
  const named = resource({ "openinference.project.name": " named ", "service.name": "checkout" });
  const mapped = resource({ "service.name": "checkout" });

  it.each([
    ["header", named, "header"],
    [undefined, named, "named"],
    [undefined, mapped, "shop"],
    [undefined, resource({ "service.name": "other" }), "default"],
    ["   ", mapped, "shop"],
    ["..", mapped, "shop"],
    [Buffer.from("prüfung", "utf8").toString("latin1"), mapped, "prüfung"],
    ["x".repeat(500), mapped, "x".repeat(200)],
  ])("header %j", async (header, fields, project) => {
    await post(encodeTraceProtobuf([span(fields)]), header === undefined ? {} : { "x-project-name": header });
    expect(received.map((s) => s.project)).toEqual([project]);
  });

  it("is each resource's own", async () => {
    await post(encodeTraceProtobuf([span(named), span(mapped)]));
    expect(received.map((s) => s.project)).toEqual(["named", "shop"]);
  });
});

describe("what is refused, in both encodings", () => {
  const cut = Buffer.from(encodeTraceProtobuf([span()]));
  const truncated = cut.subarray(0, cut.length - 5);

  it.each([
    ["not protobuf", Buffer.from("this is not protobuf"), {}, 400],
    ["truncated protobuf", truncated, {}, 400],
    ["not JSON", "{", {}, 400],
    ["an empty body as JSON", "", {}, 400],
    ["JSON of another shape", '{"resourceSpans": 17}', {}, 400],
    ["broken gzip", Buffer.from("not gzip"), { "content-encoding": "gzip" }, 400],
    ["broken gzip of JSON", "not gzip", { "content-encoding": "gzip" }, 400],
    ["an unknown encoding", cut, { "content-encoding": "br" }, 415],
    ["a chain of encodings", cut, { "content-encoding": "gzip, gzip" }, 415],
    ["another content type", "x", { "content-type": "text/plain" }, 415],
    ["a content type that is none", "x", { "content-type": "nonsense" }, 415],
    ["another charset", jsonRequest({}), { "content-type": "application/json; charset=latin1" }, 415],
    ["a body over the limit", Buffer.alloc(MAX_BODY + 1), {}, 413],
    ["JSON over the limit", " ".repeat(MAX_BODY + 1), {}, 413],
    ["a gzip bomb", gzipSync(Buffer.alloc(MAX_DECOMPRESSED + 1)), { "content-encoding": "gzip" }, 413],
    ["a deflate bomb", deflateSync(Buffer.alloc(200 * MIB)), { "content-encoding": "deflate" }, 413],
  ])("%s", async (_name, body, headers, status) => {
    const answer = await post(body, headers as Record<string, string>);
    expect(answer.status).toBe(status);
    const isProtobuf = typeof body !== "string";
    expect(answer.type).toBe(isProtobuf ? "application/x-protobuf" : "application/json");
    const message = isProtobuf ? String(readMessage(answer.bytes).get(2)) : String(answer.json()["message"]);
    const code = isProtobuf ? readMessage(answer.bytes).get(1) : answer.json()["code"];
    expect(message.length).toBeGreaterThan(10);
    expect(code).toBe(status === 413 ? 8 : 3);
    expect(answer.headers.get("retry-after")).toBeNull();
    // The server goes on.
    expect((await post(encodeTraceProtobuf([span()]))).status).toBe(200);
  });

  it("says which types and encodings are understood, and which limit was met", async () => {
    expect((await post("x", { "content-type": "text/plain" })).json()["message"]).toBe(
      'Content-Type "text/plain" is not understood; application/x-protobuf and application/json are.',
    );
    expect((await post(jsonRequest({}), { "content-encoding": "br" })).json()["message"]).toContain(
      "identity, gzip, deflate, zstd are",
    );
    expect((await post(" ".repeat(MAX_BODY + 1))).json()["message"]).toContain("1048576 bytes (1 MiB)");
  });

  it("a body of unknown length is stopped at the limit too", async () => {
    const status = await new Promise<number>((resolve, reject) => {
      const request = httpRequest(`${url}/v1/traces`, {
        method: "POST",
        headers: { "content-type": "application/x-protobuf", "transfer-encoding": "chunked" },
      });
      request.on("response", (response) => resolve(response.statusCode ?? 0)).on("error", reject);
      for (let i = 0; i < 40; i++) request.write(Buffer.alloc(64 * 1024));
      request.end();
    });
    expect(status).toBe(413);
  });

  it("a sender that breaks off leaves nothing behind", async () => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.write(
      "POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\ncontent-length: 1000\r\n\r\nabc",
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await expect.poll(() => budget.usedBytes).toBe(0);
    expect((await post(encodeTraceProtobuf([span()]))).status).toBe(200);
  });

  it("memory stays bounded while a bomb is refused", async () => {
    const bomb = gzipSync(Buffer.alloc(900 * MIB));
    expect(bomb.length).toBeLessThan(MAX_BODY);
    const before = process.memoryUsage.rss();
    let peak = before;
    const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 2);
    const answer = await post(bomb, { "content-encoding": "gzip" });
    clearInterval(timer);
    expect(answer.status).toBe(413);
    expect(peak - before).toBeLessThan(100 * MIB);
  });
});

describe("partial success", () => {
  const bad: [string, JsonSpan, RegExp][] = [
    ["a trace id of wrong length", { traceId: "abcd" }, /trace/i],
    ["a trace id of zeros", { traceId: "0".repeat(32) }, /trace/i],
    ["a span id of wrong length", { spanId: "ab" }, /span/i],
    ["a span id of zeros", { spanId: "0".repeat(16) }, /span/i],
  ];
  it.each(bad)("%s rejects that span, by name, and no other", async (_name, fields, reason) => {
    const answer = await post(
      jsonRequest({ name: "good" }, { name: "the bad one", ...fields }, { name: "good too" }),
    );
    expect(answer.status).toBe(200);
    const partial = answer.json()["partialSuccess"] as { rejectedSpans: string; errorMessage: string };
    expect(partial.rejectedSpans).toBe("1");
    expect(partial.errorMessage).toContain('1 span was rejected: span 1 "the bad one": ');
    expect(partial.errorMessage).toMatch(reason);
    expect(received.map((s) => s.name)).toEqual(["good", "good too"]);
  });

  it("is said in protobuf to those who speak it", async () => {
    const answer = await post(encodeTraceProtobuf([span(), span({ name: "zeros", spanId: "0".repeat(16) })]));
    expect([answer.status, answer.type]).toEqual([200, "application/x-protobuf"]);
    const partial = partialSuccess(answer.bytes);
    expect(partial.rejectedSpans).toBe(1);
    expect(partial.errorMessage).toContain('"zeros"');
    expect(received).toHaveLength(1);
  });

  it("names the first ten and counts the rest", async () => {
    const spans = Array.from({ length: 500 }, (_, i) => span({ name: `bad ${i}`, traceId: "0".repeat(32) }));
    const { rejectedSpans, errorMessage } = partialSuccess((await post(encodeTraceProtobuf(spans))).bytes);
    expect(rejectedSpans).toBe(500);
    expect(errorMessage).toContain('"bad 9"');
    expect(errorMessage).not.toContain('"bad 10"');
    expect(errorMessage).toMatch(/and 490 more$/);
    expect(errorMessage.length).toBeLessThan(5000);
  });

  it("a span that ends before it starts is kept, with a warning", async () => {
    const answer = await post(
      encodeTraceProtobuf([
        span({ name: "backwards", startTimeNs: "1763690001000000000", endTimeNs: "1763690000000000000" }),
      ]),
    );
    const { rejectedSpans, errorMessage } = partialSuccess(answer.bytes);
    expect(rejectedSpans).toBe(0);
    expect(errorMessage).toMatch(/1 span was stored with a remark: span [0-9a-f]{16} "backwards": /);
    expect(received).toHaveLength(1);
  });

  it("a time in 2262 and one at 0 are kept or named, and cost nobody else", async () => {
    const answer = await post(
      encodeTraceProtobuf([
        span({ name: "2262", startTimeNs: "9223372036854775807", endTimeNs: "9223372036854775807" }),
        span({ name: "beyond", startTimeNs: "9223372036854775808", endTimeNs: "9223372036854775808" }),
        span({ name: "zero", startTimeNs: "0" }),
        span({ name: "good" }),
      ]),
    );
    expect(answer.status).toBe(200);
    expect(received.map((s) => s.name)).toEqual(["2262", "zero", "good"]);
    const { rejectedSpans, errorMessage } = partialSuccess(answer.bytes);
    expect(rejectedSpans).toBe(1);
    expect(errorMessage).toContain('"beyond"');
  });

  it("NUL and lone surrogates in texts, a key sent twice, attributes 100 deep, 10,000 of them", async () => {
    let deep: unknown = { stringValue: "bottom" };
    for (let i = 0; i < 100; i++) deep = { arrayValue: { values: [deep] } };
    const many = Array.from({ length: 10_000 }, (_, i) => ({ key: `k${i}`, value: { intValue: "1" } }));
    const answer = await post(
      jsonRequest(
        { name: "nul\u0000 and \ud800" },
        {
          name: "twice",
          attributes: [
            { key: "k", value: { stringValue: "first" } },
            { key: "k", value: { stringValue: "last" } },
          ],
        },
        { name: "deep", attributes: [{ key: "deep", value: deep }] },
        { name: "many", attributes: many },
      ),
    );
    expect(answer.status).toBe(200);
    expect(received).toHaveLength(4);
    expect(received[0]!.name).toContain("\u0000");
    expect(received[0]!.name.isWellFormed()).toBe(true);
    expect(received[1]!.attributes["k"]).toBe("last");
    expect(JSON.stringify(received[2]!.attributes["deep"])).toContain("bottom");
    expect(Object.keys(received[3]!.attributes)).toHaveLength(10_000);
    expect((answer.json()["partialSuccess"] as { errorMessage: string }).errorMessage).toContain('"twice"');
  });

  it("attributes beyond the depth that is read reject their span", async () => {
    let deep: unknown = { stringValue: "bottom" };
    for (let i = 0; i < 500; i++) deep = { arrayValue: { values: [deep] } };
    const answer = await post(
      jsonRequest({ name: "too deep", attributes: [{ key: "d", value: deep }] }, { name: "good" }),
    );
    expect((answer.json()["partialSuccess"] as { errorMessage: string }).errorMessage).toContain(
      '"too deep"',
    );
    expect(received.map((s) => s.name)).toEqual(["good"]);
  });
});

describe("back-pressure", () => {
  it.each([
    [429, 8, new OverloadedError("the queue is full", 7), "7"],
    [503, 14, new StoreUnavailableError("the disk is full", { retryAfterSeconds: 9 }), "9"],
  ])("%i with Retry-After", async (status, code, error, retryAfter) => {
    submitError = error;
    const json = await post(jsonRequest({}));
    expect([json.status, json.json()["code"]]).toEqual([status, code]);
    expect([json.json()["message"], json.headers.get("retry-after")]).toEqual([error.message, retryAfter]);
    const protobuf = await post(encodeTraceProtobuf([span()]));
    expect([protobuf.status, readMessage(protobuf.bytes).get(1)]).toEqual([status, code]);
  });

  it("spans that the store refuses are a partial success, by id and name", async () => {
    submitError = new RowsRefusedError([{ index: 1, reason: "it is too large" }]);
    const answer = await post(jsonRequest({ name: "good" }, { name: "huge", spanId: "00000000000000aa" }));
    expect(answer.json()["partialSuccess"]).toEqual({
      rejectedSpans: "1",
      errorMessage: '1 span was rejected: span 00000000000000aa "huge": it is too large',
    });
  });

  it("what nobody foresaw is 500, and says nothing of the inside", async () => {
    submitError = new Error("secret detail");
    const answer = await post(jsonRequest({}));
    expect(answer.status).toBe(500);
    expect(answer.bytes.toString()).not.toContain("secret");
  });
});

describe("other routes", () => {
  it("metrics are not kept, in the asked encoding", async () => {
    const json = await post("{}", {}, "/v1/metrics");
    expect(json.status).toBe(404);
    expect(json.json()).toMatchObject({
      code: 12,
      message: expect.stringContaining("no metrics") as string,
    });
    const protobuf = await post(new Uint8Array([1, 2, 3]), {}, "/v1/metrics");
    expect([protobuf.status, protobuf.type]).toEqual([404, "application/x-protobuf"]);
  });

  it.each(["GET", "PUT", "DELETE", "PATCH"])("%s /v1/traces is 405 with Allow", async (method) => {
    const response = await fetch(`${url}/v1/traces`, { method });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });
});

describe("CORS", () => {
  const preflight = (base: string, origin: string): Promise<Response> =>
    fetch(`${base}/v1/traces`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-project-name",
      },
    });

  it("is off unless configured", async () => {
    const response = await preflight(url, "https://app.example");
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    const sent = await post(jsonRequest({}), { origin: "https://app.example" });
    expect(sent.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("answers the origins that are configured, and no other", async () => {
    const other = await open(["https://app.example"]);
    try {
      const allowed = await preflight(other.url, "https://app.example");
      expect(allowed.status).toBe(204);
      expect(allowed.headers.get("access-control-allow-origin")).toBe("https://app.example");
      expect(allowed.headers.get("access-control-allow-headers")).toBe("content-type,x-project-name");
      const sent = await fetch(`${other.url}/v1/traces`, {
        method: "POST",
        headers: { origin: "https://app.example", "content-type": "application/json" },
        body: jsonRequest({}),
      });
      expect([sent.status, sent.headers.get("access-control-allow-origin")]).toEqual([
        200,
        "https://app.example",
      ]);
      const denied = await preflight(other.url, "https://evil.example");
      expect(denied.headers.get("access-control-allow-origin")).not.toBe("https://evil.example");
    } finally {
      await other.app.close();
    }
  });
});
