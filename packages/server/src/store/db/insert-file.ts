import { closeSync, ftruncateSync, openSync, rmSync, write } from "node:fs";
import { promisify } from "node:util";

const writeAt = promisify(write);

/**
 * The file that holds the rows of one insert, for the engine to read. It stays open, so that each insert costs one turn of
 * the event loop and not one for opening, writing and closing each. For one writer at a time; only its owner may read it.
 */
export class InsertFile {
  readonly path: string;
  readonly #fd: number;

  /** @throws what the file system says when the file cannot be made. */
  constructor(path: string) {
    this.path = path;
    this.#fd = openSync(path, "w", 0o600);
  }

  /** Makes `rows` all that is in the file. Rejects with what the file system says, a full disk for one. */
  async replace(rows: Buffer): Promise<void> {
    ftruncateSync(this.#fd, 0);
    for (let done = 0; done < rows.length;) {
      const { bytesWritten } = await writeAt(this.#fd, rows, done, rows.length - done, done);
      done += bytesWritten;
    }
  }

  remove(): void {
    closeSync(this.#fd);
    rmSync(this.path, { force: true });
  }
}
