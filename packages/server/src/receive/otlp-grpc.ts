import * as grpc from "@grpc/grpc-js";
import { encodeExportResponse, type OtlpSignal } from "@nightowl/otlp/encode/response";
import type { FastifyBaseLogger } from "fastify";
import type { Exports } from "./export-request.ts";
import type { ByteBudget } from "./byte-budget.ts";
import { headerText } from "./project-name.ts";
import { encodeRetryStatus } from "./retry-info.ts";
import { toRefusal } from "./to-refusal.ts";

export interface OtlpGrpcOptions {
  exports: Exports;
  /** Before and after decompression. */
  maxBodyBytes: number;
  budget: ByteBudget;
  log: FastifyBaseLogger;
}

const SERVICES: Record<OtlpSignal, string> = {
  traces: "opentelemetry.proto.collector.trace.v1.TraceService",
  logs: "opentelemetry.proto.collector.logs.v1.LogsService",
};

/** The messages go through as bytes: our own decoder reads them. */
const identity = (bytes: Buffer): Buffer => bytes;

function definitionOf(signal: OtlpSignal): grpc.ServiceDefinition {
  return {
    Export: {
      path: `/${SERVICES[signal]}/Export`,
      requestStream: false,
      responseStream: false,
      requestSerialize: identity,
      requestDeserialize: identity,
      responseSerialize: identity,
      responseDeserialize: identity,
    },
  };
}

/**
 * OTLP over gRPC: TraceService/Export and LogsService/Export, with the message encodings gzip and deflate. Other services
 * are answered UNIMPLEMENTED. Does not listen.
 * Spec: https://opentelemetry.io/docs/specs/otlp/#otlpgrpc
 */
export function createGrpcReceiver(options: OtlpGrpcOptions): grpc.Server {
  // What goes wrong comes back as errors, and is logged by us.
  if (process.env["GRPC_VERBOSITY"] === undefined) grpc.setLogVerbosity(grpc.logVerbosity.NONE);
  const server = new grpc.Server({
    "grpc.max_receive_message_length": options.maxBodyBytes,
    "grpc.max_send_message_length": 1024 * 1024,
  });
  for (const signal of Object.keys(SERVICES) as OtlpSignal[]) {
    server.addService(definitionOf(signal), {
      Export: async (call: grpc.ServerUnaryCall<Buffer, Buffer>, callback: grpc.sendUnaryData<Buffer>) => {
        try {
          const response = await answer(signal, call, options);
          callback(null, response);
        } catch (error) {
          callback(toServiceError(error, options.log));
        }
      },
    });
  }
  return server;
}

async function answer(
  signal: OtlpSignal,
  call: grpc.ServerUnaryCall<Buffer, Buffer>,
  options: OtlpGrpcOptions,
): Promise<Buffer> {
  const account = options.budget.open();
  try {
    account.take(call.request.length);
    const header = call.metadata.get("x-project-name")[0];
    const outcome = await options.exports[signal]({
      bytes: call.request,
      encoding: "protobuf",
      projectHeader: headerText(typeof header === "string" ? header : header?.toString("latin1")),
    });
    return Buffer.from(encodeExportResponse(signal, outcome, "protobuf"));
  } finally {
    account.close();
  }
}

function toServiceError(error: unknown, log: FastifyBaseLogger): Partial<grpc.StatusObject> {
  const refusal = toRefusal(error, log);
  const metadata = new grpc.Metadata();
  if (refusal.retryAfterSeconds !== undefined) {
    metadata.set(
      "grpc-status-details-bin",
      encodeRetryStatus(refusal.rpcCode, refusal.message, refusal.retryAfterSeconds),
    );
  }
  return { code: refusal.rpcCode, details: refusal.message, metadata };
}

/** Binds and returns the port. Rejects when it is taken. */
export function listenGrpc(server: grpc.Server, address: { host: string; port: number }): Promise<number> {
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return new Promise((resolve, reject) => {
    server.bindAsync(`${host}:${address.port}`, grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}

/** Lets calls in flight finish, then closes; those still running after the time are cut off. */
export function closeGrpc(server: grpc.Server, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.forceShutdown(), timeoutMs);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
