import { joinJsonRequest } from "./split-json.ts";
import { readPartialSuccess, readStatusMessage } from "./split-protobuf.ts";
import type { Encoding, Piece } from "./read-export-file.ts";

/** What became of the spans that were sent. */
export interface SendResult {
  acceptedSpans: number;
  rejectedSpans: number;
  /** Why spans were rejected, each once, with the line it concerns where one is known. */
  reasons: string[];
  /** What the server remarked on spans that it did accept. */
  warnings: string[];
}

export interface SendOptions {
  /** The server's root, `http://127.0.0.1:6006`. */
  url: string;
  /** Sent as `x-project-name`. */
  project?: string;
  maxBatchBytes: number;
  fetch?: typeof fetch;
  /** Replaced in tests. */
  sleep?: (ms: number) => Promise<void>;
}

/** The server cannot be reached, or goes on refusing: there is no use in sending more. */
export class SendError extends Error {
  override name = "SendError";
}

const MAX_BATCH_SPANS = 5000;
const PARALLEL_REQUESTS = 4;
const MAX_ATTEMPTS = 12;
const RETRIED_STATUS = new Set([429, 502, 503, 504]);
/** About what was sent; any other refusal (no such route, no permission) would meet every request alike. */
const REFUSED_CONTENT = new Set([400, 413, 422]);

/**
 * Sends pieces in requests of up to `maxBatchBytes`, a few at a time. Waits and tries again when the server is
 * busy (429, 503: as long as `Retry-After` says). A request that is refused as a whole is halved until the
 * piece that it is refused for stands alone, so nothing else is lost. Throws {@link SendError}.
 */
export async function sendPieces(pieces: AsyncIterable<Piece>, options: SendOptions): Promise<SendResult> {
  const result: SendResult = { acceptedSpans: 0, rejectedSpans: 0, reasons: [], warnings: [] };
  const running = new Set<Promise<void>>();
  let failure: unknown;
  for await (const batch of batched(pieces, options.maxBatchBytes)) {
    const task: Promise<void> = sendBatch(batch, options, result)
      .catch((error: unknown) => void (failure ??= error))
      .finally(() => running.delete(task));
    running.add(task);
    if (running.size >= PARALLEL_REQUESTS) await Promise.race(running);
    if (failure) break;
  }
  await Promise.all(running);
  if (failure) throw failure;
  result.reasons = [...new Set(result.reasons)];
  result.warnings = [...new Set(result.warnings)];
  return result;
}

async function* batched(pieces: AsyncIterable<Piece>, maxBytes: number): AsyncGenerator<Piece[]> {
  let batch: Piece[] = [];
  let [bytes, spans] = [0, 0];
  for await (const piece of pieces) {
    const full = bytes + piece.bytes.length > maxBytes || spans + piece.spanCount > MAX_BATCH_SPANS;
    if (batch.length > 0 && (full || batch[0]?.encoding !== piece.encoding)) {
      yield batch;
      batch = [];
      [bytes, spans] = [0, 0];
    }
    batch.push(piece);
    bytes += piece.bytes.length + 1;
    spans += piece.spanCount;
  }
  if (batch.length > 0) yield batch;
}

async function sendBatch(batch: Piece[], options: SendOptions, result: SendResult): Promise<void> {
  const encoding = batch[0]?.encoding ?? "json";
  const spanCount = batch.reduce((sum, piece) => sum + piece.spanCount, 0);
  const bodies = batch.map((piece) => piece.bytes);
  const answer = await post(
    encoding === "json" ? joinJsonRequest(bodies) : Buffer.concat(bodies),
    encoding,
    options,
  );
  const where = batch.length === 1 && batch[0]?.where ? `${batch[0].where}: ` : "";
  if (answer.ok) {
    result.acceptedSpans += spanCount - answer.rejectedSpans;
    result.rejectedSpans += answer.rejectedSpans;
    if (answer.message)
      (answer.rejectedSpans > 0 ? result.reasons : result.warnings).push(where + answer.message);
  } else if (batch.length > 1) {
    const middle = Math.ceil(batch.length / 2);
    await sendBatch(batch.slice(0, middle), options, result);
    await sendBatch(batch.slice(middle), options, result);
  } else {
    result.rejectedSpans += spanCount;
    result.reasons.push(`${where}answered ${answer.status}: ${answer.message}`);
  }
}

