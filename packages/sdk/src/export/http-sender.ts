import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

export interface HttpSenderOptions {
  url: string;
  headers: Record<string, string>;
  /** How long one body may take, with all its attempts. */
  timeoutMs: number;
  isCompressed: boolean;
}

const FIRST_WAIT_MS = 1000;
const MAX_WAIT_MS = 5000;
/** What a process that is about to end gives a server that does not answer. */
const HURRIED_MS = 2000;
const MAX_ANSWER_BYTES = 1 << 20;
/** A flush may send many batches; the rest waits for a connection. */
const MAX_CONNECTIONS = 8;
const RETRYABLE = new Set([429, 502, 503, 504]);

/** An attempt failed. `retryAfterMs` where another may do better; as the server asks, where it does. */
class AttemptError extends Error {
  override readonly name = "AttemptError";
  readonly retryAfterMs: number | "soon" | undefined;

  constructor(message: string, retry?: number | "soon") {
    super(message);
    this.retryAfterMs = retry;
  }
}

/**
 * Posts bodies to one address, again where that may help (a connection that failed; 429, 502, 503 and 504, with
 * `Retry-After`), and gives up when the time is over. Neither waiting nor a request on its way keeps the process
 * alive; whoever waits for the outcome does. Redirects are not followed: they would take the headers' keys along.
 */
export class HttpSender {
  readonly #options: HttpSenderOptions;
  readonly #agent: HttpAgent | HttpsAgent;
  /** Ends the waits between attempts. */
  readonly #wake = new Set<() => void>();
  /** Ends the requests that are on their way. */
  readonly #abort = new Set<() => void>();
  #hurriedTimer: NodeJS.Timeout | undefined;
  #isHurried = false;

  constructor(options: HttpSenderOptions) {
    this.#options = options;
    const AgentClass = options.url.startsWith("https:") ? HttpsAgent : HttpAgent;
    this.#agent = new AgentClass({ keepAlive: true, maxSockets: MAX_CONNECTIONS });
  }

  /** Resolves with the body of the answer; rejects with an Error that says what the last attempt met. */
  async send(body: Uint8Array): Promise<Uint8Array> {
    const { timeoutMs, isCompressed } = this.#options;
    const payload = isCompressed ? await promisify(gzip)(body) : body;
    const deadlineMs = performance.now() + timeoutMs;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#post(payload, deadlineMs - performance.now());
      } catch (error) {
        const asked = error instanceof AttemptError ? error.retryAfterMs : undefined;
        const waitMs = asked === "soon" ? backoffMs(attempt) : asked;
        if (waitMs === undefined || this.#isHurried || performance.now() + waitMs >= deadlineMs) throw error;
        await this.#wait(waitMs);
      }
    }
  }

  /** While hurried, waits end at once, nothing is tried twice, and no request takes longer than two seconds. */
  hurry(isHurried: boolean): void {
    this.#isHurried = isHurried;
    clearTimeout(this.#hurriedTimer);
    if (!isHurried) return;
    for (const wake of this.#wake) wake();
    this.#hurriedTimer = setTimeout(() => {
      for (const abort of this.#abort) abort();
    }, HURRIED_MS).unref();
  }

  /** Closes idle connections. */
  close(): void {
    this.hurry(false);
    this.#agent.destroy();
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#wake.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms).unref();
      this.#wake.add(wake);
    });
  }

  #post(payload: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    const { url, headers, isCompressed } = this.#options;
    const request = url.startsWith("https:") ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const outgoing = request(url, {
        method: "POST",
        agent: this.#agent,
        headers: {
          "user-agent": "nightowl-sdk",
          ...headers,
          ...(isCompressed ? { "content-encoding": "gzip" } : {}),
          "content-length": payload.byteLength,
        },
      });
      const abort = (): void => void outgoing.destroy(new AttemptError("the server did not answer in time"));
      const timer = setTimeout(abort, timeoutMs).unref();
      this.#abort.add(abort);
      outgoing.on("socket", (socket) => socket.unref());
      outgoing.on("close", () => {
        clearTimeout(timer);
        this.#abort.delete(abort);
      });
      outgoing.on("error", (error) => reject(toAttemptError(error)));
      outgoing.on("response", (response) => {
        readAnswer(response).then(resolve, (error: Error) => reject(toAttemptError(error)));
      });
      outgoing.end(payload);
    });
  }
}

async function readAnswer(response: IncomingMessage): Promise<Uint8Array> {
  const { statusCode = 0, statusMessage = "", headers } = response;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop closes the connection.
    if (bytes > MAX_ANSWER_BYTES) throw new AttemptError("the server's answer does not end");
    chunks.push(chunk);
  }
  if (statusCode >= 200 && statusCode < 300) return Buffer.concat(chunks);
  const message = `HTTP ${statusCode} ${statusMessage}`.trim();
  throw new AttemptError(
    message,
    RETRYABLE.has(statusCode) ? retryAfterMs(headers["retry-after"]) : undefined,
  );
}

/** Seconds or a date; "soon" where there is neither. */
function retryAfterMs(header: string | undefined): number | "soon" {
  if (header === undefined) return "soon";
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(ms, 0) : "soon";
}

/** A connection that failed may work the next time. */
function toAttemptError(error: Error & { code?: string }): AttemptError {
  if (error instanceof AttemptError) return error;
  const { code, message } = error;
  const text = code === undefined || message.includes(code) ? message : `${code} ${message}`.trim();
  return new AttemptError(text || "the connection failed", "soon");
}

function backoffMs(attempt: number): number {
  const jitter = 0.8 + Math.random() * 0.4;
  return Math.min(FIRST_WAIT_MS * 1.5 ** attempt * jitter, MAX_WAIT_MS);
}
