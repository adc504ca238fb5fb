import OpenAI from "openai";
import { StreamCutError } from "./llm.ts";

/** An error that is answered with its status. */
export class HttpError extends Error {
  override name = "HttpError";
  readonly statusCode: number;
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    statusCode: number,
    code: string,
    message: string,
    options: { retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.statusCode = statusCode;
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/**
 * What a caller is told of an error: their own mistakes in full, trouble with the model as what it is, and of anything
 * else only that it happened. The trace has the rest.
 */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof OpenAI.APIConnectionTimeoutError)
    return new HttpError(504, "model_timeout", "The model did not answer in time", { cause: error });
  if (error instanceof OpenAI.RateLimitError)
    return new HttpError(503, "model_overloaded", "The model takes no more requests now", {
      retryAfterSeconds: 5,
      cause: error,
    });
  if (error instanceof OpenAI.APIError || error instanceof StreamCutError)
    return new HttpError(502, "model_failed", "The model could not be asked", { cause: error });
  // Fastify's own: a body that is no JSON, too large, of another type.
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new HttpError(statusCode, "bad_request", message ?? "The request cannot be read");
  return new HttpError(500, "internal", "Something went wrong; the trace says what", { cause: error });
}
