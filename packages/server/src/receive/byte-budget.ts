import { overloaded } from "./refusal.ts";

/**
 * How many bytes of request bodies may be in memory at once, over all requests. Each limit on one
 * body holds for that body only; this holds for a hundred of them that arrive together.
 */
export class ByteBudget {
  readonly #maxBytes: number;
  #usedBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** One request's part of the budget. Close it when the request has been answered. */
  open(): ByteAccount {
    return new ByteAccount((bytes) => {
      if (bytes > 0 && this.#usedBytes + bytes > this.#maxBytes) {
        throw overloaded("Too many large requests are being received at once. Try again shortly.");
      }
      this.#usedBytes += bytes;
    });
  }
}

export class ByteAccount {
  readonly #charge: (bytes: number) => void;
  #takenBytes = 0;

  constructor(charge: (bytes: number) => void) {
    this.#charge = charge;
  }

  /** @throws Refusal (429) when the budget is used up */
  take(bytes: number): void {
    this.#charge(bytes);
    this.#takenBytes += bytes;
  }

  close(): void {
    this.#charge(-this.#takenBytes);
    this.#takenBytes = 0;
  }
}
