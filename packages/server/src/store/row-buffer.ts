/** Rows one after the other, and where each one ends. */
export interface RowBytes {
  bytes: Buffer;
  /** Byte offset behind row `i`; as long as there are rows. */
  ends: number[];
}

const FIRST_SIZE = 1 << 20;
/** A scratch buffer larger than this is not kept. */
const KEPT_SIZE = 32 << 20;
/** Up to here the room a text may need (3 bytes for each UTF-16 unit) is simply assumed. */
const ASSUME_LENGTH = 64 << 10;

let scratch = Buffer.allocUnsafe(FIRST_SIZE);

/**
 * Gathers rows of text as UTF-8, each written straight into one scratch buffer: joining them first would
 * make the whole text as wide as its widest character. Only one can be in use at a time: fill and finish
 * it without awaiting in between.
 */
export class RowBuffer {
  readonly #ends: number[] = [];
  #length = 0;

  add(row: string): void {
    const room = row.length <= ASSUME_LENGTH ? row.length * 3 : Buffer.byteLength(row);
    if (this.#length + room > scratch.length) {
      const larger = Buffer.allocUnsafe(Math.max(scratch.length * 2, this.#length + room));
      scratch.copy(larger, 0, 0, this.#length);
      scratch = larger;
    }
    this.#length += scratch.write(row, this.#length, "utf8");
    this.#ends.push(this.#length);
  }

  /** The rows, in memory of their own. */
  finish(): RowBytes {
    const bytes = Buffer.allocUnsafeSlow(this.#length);
    scratch.copy(bytes, 0, 0, this.#length);
    if (scratch.length > KEPT_SIZE) scratch = Buffer.allocUnsafe(FIRST_SIZE);
    return { bytes, ends: this.#ends };
  }
}
