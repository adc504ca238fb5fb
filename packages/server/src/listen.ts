import type { AddressInfo } from "node:net";
import type { Server as GrpcServer } from "@grpc/grpc-js";
import type { FastifyInstance } from "fastify";
import { listenGrpc } from "./receive/otlp-grpc.ts";

/** The server's own port cannot be had. The message says which, why, and how to choose another. */
export class PortError extends Error {
  override name = "PortError";
}

interface Address {
  host: string;
  port: number;
}

/** Listens and returns the URL. @throws PortError */
export async function listenHttp(app: FastifyInstance, address: Address): Promise<string> {
  try {
    await app.listen(address);
  } catch (error) {
    throw new PortError(whyNot(error, address), { cause: error });
  }
  const { port } = app.server.address() as AddressInfo;
  return `http://${urlHost(address.host)}:${port}`;
}

/** Listens and returns `host:port`. Rejects as {@link listenHttp} does. */
export async function listenOnGrpc(server: GrpcServer, address: Address): Promise<string> {
  try {
    return `${urlHost(address.host)}:${await listenGrpc(server, address)}`;
  } catch (error) {
    throw new PortError(whyNot(error, address), { cause: error });
  }
}

/** Takes no new requests and waits for those in flight; after the time, their connections are cut. */
export async function closeHttp(app: FastifyInstance, timeoutMs: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), timeoutMs);
  await app.close();
  clearTimeout(timer);
}

function whyNot(error: unknown, { host, port }: Address): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes("EADDRINUSE")) return `Port ${port} on ${host} is in use.`;
  if (message.includes("EACCES")) return `Port ${port} needs rights that this user does not have.`;
  if (/EADDRNOTAVAIL|ENOTFOUND|EAI_/.test(message)) return `${host} is no address of this machine (--host).`;
  return `Port ${port} on ${host} cannot be opened: ${message}.`;
}

function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
