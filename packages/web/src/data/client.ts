import type { ApiError, ErrorCode, Route } from "@nightowl/model/api/route";
import type { z } from "zod";

export interface CallInput<R extends Route> {
  params: z.input<R["params"]>;
  query?: z.input<R["query"]>;
}

/** What went wrong with a call. `code` is the server's, or `unreachable` when no answer came at all. */
export class CallError extends Error {
  readonly code: ErrorCode | "unreachable";
  readonly status: number;
  readonly hint: string | undefined;
  constructor(code: ErrorCode | "unreachable", status: number, message: string, hint?: string) {
    super(message);
    this.name = "CallError";
    this.code = code;
    this.status = status;
    this.hint = hint;
  }
}

/**
 * Calls one entry of the contract on the server that served this page.
 * Throws {@link CallError}; an abort is thrown as the browser's own `AbortError`.
 */
export async function call<R extends Route>(
  route: R,
  input: CallInput<R>,
  options: { signal?: AbortSignal } = {},
): Promise<z.output<R["response"]>> {
  const url = routePath(route.path, input.params as Record<string, unknown>) + queryText(input.query);
  let response: Response;
  try {
    response = await fetch(url, {
      method: route.method,
      headers: { accept: "application/json" },
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw unreachable();
  }
  if (!response.ok) throw await readError(response);
  return (await response.json()) as z.output<R["response"]>;
}

/** `/api/traces/:traceId` and `{traceId}` → `/api/traces/4f…`, each value escaped. */
export function routePath(path: string, params: Record<string, unknown>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
}

function queryText(query: unknown): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries((query ?? {}) as Record<string, unknown>)) {
    if (value !== undefined && value !== "") search.set(key, String(value));
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

function unreachable(): CallError {
  return new CallError(
    "unreachable",
    0,
    "The server does not answer.",
    `Is Nightowl still running at ${globalThis.location.host}?`,
  );
}

async function readError(response: Response): Promise<CallError> {
  try {
    const { error } = (await response.json()) as ApiError;
    return new CallError(error.code, response.status, error.message, error.hint);
  } catch {
    // Not our server's words: a proxy between, most often.
    if (response.status === 502 || response.status === 504) return unreachable();
    return new CallError(
      "internal",
      response.status,
      `The server answered ${response.status} ${response.statusText}.`,
    );
  }
}
