import { setImmediate as afterIo } from "node:timers/promises";
import { createClient, type ClickHouseClient, type ClickHouseSettings } from "@clickhouse/client";
import { drainPending } from "chdb";
import { createChdbConnection, type ChdbConnection } from "chdb/connection";
import { bind, quote } from "./bind.ts";
import { takeTurns, type Turns } from "./turns.ts";
import { explainEngineRefusal } from "./data-folder.ts";
import { InsertFile } from "./insert-file.ts";
import {
  DatabaseError,
  QueryTimeoutError,
  type Database,
  type InsertFormat,
  type QueryOptions,
  type QueryParams,
} from "./database.ts";

const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_READERS = 4;
const OTHER_CONNECTIONS = 3;
/** libuv's own default; our start script asks for more. */
const DEFAULT_THREADS = 4;
const TIMEOUT_EXCEEDED = 159;

interface Connection {
  raw: ChdbConnection;
  client: ClickHouseClient;
}

/**
 * Opens the engine on a folder of its own, inside this process, in which one folder can be open at a time.
 *
 * A connection runs one query at a time and occupies a libuv thread while it does, so there is one to
 * insert, one for other statements, a few to read that queries wait for in turn, and one that is always free to
 * stop a query.
 *
 * @throws {DataFolderInUseError} when another process has it, {@link DataFolderError} when it is no good.
 */
export function openEmbedded(options: { path: string; readers?: number }): Database {
  const threads = Number(process.env["UV_THREADPOOL_SIZE"] ?? DEFAULT_THREADS);
  const readerCount = options.readers ?? Math.max(1, Math.min(MAX_READERS, threads - OTHER_CONNECTIONS));
  const connections: Connection[] = [];
  try {
    for (let i = 0; i < readerCount + OTHER_CONNECTIONS; i++) connections.push(connect(options.path));
    const [writer, commander, killer, ...readers] = connections as [Connection, Connection, Connection];
    const insertFile = new InsertFile(`${options.path}-insert.rows`);
    return new EmbeddedDatabase({ writer, commander, killer, readers }, insertFile);
  } catch (error) {
    for (const { raw } of connections) void raw.close();
    throw explainEngineRefusal(error, options.path);
  }
}

function connect(path: string): Connection {
  const raw = createChdbConnection({ path });
  // The driver was built against another patch version of the client, whose list of settings differs.
  return { raw, client: createClient({ connection: raw as unknown as ClientConnection }) };
}

type ClientConnection = NonNullable<Parameters<typeof createClient>[0]>["connection"];

class EmbeddedDatabase implements Database {
  readonly #connections: Connection[];
  readonly #writes: Turns<Connection>;
  readonly #commands: Turns<Connection>;
  readonly #kills: Turns<Connection>;
  readonly #reads: Turns<Connection>;
  readonly #insertFile: InsertFile;
  #queryCount = 0;
  #closed: Promise<void> | undefined;

  constructor(
    to: { writer: Connection; commander: Connection; killer: Connection; readers: Connection[] },
    insertFile: InsertFile,
  ) {
    this.#insertFile = insertFile;
    this.#connections = [...to.readers, to.killer, to.commander, to.writer];
    this.#writes = takeTurns([to.writer]);
    this.#commands = takeTurns([to.commander]);
    this.#kills = takeTurns([to.killer]);
    this.#reads = takeTurns(to.readers);
  }

  async query<T>(sql: string, params?: QueryParams, options?: QueryOptions): Promise<T[]> {
    return parseLines<T>(await this.queryText(sql, "JSONEachRow", params, options));
  }

  async queryArrays<T extends unknown[]>(
    sql: string,
    params?: QueryParams,
    options?: QueryOptions,
  ): Promise<T[]> {
    return parseLines<T>(await this.queryText(sql, "JSONCompactEachRow", params, options));
  }

