import type { FastifyBaseLogger } from "fastify";
import { OverloadedError, StoreUnavailableError } from "../ingest/errors.ts";
import { badRequest, overloaded, Refusal, unavailable, unsupported } from "./refusal.ts";

/**
 * Whatever went wrong with an export, as an answer. Ingest's two errors are retryable, and so is
 * what nobody foresaw: a sender that keeps its spans loses nothing by our mistake.
 */
export function toRefusal(error: unknown, log: Pick<FastifyBaseLogger, "error">): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof OverloadedError) return overloaded(error.message, error.retryAfterSeconds);
  if (error instanceof StoreUnavailableError) return unavailable(error.message, error.retryAfterSeconds);
  const status = httpStatusOf(error);
  if (status === 415) return unsupported(error instanceof Error ? error.message : "Unsupported media type.");
  if (status !== undefined && status >= 400 && status < 500) {
    return badRequest(error instanceof Error ? error.message : "The request cannot be read.");
  }
  log.error({ err: error }, "an export failed");
  return new Refusal("The server failed to take the request; its log says why.", {
    httpStatus: 500,
    rpcCode: "INTERNAL",
  });
}

/** The status that Fastify gives its own errors, such as a Content-Type that is none. */
function httpStatusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("statusCode" in error)) return undefined;
  return typeof error.statusCode === "number" ? error.statusCode : undefined;
}
