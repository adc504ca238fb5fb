import { ERROR_CODES, type ApiError, type ErrorCode } from "@nightowl/model/api/route";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { z } from "zod";
import { QueryInputError } from "../queries/query-input-error.ts";

/** The one shape of an error, for OpenAPI. */
export const apiErrorSchema = z.object({
  error: z.object({
    code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]),
    message: z.string(),
    hint: z.string().optional(),
  }),
});

/** An answer that is an error: what went wrong, and what to do about it. */
export class HttpError extends Error {
  override name = "HttpError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

export function sendError(reply: FastifyReply, error: HttpError): FastifyReply {
  const body: ApiError = {
    error: { code: error.code, message: error.message, ...(error.hint ? { hint: error.hint } : {}) },
  };
  return reply
    .code(ERROR_CODES[error.code])
    .header("cache-control", "no-store")
    .type("application/json; charset=utf-8")
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(body);
}

/** Fastify's error handler of every JSON route. What nobody foresaw goes to the log, not to the client. */
export function answerError(
  error: FastifyError | HttpError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  return sendError(reply, toHttpError(error, request));
}

function toHttpError(error: FastifyError | HttpError, request: FastifyRequest): HttpError {
  if (error instanceof HttpError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const problems = error.validation.map((issue) => {
      const path = issue.instancePath.replace(/^\//, "").replaceAll("/", ".");
      return path === "" ? issue.message : `${path}: ${issue.message}`;
    });
    return new HttpError(
      "bad_request",
      problems.join("; "),
      "docs/api.md and /openapi.json list every parameter.",
    );
  }
  if (error instanceof QueryInputError) return new HttpError(error.code, error.message, error.hint);
  if (error.statusCode === 413) return new HttpError("too_large", error.message);
  if (error.statusCode === 415) return new HttpError("unsupported_media_type", error.message);
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new HttpError("bad_request", error.message);
  }
  request.log.error({ err: error, route: request.routeOptions.url }, "a request failed");
  return new HttpError(
    "internal",
    "The server failed to answer.",
    "Its log says why; the request may be tried again.",
  );
}
