/** More is coming in than can be written; try again. */
export class OverloadedError extends Error {
  override name = "OverloadedError";
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Nothing can be written at the moment (the disk is full, the engine is failing, we are stopping); try again. */
export class StoreUnavailableError extends Error {
  override name = "StoreUnavailableError";
  readonly retryAfterSeconds: number;

  constructor(message: string, options: { retryAfterSeconds?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.retryAfterSeconds = options.retryAfterSeconds ?? 10;
  }
}

export interface RefusedRow {
  /** Position among the items that were submitted. */
  index: number;
  reason: string;
}

/** The store cannot hold some of the items, however often they are sent. All others are on disk. */
export class RowsRefusedError extends Error {
  override name = "RowsRefusedError";
  readonly refused: readonly RefusedRow[];

  constructor(refused: readonly RefusedRow[], noun = "spans") {
    super(`${refused.length} ${noun} could not be stored: ${refused[0]?.reason ?? ""}`);
    this.refused = refused;
  }
}
