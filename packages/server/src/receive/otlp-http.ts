import cors from "@fastify/cors";
import {
  encodeExportResponse,
  encodeStatus,
  type OtlpEncoding,
  type OtlpSignal,
} from "@nightowl/otlp/encode/response";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from "fastify";
import { ByteBudget } from "./byte-budget.ts";
import { decompress, parseContentEncoding } from "./decompress.ts";
import type { Exports } from "./export-request.ts";
import { headerText } from "./project-name.ts";
import { readBody } from "./read-body.ts";
import { Refusal, unsupported } from "./refusal.ts";
import { toRefusal } from "./to-refusal.ts";

export interface OtlpHttpOptions {
  exports: Exports;
  maxBodyBytes: number;
  maxDecompressedBytes: number;
  /** Shared by every port that receives. */
  budget: ByteBudget;
  /** Empty: no page of another origin may send. */
  corsOrigins: readonly string[];
}

const CONTENT_TYPES: Record<OtlpEncoding, string> = {
  protobuf: "application/x-protobuf",
  json: "application/json",
};

const SIGNALS: Record<OtlpSignal, { summary: string; message: string }> = {
  traces: {
    summary: "OTLP export of traces, in protobuf or JSON; answered when the spans are on disk.",
    message: "ExportTraceService",
  },
  logs: {
    summary: "OTLP export of log records, in protobuf or JSON; answered when they are on disk.",
    message: "ExportLogsService",
  },
};

/** For OpenAPI only: bodies are OTLP's, and not validated against a schema. */
function schemaOf(signal: OtlpSignal): FastifySchema {
  const { summary, message } = SIGNALS[signal];
  return {
    tags: ["otlp"],
    summary,
    description: `${message}Request as application/x-protobuf or application/json, plain or compressed with gzip, deflate or zstd. Answers ${message}Response, or google.rpc.Status for errors, in the same encoding.`,
  };
}

/**
 * OTLP over HTTP: `POST /v1/traces` and `POST /v1/logs`, and a plain answer for metrics, which are not kept.
 * Spec: https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export async function otlpHttpRoutes(app: FastifyInstance, options: OtlpHttpOptions): Promise<void> {
  // Bodies are read by the route itself: it knows the limits, the encodings and how to say no.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null, undefined));
  app.setErrorHandler<FastifyError>((error, request, reply) =>
    sendRefusal(toRefusal(error, request.log), request, reply),
  );

  if (options.corsOrigins.length > 0) {
    await app.register(cors, {
      origin: options.corsOrigins.includes("*") ? "*" : [...options.corsOrigins],
      methods: ["POST"],
      maxAge: 600,
    });
  }

  for (const signal of Object.keys(SIGNALS) as OtlpSignal[]) {
    app.post(`/v1/${signal}`, { schema: schemaOf(signal) }, async (request, reply) => {
      const encoding = parseContentType(request.headers["content-type"]);
      const compression = parseContentEncoding(request.headers["content-encoding"]);
      const account = options.budget.open();
      try {
        const body = await readBody(request.raw, { maxBytes: options.maxBodyBytes, account });
        const bytes = await decompress(body, compression, {
          maxBytes: options.maxDecompressedBytes,
          account,
        });
        const outcome = await options.exports[signal]({
          bytes,
          encoding,
          projectHeader: headerText(request.headers["x-project-name"]),
        });
        return sendBytes(reply, 200, encoding, encodeExportResponse(signal, outcome, encoding));
      } finally {
        account.close();
      }
    });

    app.route({
      method: ["GET", "PUT", "PATCH", "DELETE"],
      url: `/v1/${signal}`,
      schema: { hide: true },
      handler: async (request, reply) => {
        reply.header("allow", "POST");
        throw new Refusal(`${request.method} is not answered here: ${signal} are sent with POST.`, {
          httpStatus: 405,
          rpcCode: "UNIMPLEMENTED",
        });
      },
    });
  }

  app.post("/v1/metrics", { schema: METRICS_SCHEMA }, async () => {
    throw new Refusal(
      "This server keeps traces and logs, no metrics. Turn the exporter of metrics off (OTEL_METRICS_EXPORTER=none).",
      { httpStatus: 404, rpcCode: "UNIMPLEMENTED" },
    );
  });
}

const METRICS_SCHEMA: FastifySchema = {
  tags: ["otlp"],
  summary: "Answered 404: this version keeps no metrics.",
};

/** @throws Refusal 415 */
function parseContentType(header: string | undefined): OtlpEncoding {
  const [type = "", ...parameters] = (header ?? "").split(";").map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith("charset="))?.slice("charset=".length);
  if (type === "application/x-protobuf" || type === "application/protobuf") return "protobuf";
  if (type === "application/json") {
    if (charset === undefined || ["utf-8", "utf8", "us-ascii"].includes(charset.replaceAll('"', "")))
      return "json";
    throw unsupported(`JSON is read as UTF-8 only, not as "${charset.slice(0, 50)}".`);
  }
  throw unsupported(
    `Content-Type ${type === "" ? "is missing" : `"${type.slice(0, 100)}" is not understood`}; ${CONTENT_TYPES.protobuf} and ${CONTENT_TYPES.json} are.`,
  );
}

/** In the encoding that was asked in; JSON, which people can read, where that is not known. */
function sendRefusal(refusal: Refusal, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const type = (request.headers["content-type"] ?? "").toLowerCase();
  const encoding: OtlpEncoding = /^application\/(x-)?protobuf\b/.test(type) ? "protobuf" : "json";
  if (refusal.retryAfterSeconds !== undefined) reply.header("retry-after", String(refusal.retryAfterSeconds));
  // What is left of a body nobody read must not be taken for the next request.
  if (!request.raw.readableEnded && !request.raw.complete) reply.header("connection", "close");
  return sendBytes(
    reply,
    refusal.httpStatus,
    encoding,
    encodeStatus({ code: refusal.rpcCode, message: refusal.message }, encoding),
  );
}

function sendBytes(
  reply: FastifyReply,
  status: number,
  encoding: OtlpEncoding,
  bytes: Uint8Array,
): FastifyReply {
  return reply
    .code(status)
    .header("content-type", CONTENT_TYPES[encoding])
    .serializer((payload: unknown) => payload as string)
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}
