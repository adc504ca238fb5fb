import { closeSync, ftruncate, openSync, rmSync, writev } from "node:fs";
import { promisify } from "node:util";

const truncate = promisify(ftruncate);

/**
 * The file that holds the rows of one insert, for the engine to read. It stays open, so that each insert costs one turn of
 * the event loop and not one for opening, writing and closing each. For one writer at a time; only its owner may read it.
 */
export class InsertFile {
  readonly path: string;
  readonly #fd: number;
  /** Unknown (undefined) after a write that failed. */
  #size: number | undefined = 0;

  /** @throws what the file system says when the file cannot be made. */
  constructor(path: string) {
    this.path = path;
    this.#fd = openSync(path, "w", 0o600);
  }

  /**
   * Makes `rows`, one part after the other, all that is in the file. Rejects with what the file system says, a full disk for
   * one. Written over what was there: making a file empty first costs as much as the writing.
   */
  async replace(rows: readonly Buffer[]): Promise<void> {
    const size = this.#size;
    this.#size = undefined;
    let left = rows.filter(({ length }) => length > 0);
    let done = 0;
    while (left.length > 0) {
      const written = await this.#write(left, done);
      done += written;
      left = withoutFirst(left, written);
    }
    if (done !== size) await truncate(this.#fd, done);
    this.#size = done;
  }

  #write(parts: readonly Buffer[], position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      writev(this.#fd, parts, position, (error, written) => (error ? reject(error) : resolve(written)));
    });
  }

  remove(): void {
    closeSync(this.#fd);
    rmSync(this.path, { force: true });
  }
}

/** What is left of parts when so many of their bytes are written. */
function withoutFirst(parts: readonly Buffer[], bytes: number): Buffer[] {
  let from = bytes;
  const left: Buffer[] = [];
  for (const part of parts) {
    if (from < part.length) left.push(part.subarray(from));
    from = Math.max(0, from - part.length);
  }
  return left;
}