  async queryText(
    sql: string,
    format: string,
    params?: QueryParams,
    options?: QueryOptions,
  ): Promise<string> {
    if (!/^\w+$/.test(format)) throw new DatabaseError(`${format} is not an output format.`);
    return this.#read(sql, params, options, async (connection, { query, clickhouse_settings }) => {
      const { stream } = await connection.client.exec({
        query: `${query}\nFORMAT ${format}`,
        clickhouse_settings,
      });
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      // All at once: the client's own way, piece by piece, takes many times as long for long answers.
      return Buffer.concat(chunks).toString("utf8");
    });
  }

  async *stream<T>(sql: string, params?: QueryParams, options: QueryOptions = {}): AsyncIterable<T> {
    const bound = bind(sql, params);
    const turn = await this.#reads.wait(options.signal);
    try {
      const { settings } = this.#settings(options);
      await turn.resource.client.command({ query: setStatement(settings) });
      const rows = turn.resource.raw.chdb.queryStream(bound, { format: "JSONEachRow" });
      try {
        for await (const chunk of rows) {
          options.signal?.throwIfAborted();
          yield* parseLines<T>(Buffer.from(chunk.raw()).toString("utf8"));
        }
      } finally {
        rows.cancel();
      }
    } catch (error) {
      throw options.signal?.aborted ? options.signal.reason : translate(error);
    } finally {
      turn.release();
    }
  }

  async command(sql: string, params?: QueryParams): Promise<void> {
    const query = bind(sql, params);
    const turn = await this.#commands.wait();
    try {
      await turn.resource.client.command({ query });
    } catch (error) {
      throw translate(error);
    } finally {
      turn.release();
    }
  }

  async insert(
    table: string,
    columns: readonly string[],
    rows: Buffer | readonly Buffer[],
    rowCount: number,
    format: InsertFormat = "JSONCompactEachRow",
  ): Promise<void> {
    const turn = await this.#writes.wait();
    let written: number;
    try {
      // Rows handed over with a statement are read as SQL before they are read as rows, which takes long, and a
      // prompt with `-- {error …}` in it would be taken for a hint. From a file they are only rows. The file is
      // in the page cache; what must be on disk is the table.
      await this.#insertFile.replace(Buffer.isBuffer(rows) ? [rows] : rows);
      ({ rowsRead: written } = await turn.resource.raw.chdb.queryAsync(
        `INSERT INTO ${table} (${columns.join(", ")}) FROM INFILE ${quote(this.#insertFile.path)}
SETTINGS ${INSERT_SETTINGS} FORMAT ${format}`,
      ));
    } catch (error) {
      throw translate(error);
    } finally {
      turn.release();
    }
    if (written !== rowCount) {
      throw new DatabaseError(`${written} of ${rowCount} rows were written to ${table}.`);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.all([this.#writes.close(), this.#commands.close(), this.#reads.close()]);
    await this.#kills.close();
    await drainPending();
    for (const { client } of this.#connections) await client.close();
    await drainPending();
    this.#insertFile.remove();
    // The last native callbacks run after the promises they settle; a process that exits before them hangs.
    await afterIo();
  }

  /** Runs `run` on a free connection; the caller's abort ends the query, and the wait for it at once. */
  async #read<R>(
    sql: string,
    params: QueryParams | undefined,
    options: QueryOptions = {},
    run: (connection: Connection, query: BoundQuery) => Promise<R>,
  ): Promise<R> {
    const query = bind(sql, params);
    const { signal } = options;
    const turn = await this.#reads.wait(signal);
    const { settings, tag } = this.#settings(options);
    const running = run(turn.resource, { query, clickhouse_settings: settings }).catch((error: unknown) => {
      throw translate(error);
    });
    // The connection is busy until the engine is done, whoever still waits for the answer.
    const finished = running.then(turn.release, turn.release);
    if (!signal) return running;
    return new Promise<R>((resolve, reject) => {
      const onAbort = () => {
        reject(signal.reason);
        void this.#kill(tag);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
      running.then(resolve, reject);
      void finished.then(() => signal.removeEventListener("abort", onAbort));
    });
  }

  /** Settings stick to the connection, so every query sets the same ones. */
  #settings({ timeoutMs = DEFAULT_TIMEOUT_MS }: QueryOptions): { settings: ReadSettings; tag: string } {
    this.#queryCount += 1;
    const tag = `nightowl-${this.#queryCount}`;
    return {
      tag,
      settings: { ...READ_SETTINGS, log_comment: tag, max_execution_time: Math.max(1, timeoutMs) / 1000 },
    };
  }

  /** A query that has only just been handed over may not be listed yet, so one more look follows. */
  async #kill(tag: string): Promise<void> {
    const turn = await this.#kills.wait();
    try {
      for (const pauseMs of [0, 20]) {
        if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
        await turn.resource.client.command({
          query: `KILL QUERY WHERE Settings['log_comment'] = ${quote(tag)} ASYNC`,
        });
      }
    } catch {
      // The time limit ends it then.
    } finally {
      turn.release();
    }
  }
}

interface BoundQuery {
  query: string;
  clickhouse_settings: ReadSettings;
}
type ReadSettings = ClickHouseSettings & { log_comment: string; max_execution_time: number };

const READ_SETTINGS = {
  output_format_json_quote_64bit_integers: 1,
  // A span keeps its start, and so its partition, in all of its versions.
  do_not_merge_across_partitions_select_final: 1,
  max_execution_time: 0,
} as const;

/**
 * `async_insert` is on by default in this engine; we gather rows ourselves, and want to know that they are
 * written. Rows of JSON carry JSON for text columns as it is. Versions of one row are told apart when they are read, so that
 * an insert need not look for them.
 */
const INSERT_SETTINGS = [
  "async_insert = 0",
  "optimize_on_insert = 0",
  "max_partitions_per_insert_block = 0",
  "input_format_parallel_parsing = 0",
  "input_format_json_read_objects_as_strings = 1",
  "input_format_json_read_arrays_as_strings = 1",
].join(", ");

function setStatement(settings: ReadSettings): string {
  const list = Object.entries(settings).map(
    ([name, value]) => `${name} = ${typeof value === "number" ? value : quote(String(value))}`,
  );
  return `SET ${list.join(", ")}`;
}

function parseLines<T>(text: string): T[] {
  if (text === "") return [];
  // One parse of one array is quicker than one of each line.
  return JSON.parse(`[${text.trimEnd().replaceAll("\n", ",")}]`) as T[];
}

function translate(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const known = error as { code?: unknown; clickhouseCode?: unknown; type?: unknown };
  const code = Number(known.clickhouseCode ?? known.code) || 0;
  const type = typeof known.type === "string" ? known.type : (/\(([A-Z_]+)\)\s*$/.exec(message)?.[1] ?? "");
  const Kind = code === TIMEOUT_EXCEEDED ? QueryTimeoutError : DatabaseError;
  return new Kind(message, { code, type, cause: error });
}
