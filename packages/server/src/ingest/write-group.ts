import { DatabaseError } from "../store/db/database.ts";
import type { RowBytes } from "../store/row-buffer.ts";
import { StoreUnavailableError, type RefusedRow } from "./errors.ts";

/** Rows of one request, or of a part of a large one. `W`: what they touch. */
export interface Chunk<W = unknown> extends RowBytes {
  receivedNs: bigint;
  /** Position of the first row among the items of its request. */
  firstIndex: number;
  touched: W;
  resolve(refused: RefusedRow[]): void;
  reject(error: Error): void;
}

/** Either all is on disk but for what was refused (a list for each chunk), or the store could not write. */
export interface GroupOutcome {
  refused: RefusedRow[][];
  error?: StoreUnavailableError;
}

/**
 * What the engine says when a row is at fault and not the engine: it cannot be parsed or does not fit its
 * column. By ClickHouse's numbers: 6, 26, 27, 33, 38, 41, 72 parsing; 53, 69, 70, 131, 321 types, sizes and
 * nulls; 25, 117 escapes and data; 349 null in a column without.
 */
const ROW_ERRORS = new Set([6, 25, 26, 27, 33, 38, 41, 43, 53, 69, 70, 72, 117, 131, 321, 349]);
const MAX_REASON_LENGTH = 200;

/** Resolves when the rows, one part after the other, are on disk. */
export type InsertRows = (rows: readonly Buffer[], rowCount: number) => Promise<void>;

/** Writes chunks as one insert. When a row is at fault it is found by halving, and only it is lost. */
export async function writeGroup(insert: InsertRows, chunks: readonly Chunk[]): Promise<GroupOutcome> {
  try {
    await insert(
      chunks.map(({ bytes }) => bytes),
      chunks.reduce((sum, { ends }) => sum + ends.length, 0),
    );
    return { refused: [] };
  } catch (error) {
    if (!isRowError(error)) return { refused: [], error: unavailable(error) };
  }
  const rows = Buffer.concat(chunks.map(({ bytes }) => bytes));
  const ends: number[] = [];
  let start = 0;
  for (const chunk of chunks) {
    for (const end of chunk.ends) ends.push(start + end);
    start += chunk.bytes.length;
  }
  try {
    return { refused: perChunk(await writeRows(insert, rows, ends, 0, ends.length), chunks) };
  } catch (error) {
    return { refused: [], error: unavailable(error) };
  }
}

function isRowError(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && ROW_ERRORS.has(error.code);
}

async function writeRows(
  insert: InsertRows,
  rows: Buffer,
  ends: readonly number[],
  from: number,
  to: number,
): Promise<RefusedRow[]> {
  const bytes = rows.subarray(from === 0 ? 0 : ends[from - 1], ends[to - 1]);
  try {
    await insert([bytes], to - from);
    return [];
  } catch (error) {
    if (!isRowError(error)) throw error;
    if (to - from === 1) return [{ index: from, reason: reasonOf(error) }];
    const middle = (from + to) >> 1;
    return [
      ...(await writeRows(insert, rows, ends, from, middle)),
      ...(await writeRows(insert, rows, ends, middle, to)),
    ];
  }
}

function perChunk(refused: RefusedRow[], chunks: readonly Chunk[]): RefusedRow[][] {
  let first = 0;
  return chunks.map((chunk) => {
    const start = first;
    first += chunk.ends.length;
    return refused
      .filter(({ index }) => index >= start && index < first)
      .map(({ index, reason }) => ({ index: index - start + chunk.firstIndex, reason }));
  });
}

/** The engine's first sentence, without the row's content that it likes to print. */
function reasonOf({ message }: DatabaseError): string {
  const sentence = message
    .replace(/^(Code: \d+\. |DB::Exception: )+/, "")
    .split("\n", 1)[0]
    ?.replace(/: while .*|\(at row \d+\).*/, "");
  return `the store cannot hold it: ${(sentence ?? "").slice(0, MAX_REASON_LENGTH).toWellFormed().trim()}`;
}

function unavailable(error: unknown): StoreUnavailableError {
  const message = error instanceof Error ? error.message : String(error);
  const why = /No space left|NOT_ENOUGH_SPACE/i.test(message)
    ? "The disk of the data folder is full."
    : "The store cannot write at the moment.";
  return new StoreUnavailableError(why, { cause: error });
}
