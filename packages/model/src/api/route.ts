import type { z } from "zod";

/**
 * One entry of the HTTP contract. Paths use `:name` for parameters. The server validates `params`, `query` and
 * `body` (JSON) against these schemas and documents them in OpenAPI; the client builds typed calls
 * from them. Responses are described, and checked in tests, but not re-validated on each call.
 */
export interface Route<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  R extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
> {
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
  /** One line, for OpenAPI and docs/api.md. */
  summary: string;
  params: P;
  query: Q;
  /** Absent where none is taken. */
  body?: B;
  response: R;
  /** Error codes beside the ones every route has (`bad_request`, `internal`). */
  errors: readonly ErrorCode[];
}

export const ERROR_CODES = {
  bad_request: 400,
  forbidden: 403,
  not_found: 404,
  too_large: 413,
  unsupported_media_type: 415,
  overloaded: 429,
  internal: 500,
  unavailable: 503,
} as const;
export type ErrorCode = keyof typeof ERROR_CODES;

/** The one error shape of every JSON route. `hint` says what to do about it. */
export interface ApiError {
  error: { code: ErrorCode; message: string; hint?: string };
}

export function route<
  P extends z.ZodType,
  Q extends z.ZodType,
  R extends z.ZodType,
  B extends z.ZodType = z.ZodUndefined,
>(entry: Route<P, Q, R, B>): Route<P, Q, R, B> {
  return entry;
}
