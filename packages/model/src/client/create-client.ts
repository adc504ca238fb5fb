import type { z } from "zod";
import type { ApiError, ErrorCode, Route } from "../api/route.ts";

/**
 * A call that was not answered with its response. `status` 0 means that no answer came at all (`unreachable`)
 * or that it was not the API's (`bad_response`); otherwise `code`, `message` and `hint` are the server's.
 */
export class ApiCallError extends Error {
  override name = "ApiCallError";
  readonly status: number;
  readonly code: ErrorCode | "unreachable" | "bad_response";
  readonly hint: string | undefined;

  constructor(
    status: number,
    code: ApiCallError["code"],
    message: string,
    hint?: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

type ParamsOf<R extends Route> = { [K in keyof z.input<R["params"]>]: string };

/**
 * Query parameters as typed values. Numbers and booleans are written as text, arrays as repeated parameters;
 * undefined is left out.
 */
type QueryOf<R extends Route> = {
  [K in keyof z.input<R["query"]>]?: z.output<R["query"]>[K & keyof z.output<R["query"]>];
};

/** A part of the input may be left out when nothing in it is required. */
type Part<Name extends string, T> = string extends keyof T
  ? { [K in Name]?: undefined }
  : Partial<T> extends T
    ? { [K in Name]?: T }
    : { [K in Name]: T };

/** The body as it is sent. */
type BodyOf<R extends Route> = BodyInput<z.input<NonNullable<R["body"]>>>;
type BodyInput<T> = unknown extends T
  ? { body?: unknown }
  : T extends undefined
    ? { body?: undefined }
    : { body: T };

export type CallInput<R extends Route> = Part<"params", ParamsOf<R>> & Part<"query", QueryOf<R>> & BodyOf<R>;

export interface Client {
  /**
   * Calls one route of the contract. Rejects with {@link ApiCallError}; an aborted call rejects with the
   * signal's own reason, as fetch does.
   */
  call<R extends Route>(
    route: R,
    input: CallInput<R>,
    options?: { signal?: AbortSignal },
  ): Promise<z.output<R["response"]>>;
}

/** `baseUrl` is the server's root (`http://127.0.0.1:6006`, or `""` in its own page); a path in it is kept. */
export function createClient(options: { baseUrl: string; fetch?: typeof fetch }): Client {
  const base = options.baseUrl.replace(/\/+$/, "");
  const send = options.fetch ?? ((input, init) => fetch(input, init));
  return {
    async call(route, input, { signal } = {}) {
      const { params, query, body } = input as {
        params?: Record<string, string>;
        query?: Record<string, unknown>;
        body?: unknown;
      };
      const url = base + buildPath(route, params ?? {}) + buildQuery(query ?? {});
      let response: Response;
      try {
        const init: RequestInit = { method: route.method, headers: { accept: "application/json" } };
        if (body !== undefined) {
          init.body = JSON.stringify(body);
          init.headers = { ...init.headers, "content-type": "application/json" };
        }
        if (signal) init.signal = signal;
        response = await send(url, init);
      } catch (cause) {
        if (signal?.aborted) throw cause;
        throw unreachable(base, cause);
      }
      return readAnswer(response, url, base, signal);
    },
  };
}

/** The route's path with its `:name` parameters filled in and escaped. Throws when one is missing. */
export function buildPath(route: Route, params: Record<string, string>): string {
  return route.path.replace(/:([a-zA-Z]+)/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new TypeError(`${route.path} needs the parameter ${name}`);
    return encodeURIComponent(value);
  });
}

function buildQuery(query: Record<string, unknown>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null) search.append(name, String(item));
    }
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

function unreachable(base: string, cause: unknown): ApiCallError {
  const where = base === "" ? "the server" : base;
  return new ApiCallError(
    0,
    "unreachable",
    `Cannot reach ${where}: ${describe(cause)}`,
    "Is Nightowl running there? Start it with `nightowl serve`.",
    { cause },
  );
}

/** fetch says only "fetch failed"; the reason hangs below it. */
function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const inner = cause.cause;
  return inner instanceof Error && inner.message !== "" ? inner.message : cause.message;
}

async function readAnswer<T>(
  response: Response,
  url: string,
  base: string,
  signal?: AbortSignal,
): Promise<T> {
  let text: string;
  try {
    text = await response.text();
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw unreachable(base, cause);
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  if (response.ok && body !== undefined) return body as T;
  if (isApiError(body)) {
    throw new ApiCallError(response.status, body.error.code, body.error.message, body.error.hint);
  }
  throw new ApiCallError(
    response.ok ? 0 : response.status,
    "bad_response",
    `${url} answered ${response.status} with something that is not the API's JSON`,
    "Is there another server, or a proxy, at this address?",
  );
}

function isApiError(body: unknown): body is ApiError {
  const error = (body as Partial<ApiError> | null | undefined)?.error;
  return typeof error?.code === "string" && typeof error.message === "string";
}
