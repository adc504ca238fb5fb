/** Spans that did not arrive, and why. Said in the log at most once a minute, counted always. */
export interface Losses {
  /** No room in the queue. */
  queueFull: number;
  /** The destination could not be reached, or refused the request. */
  exportFailed: number;
  /** The destination took the request, and refused these spans of it. */
  rejected: number;
}

const QUIET_MS = 60_000;

/** Counts the losses of one destination and says so, the first time at once and then at most once a minute. */
export class LossLog {
  readonly losses: Losses = { queueFull: 0, exportFailed: 0, rejected: 0 };
  readonly destination: string;
  readonly #log: (line: string) => void;
  readonly #nowMs: () => number;
  #saidMs = -Infinity;
  #unsaid = 0;

  /** `nowMs` is a clock that never goes back. */
  constructor(destination: string, log: (line: string) => void, nowMs = (): number => performance.now()) {
    this.destination = destination;
    this.#log = log;
    this.#nowMs = nowMs;
  }

  add(reason: keyof Losses, spans: number, detail: string): void {
    this.losses[reason] += spans;
    this.#unsaid += spans;
    const nowMs = this.#nowMs();
    if (nowMs - this.#saidMs < QUIET_MS) return;
    this.#saidMs = nowMs;
    const counted = this.#unsaid === 1 ? "1 span was" : `${this.#unsaid} spans were`;
    this.#unsaid = 0;
    try {
      this.#log(`nightowl: ${counted} not sent to ${this.destination}: ${detail}`);
    } catch {
      // The application's log is not the SDK's to fail over.
    }
  }
}
