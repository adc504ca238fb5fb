/**
 * What the rest of the server knows of the database: SQL in, rows out. One implementation runs the engine
 * inside this process (`embedded.ts`); another over HTTP can stand beside it with the same SQL.
 */
export interface Database {
  /**
   * Runs one SELECT and returns all of its rows. Use {@link Database.stream} for results that do not belong
   * in memory. 64-bit integers come as decimal strings, 32-bit ones and floats as numbers.
   *
   * @throws {DatabaseError} what the engine says; {@link QueryTimeoutError} past the time limit;
   *   the signal's reason when it was aborted, also while waiting for a free connection.
   */
  query<T>(sql: string, params?: QueryParams, options?: QueryOptions): Promise<T[]>;
  /** {@link Database.query} with each row as an array of columns: half the bytes, for wide results. */
  queryArrays<T extends unknown[]>(sql: string, params?: QueryParams, options?: QueryOptions): Promise<T[]>;
  /** The whole answer as text in a ClickHouse output format, such as `CSVWithNames`. */
  queryText(sql: string, format: string, params?: QueryParams, options?: QueryOptions): Promise<string>;
  /** Rows as they are read; holds one connection until it is finished or left. */
  stream<T>(sql: string, params?: QueryParams, options?: QueryOptions): AsyncIterable<T>;
  /** Runs a statement that returns nothing (DDL, DELETE), after the commands that were sent before it. */
  command(sql: string, params?: QueryParams): Promise<void>;
  /**
   * Writes rows and resolves when they are on disk.
   *
   * @param rows in the order of `columns`, all of them or in parts that follow each other. Must not be changed until the
   *   promise settles.
   * @param format of the rows; JSON unless told.
   * @throws {DatabaseError} what the engine says, or that it wrote another number of rows than `rowCount`.
   */
  insert(
    table: string,
    columns: readonly string[],
    rows: Buffer | readonly Buffer[],
    rowCount: number,
    format?: InsertFormat,
  ): Promise<void>;
  /** Waits for what is running, then lets go of the data. Idempotent. */
  close(): Promise<void>;
}

/** One JSON array a line, or ClickHouse's binary rows, which take the engine half the time. */
export type InsertFormat = "JSONCompactEachRow" | "RowBinary";

/** Values for `{name:Type}` in the SQL. A Date loses its milliseconds nowhere: send numbers or text instead. */
export type QueryParams = Readonly<Record<string, QueryParam>>;
export type QueryParam = string | number | bigint | boolean | null | readonly QueryParam[];

export interface QueryOptions {
  /** Limit for the running query; 30 s unless told. Waiting for a connection does not count. */
  timeoutMs?: number;
  /** Stops the query in the engine too, not only the waiting for it. */
  signal?: AbortSignal;
}

/** An error of the engine. `code` is ClickHouse's number (0 when it gave none), `type` its name. */
export class DatabaseError extends Error {
  override name = "DatabaseError";
  readonly code: number;
  readonly type: string;

  constructor(message: string, details: { code?: number; type?: string; cause?: unknown } = {}) {
    super(message, { cause: details.cause });
    this.code = details.code ?? 0;
    this.type = details.type ?? "";
  }
}

/** The query ran longer than its limit and was stopped. */
export class QueryTimeoutError extends DatabaseError {
  override name = "QueryTimeoutError";
}
