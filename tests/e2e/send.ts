import { credentials, Client, Metadata } from "@grpc/grpc-js";

/** Posts an export request over OTLP/HTTP; throws unless all of it is accepted. */
export function postTraces(
  url: string,
  body: string | Uint8Array,
  contentType: string,
  project?: string,
): Promise<void> {
  return post(`${url}/v1/traces`, body, contentType, project);
}

/** {@link postTraces} for log records. */
export function postLogs(
  url: string,
  body: string | Uint8Array,
  contentType: string,
  project?: string,
): Promise<void> {
  return post(`${url}/v1/logs`, body, contentType, project);
}

async function post(
  url: string,
  body: string | Uint8Array,
  contentType: string,
  project: string | undefined,
): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": contentType, ...(project ? { "x-project-name": project } : {}) },
    body: typeof body === "string" ? body : new Uint8Array(body),
  });
  if (response.status !== 200) throw new Error(`answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}

const SERVICES = {
  traces: "opentelemetry.proto.collector.trace.v1.TraceService",
  logs: "opentelemetry.proto.collector.logs.v1.LogsService",
};

/** Sends an export request's bytes over OTLP/gRPC; throws unless it is answered OK. */
export async function sendOverGrpc(
  address: string,
  bytes: Uint8Array,
  project?: string,
  signal: keyof typeof SERVICES = "traces",
): Promise<void> {
  const client = new Client(address, credentials.createInsecure());
  const metadata = new Metadata();
  if (project) metadata.set("x-project-name", project);
  try {
    await new Promise<void>((resolve, reject) => {
      client.makeUnaryRequest(
        `/${SERVICES[signal]}/Export`,
        (request: Uint8Array) => Buffer.from(request),
        (response: Buffer) => response,
        bytes,
        metadata,
        (error) => (error ? reject(error) : resolve()),
      );
    });
  } finally {
    client.close();
  }
}
