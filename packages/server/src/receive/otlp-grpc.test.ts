import type { LogRecord } from "@nightowl/model/log/log-record";
import { gzipSync } from "node:zlib";
import * as grpc from "@grpc/grpc-js";
import type { Span } from "@nightowl/model/span/span";
import { AgentMemory } from "@nightowl/otlp/agent-events/agent-events";
import { CompressionAlgorithm } from "@opentelemetry/otlp-exporter-base";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { TracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace";
import pino from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { OverloadedError, StoreUnavailableError } from "../ingest/errors.ts";
import { ByteBudget } from "./byte-budget.ts";
import { createExportLogs } from "./export-logs.ts";
import { createExportTraces } from "./export-traces.ts";
import { closeGrpc, createGrpcReceiver, listenGrpc } from "./otlp-grpc.ts";

const MAX_BODY = 1024 ** 2;
const TRACE = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
let received: Span[] = [];
let submitError: Error | undefined;
const budget = new ByteBudget(16 * MAX_BODY);
let receivedLogs: LogRecord[] = [];
const server = createGrpcReceiver({
  exports: {
    traces: createExportTraces({
      submit: async (spans) => {
        if (submitError) throw submitError;
        received.push(...spans.slice(0, spans.length));
      },
      annotate: async () => {},
      projectByService: new Map(),
    }),
    logs: createExportLogs({
      submit: async (logs) => void receivedLogs.push(...logs.map(({ record }) => record)),
      submitSpans: async () => {},
      memory: new AgentMemory(String),
      annotate: async () => {},
      projectByService: new Map(),
    }),
  },
  maxBodyBytes: MAX_BODY,
  budget,
  log: pino({ level: "silent" }),
});
let address = "";
beforeAll(async () => {
  address = `127.0.0.1:${await listenGrpc(server, { host: "127.0.0.1", port: 0 })}`;
});
afterAll(() => closeGrpc(server, 1000));
afterEach(() => {
  received = [];
  receivedLogs = [];
  submitError = undefined;
  expect(budget.usedBytes).toBe(0);
});

interface Reply {
  code: number;
  details: string;
  bytes?: Buffer | undefined;
  metadata?: grpc.Metadata;
}

async function call(path: string, bytes: Uint8Array, options: { compress?: boolean } = {}): Promise<Reply> {
  const client = new grpc.Client(address, grpc.credentials.createInsecure(), {
    "grpc.default_compression_algorithm": options.compress
      ? grpc.compressionAlgorithms.gzip
      : grpc.compressionAlgorithms.identity,
  });
  const identity = (value: Buffer): Buffer => value;
  try {
    return await new Promise<Reply>((resolve) => {
      client.makeUnaryRequest(path, identity, identity, Buffer.from(bytes), (error, value) => {
        resolve(
          error
            ? { code: error.code, details: error.details, metadata: error.metadata }
            : { code: 0, details: "", bytes: value },
        );
      });
    });
  } finally {
    client.close();
  }
}

/** ResourceSpans > ScopeSpans > Span with these ids, in protobuf. */
function request(traceId: string, spanId: string): Buffer {
  const field = (number: number, bytes: Buffer): Buffer =>
    Buffer.concat([Buffer.of((number << 3) | 2, bytes.length), bytes]);
  const span = Buffer.concat([
    field(1, Buffer.from(traceId, "hex")),
    field(2, Buffer.from(spanId, "hex")),
    field(5, Buffer.from("by hand")),
    Buffer.of(0x39, 0, 0, 0x64, 0xa7, 0xb3, 0xb6, 0xe0, 0x0d),
    Buffer.of(0x41, 0, 0, 0x64, 0xa7, 0xb3, 0xb6, 0xe0, 0x0d),
  ]);
  return field(1, field(2, field(2, span)));
}

describe("OTLP over gRPC", () => {
  it.each([CompressionAlgorithm.NONE, CompressionAlgorithm.GZIP])(
    "takes a stock exporter's spans, compression %s",
    async (compression) => {
      const metadata = new grpc.Metadata();
      metadata.set("x-project-name", "mine");
      const provider = new TracerProvider({
        resource: resourceFromAttributes({ "service.name": "checkout" }),
        spanProcessors: [
          new BatchSpanProcessor({
            exporter: new OTLPTraceExporter({ url: `http://${address}`, compression, metadata }),
          }),
        ],
      });
      provider
        .getTracer("t")
        .startSpan("llm", { attributes: { "llm.model_name": "m" } })
        .end();
      await provider.forceFlush();
      await provider.shutdown();
      expect(received.map((s) => [s.name, s.project, s.serviceName])).toEqual([["llm", "mine", "checkout"]]);
    },
  );

  it("answers full success with an empty message", async () => {
    const reply = await call(TRACE, request("5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174"));
    expect(reply).toMatchObject({ code: 0, bytes: Buffer.alloc(0) });
    expect(received.map((s) => [s.name, s.traceId])).toEqual([
      ["by hand", "5b8efff798038103d269b633813fc60c"],
    ]);
  });

  it("answers partial success for a span that cannot be kept", async () => {
    const reply = await call(TRACE, request("0".repeat(32), "eee19b7ec3c1b174"));
    expect(reply.code).toBe(0);
    expect(reply.bytes?.toString()).toContain('1 span was rejected: span 0 "by hand"');
    expect(received).toHaveLength(0);
  });

  it("INVALID_ARGUMENT for what is no export", async () => {
    const reply = await call(TRACE, Buffer.from("this is not protobuf"));
    expect(reply.code).toBe(grpc.status.INVALID_ARGUMENT);
    expect(reply.details.length).toBeGreaterThan(10);
  });

  it("RESOURCE_EXHAUSTED for a message over the limit, and for one that unpacks to more", async () => {
    expect((await call(TRACE, Buffer.alloc(MAX_BODY + 1))).code).toBe(grpc.status.RESOURCE_EXHAUSTED);
    const bomb = Buffer.alloc(64 * MAX_BODY);
    expect(gzipSync(bomb).length).toBeLessThan(MAX_BODY);
    expect((await call(TRACE, bomb, { compress: true })).code).toBe(grpc.status.RESOURCE_EXHAUSTED);
    expect((await call(TRACE, Buffer.alloc(0))).code).toBe(0);
  });

  it("RESOURCE_EXHAUSTED with RetryInfo when ingest is full, so that senders try again", async () => {
    submitError = new OverloadedError("the queue is full", 1);
    const reply = await call(TRACE, request("5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174"));
    expect([reply.code, reply.details]).toEqual([grpc.status.RESOURCE_EXHAUSTED, "the queue is full"]);
    const status = Buffer.from(reply.metadata!.get("grpc-status-details-bin")[0] as Buffer);
    // code 8; message; one Any with RetryInfo{retry_delay{seconds: 1}}.
    const typeUrl = "type.googleapis.com/google.rpc.RetryInfo";
    expect(status).toEqual(
      Buffer.concat([
        Buffer.of(0x08, 8, 0x12, 17),
        Buffer.from("the queue is full"),
        Buffer.of(0x1a, typeUrl.length + 8, 0x0a, typeUrl.length),
        Buffer.from(typeUrl),
        Buffer.of(0x12, 4, 0x0a, 2, 0x08, 1),
      ]),
    );
  });

  it("UNAVAILABLE when the store cannot write", async () => {
    submitError = new StoreUnavailableError("the disk is full");
    const reply = await call(TRACE, request("5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174"));
    expect([reply.code, reply.details]).toEqual([grpc.status.UNAVAILABLE, "the disk is full"]);
  });

  it("UNIMPLEMENTED for the signal that is not kept", async () => {
    const reply = await call(
      "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
      Buffer.alloc(0),
    );
    expect(reply.code).toBe(grpc.status.UNIMPLEMENTED);
  });

  it("a taken port is an error that can be told", async () => {
    const other = createGrpcReceiver({
      exports: {
        traces: async () => ({ rejectedCount: 0, errorMessage: "" }),
        logs: async () => ({ rejectedCount: 0, errorMessage: "" }),
      },
      maxBodyBytes: 1024,
      budget,
      log: pino({ level: "silent" }),
    });
    await expect(
      listenGrpc(other, { host: "127.0.0.1", port: Number(address.split(":")[1]) }),
    ).rejects.toThrow(/EADDRINUSE|bind/i);
    await closeGrpc(other, 100);
  });
});
