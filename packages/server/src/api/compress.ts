import { Readable } from "node:stream";
import { promisify } from "node:util";
import { createGzip, gzip } from "node:zlib";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

const gzipAsync = promisify(gzip);
const MIN_BYTES = 4096;
const TEXT_TYPES = /^(application\/(json|javascript|manifest\+json)|text\/|image\/svg\+xml)/;

/**
 * Compresses large text answers where the client takes gzip: level 1, off the main thread. A trace
 * of 50,000 spans is 20 MB of JSON that says much the same on every line.
 */
export function compressAnswers(app: FastifyInstance): void {
  app.addHook("onSend", async (request, reply, payload) => {
    if (!isCompressible(request, reply)) return payload;
    if (payload instanceof Readable) {
      const length = Number(reply.getHeader("content-length"));
      if (length < MIN_BYTES) return payload;
      markCompressed(reply);
      return payload
        .on("error", (error) => request.log.error({ err: error }, "a file could not be read"))
        .pipe(createGzip({ level: 1 }));
    }
    if (typeof payload !== "string" && !Buffer.isBuffer(payload)) return payload;
    if (payload.length < MIN_BYTES) return payload;
    const compressed = await gzipAsync(payload, { level: 1 });
    markCompressed(reply);
    return compressed;
  });
}

function isCompressible(request: FastifyRequest, reply: FastifyReply): boolean {
  return (
    request.method === "GET" &&
    reply.statusCode === 200 &&
    reply.getHeader("content-encoding") === undefined &&
    TEXT_TYPES.test(String(reply.getHeader("content-type") ?? "")) &&
    acceptsGzip(String(request.headers["accept-encoding"] ?? ""))
  );
}

function acceptsGzip(header: string): boolean {
  return header.split(",").some((item) => {
    const [name, ...parameters] = item
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    return (
      (name === "gzip" || name === "*") && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
    );
  });
}

function markCompressed(reply: FastifyReply): void {
  reply
    .header("content-encoding", "gzip")
    .header("vary", "accept-encoding")
    .removeHeader("content-length")
    .removeHeader("accept-ranges");
}
