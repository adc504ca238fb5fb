import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { createOtlpApp } from "./app.ts";
import type { Config } from "./config.ts";
import { closeHttp, listenHttp, listenOnGrpc } from "./listen.ts";
import { closeGrpc, createGrpcReceiver } from "./receive/otlp-grpc.ts";
import type { OtlpHttpOptions } from "./receive/otlp-http.ts";

/** URLs, and `host:port` of gRPC; null: that receiver is off, or its port was taken. */
export interface Addresses {
  http: string;
  otlpHttp: string | null;
  grpc: string | null;
}

const DRAIN_MS = 10_000;

/**
 * Opens the three ports. Without its own the server is of no use; the two of OpenTelemetry are often
 * a collector's already, and it goes on without them: `warnings` says so.
 * @throws PortError for the first
 */
export async function openPorts(
  app: FastifyInstance,
  options: { otlp: OtlpHttpOptions; config: Config; log: Logger; closers: (() => Promise<unknown>)[] },
): Promise<{ addresses: Addresses; warnings: string[] }> {
  const { otlp, config, log, closers } = options;
  const { host, port, otlpHttpPort, grpcPort } = config;
  const addresses: Addresses = { http: "", otlpHttp: null, grpc: null };
  const warnings: string[] = [];
  const goOnWithout = (name: string, flag: string) => (error: Error) => {
    warnings.push(`${error.message} The server goes on without ${name}; --${flag} chooses another port.`);
    return null;
  };

  closers.push(() => closeHttp(app, DRAIN_MS));
  addresses.http = await listenHttp(app, { host, port }).catch((error: Error) => {
    error.message += " Choose another with --port (or NIGHTOWL_PORT), or stop the program that has it.";
    throw error;
  });
  if (otlpHttpPort !== null) {
    const otlpApp = await createOtlpApp(otlp, log);
    closers.push(() => closeHttp(otlpApp, DRAIN_MS));
    addresses.otlpHttp = await listenHttp(otlpApp, { host, port: otlpHttpPort }).catch(
      goOnWithout("OTLP/HTTP there", "otlp-http-port"),
    );
  }
  if (grpcPort !== null) {
    const grpc = createGrpcReceiver({ ...otlp, log });
    closers.push(() => closeGrpc(grpc, DRAIN_MS));
    addresses.grpc = await listenOnGrpc(grpc, { host, port: grpcPort }).catch(
      goOnWithout("OTLP/gRPC", "grpc-port"),
    );
  }
  return { addresses, warnings };
}
