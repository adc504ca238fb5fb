/** Codes of google.rpc.Code that a receiver answers with. */
export const RPC_CODES = {
  INVALID_ARGUMENT: 3,
  NOT_FOUND: 5,
  RESOURCE_EXHAUSTED: 8,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
} as const;

/** An export request that gets no for an answer, in the words of both protocols. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly httpStatus: number;
  readonly rpcCode: number;
  /** Set: the sender may try again, after so many seconds. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    message: string,
    answer: { httpStatus: number; rpcCode: keyof typeof RPC_CODES; retryAfterSeconds?: number },
  ) {
    super(message);
    this.httpStatus = answer.httpStatus;
    this.rpcCode = RPC_CODES[answer.rpcCode];
    this.retryAfterSeconds = answer.retryAfterSeconds;
  }
}

export function badRequest(message: string): Refusal {
  return new Refusal(message, { httpStatus: 400, rpcCode: "INVALID_ARGUMENT" });
}

export function unsupported(message: string): Refusal {
  return new Refusal(message, { httpStatus: 415, rpcCode: "INVALID_ARGUMENT" });
}

/** Not retryable: the same request is as large the next time. */
export function tooLarge(message: string): Refusal {
  return new Refusal(message, { httpStatus: 413, rpcCode: "RESOURCE_EXHAUSTED" });
}

export function overloaded(message: string, retryAfterSeconds = 1): Refusal {
  return new Refusal(message, { httpStatus: 429, rpcCode: "RESOURCE_EXHAUSTED", retryAfterSeconds });
}

export function unavailable(message: string, retryAfterSeconds: number): Refusal {
  return new Refusal(message, { httpStatus: 503, rpcCode: "UNAVAILABLE", retryAfterSeconds });
}

/** A size for people: `67108864 bytes (64 MiB)`. */
export function formatBytes(bytes: number): string {
  const mib = bytes / 1024 ** 2;
  return mib >= 1 ? `${bytes} bytes (${Number(mib.toFixed(1))} MiB)` : `${bytes} bytes`;
}