type Answer =
  | { ok: true; rejectedSpans: number; message: string }
  | { ok: false; status: number; message: string };

/** One request, tried again while the server is busy. `ok: false` is a refusal of what was sent (4xx). */
async function post(body: Uint8Array, encoding: Encoding, options: SendOptions): Promise<Answer> {
  const send = options.fetch ?? fetch;
  const sleep = options.sleep ?? ((ms: number) => new Promise((resolve) => setTimeout(resolve, ms)));
  const headers: Record<string, string> = {
    "content-type": encoding === "json" ? "application/json" : "application/x-protobuf",
  };
  if (options.project !== undefined) headers["x-project-name"] = options.project;
  let problem = "";
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    let response: Response;
    try {
      response = await send(`${options.url}/v1/traces`, {
        method: "POST",
        headers,
        body: new Uint8Array(body),
      });
    } catch (error) {
      problem = connectionProblem(error);
      // Nobody listens: that will not pass in a moment. Anything else may.
      if (problem.includes("ECONNREFUSED") || problem.includes("ENOTFOUND")) break;
      await sleep(backoffMs(attempt));
      continue;
    }
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (response.ok) return { ok: true, ...readSuccess(bytes, response) };
    const message = readFailure(bytes, response) || response.statusText;
    if (!RETRIED_STATUS.has(response.status)) {
      if (!REFUSED_CONTENT.has(response.status))
        throw new SendError(`${options.url} answered ${response.status}: ${message}`);
      return { ok: false, status: response.status, message };
    }
    problem = `it answers ${response.status}: ${message}`;
    await sleep(retryAfterMs(response.headers.get("retry-after")) ?? backoffMs(attempt));
  }
  throw new SendError(`cannot send to ${options.url}: ${problem}`);
}

/** `Retry-After` in seconds or as an HTTP date → milliseconds, at most a minute; undefined where it says nothing. */
export function retryAfterMs(header: string | null, nowMs: number = Date.now()): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(60_000, Math.max(0, ms));
}

function backoffMs(attempt: number): number {
  return Math.min(10_000, 250 * 2 ** attempt);
}

function connectionProblem(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return String(cause);
  const { code } = cause as { code?: unknown };
  return typeof code === "string" && !cause.message.includes(code)
    ? `${code} ${cause.message}`
    : cause.message;
}

function readSuccess(bytes: Uint8Array, response: Response): { rejectedSpans: number; message: string } {
  if (!isJson(response)) {
    const { rejectedSpans, errorMessage } = readPartialSuccess(bytes);
    return { rejectedSpans, message: errorMessage };
  }
  const body = parseJson(bytes) as
    | { partialSuccess?: { rejectedSpans?: unknown; errorMessage?: unknown } }
    | undefined;
  return {
    rejectedSpans: Number(body?.partialSuccess?.rejectedSpans ?? 0),
    message: text(body?.partialSuccess?.errorMessage),
  };
}

function readFailure(bytes: Uint8Array, response: Response): string {
  if (isJson(response)) {
    const body = parseJson(bytes) as { message?: unknown; error?: { message?: unknown } } | undefined;
    return text(body?.message) || text(body?.error?.message);
  }
  if (response.headers.get("content-type")?.includes("protobuf")) return readStatusMessage(bytes);
  return Buffer.from(bytes).toString("utf8").slice(0, 200);
}

function isJson(response: Response): boolean {
  return response.headers.get("content-type")?.includes("json") ?? false;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
