import type { SpanKind, StatusCode } from "@nightowl/model/span/span";
import type { Database, QueryParam } from "../store/db/database.ts";
import { fromRow, WIRE_SPAN_COLUMNS, type WireSpanRow } from "../store/rows.ts";
import { formatCursor, parseCursor } from "./cursor.ts";
import { findTraceHours } from "./find-trace-hours.ts";
import type { StoredSpan } from "./get-span.ts";
import { parseTimeRange } from "./time-range.ts";

export interface ListSpansInput {
  project: string;
  traceIds?: readonly string[] | undefined;
  /** Span id of the parent; null asks for roots. */
  parentId?: string | null | undefined;
  names?: readonly string[] | undefined;
  kinds?: readonly SpanKind[] | undefined;
  statusCodes?: readonly StatusCode[] | undefined;
  /** ISO 8601; `from` ≤ start < `to`. */
  from?: string | undefined;
  to?: string | undefined;
  limit: number;
  /** A page ends before its payload is larger; it has one span at least. */
  maxBytes?: number;
  cursor?: string | undefined;
}

/** A thousand spans may have 20 MB each: more than a text can hold, or a reader wants at once. */
const MAX_PAGE_BYTES = 32 * 1024 ** 2;

interface Position {
  start_hour: number;
  start_ns: string;
  trace_id: string;
  span_id: string;
}

/**
 * Whole spans of a project, the latest started first. Two steps: places in order from narrow columns, then the payload
 * of this page. A page may be shorter than `limit` and have a next one: spans are as large as they were sent.
 *
 * @throws {QueryInputError} for a time or cursor that cannot be read. An unknown project is an empty list.
 */
export async function listSpans(
  db: Database,
  input: ListSpansInput,
): Promise<{ data: StoredSpan[]; nextCursor: string | null }> {
  const question = readQuestion(input);
  const found = input.traceIds
    ? await findInTraces(db, input, question)
    : await findLatest(db, input, question);
  const asked = found.slice(0, input.limit);
  const fitting = await countFitting(db, input.project, asked, input.maxBytes ?? MAX_PAGE_BYTES);
  const page = asked.slice(0, fitting);
  const last = found.length > page.length ? page.at(-1) : undefined;
  return {
    data: await readSpans(db, input.project, page),
    nextCursor: last ? formatCursor([last.start_ns, last.trace_id, last.span_id]) : null,
  };
}

interface Question {
  conditions: string[];
  params: Record<string, QueryParam>;
  /** Hour before which the range begins, where it has an end there. */
  fromHour: number | undefined;
  /** Hour after which nothing is asked for. */
  toHour: number | undefined;
}

function readQuestion(input: ListSpansInput): Question {
  const conditions = ["project = {project:String}"];
  const params: Record<string, QueryParam> = { project: input.project };
  const add = (sql: string, values: Record<string, QueryParam>): void => {
    conditions.push(sql);
    Object.assign(params, values);
  };
  if (input.parentId !== undefined) {
    add("parent_span_id = {parentId:String}", { parentId: (input.parentId ?? "").toLowerCase() });
  }
  if (input.names) add("name IN {names:Array(String)}", { names: input.names });
  if (input.kinds) add("kind IN {kinds:Array(String)}", { kinds: input.kinds });
  if (input.statusCodes) add("status_code IN {codes:Array(String)}", { codes: input.statusCodes });
  const { fromNs, toNs } = parseTimeRange(input);
  let toHour = toNs === undefined ? undefined : hourOf(toNs);
  if (fromNs !== undefined) add("start_ns >= {fromNs:UInt64}", { fromNs });
  if (toNs !== undefined) add("start_ns < {toNs:UInt64}", { toNs });
  if (input.cursor !== undefined) {
    const [cursorNs, cursorTrace, cursorSpan] = parseCursor(input.cursor, [
      /^\d{1,20}$/,
      /^[0-9a-f]{32}$/,
      /^[0-9a-f]{16}$/,
    ]) as [string, string, string];
    add("(start_ns, trace_id, span_id) < ({cursorNs:UInt64}, {cursorTrace:String}, {cursorSpan:String})", {
      cursorNs,
      cursorTrace,
      cursorSpan,
    });
    toHour = Math.min(toHour ?? Infinity, hourOf(BigInt(cursorNs)));
  }
  if (toHour !== undefined) add("start_hour <= {toHour:UInt32}", { toHour });
  return { conditions, params, fromHour: fromNs === undefined ? undefined : hourOf(fromNs), toHour };
}

async function findInTraces(db: Database, input: ListSpansInput, question: Question): Promise<Position[]> {
  const traceIds = (input.traceIds ?? []).map((id) => id.toLowerCase());
  const hours = traceIds.length > 0 ? await findTraceHours(db, input.project, traceIds) : undefined;
  if (!hours) return [];
  const conditions = [
    ...question.conditions,
    "trace_id IN {traceIds:Array(String)}",
    "start_hour >= {firstHour:UInt32} AND start_hour <= {lastHour:UInt32}",
  ];
  return findPositions(db, conditions, { ...question.params, traceIds, ...hours }, input.limit);
}

/** Hours to look back, one after the other until there is enough: the latest spans lie in few. */
const LOOK_BACK_HOURS = [1, 8, 64, 512];

async function findLatest(db: Database, input: ListSpansInput, question: Question): Promise<Position[]> {
  const { conditions, params, fromHour = 0 } = question;
  const newestHour = Math.min(question.toHour ?? Infinity, await findNewestHour(db, input.project));
  for (const hours of LOOK_BACK_HOURS) {
    const firstHour = newestHour - hours;
    if (firstHour <= fromHour) break;
    const recent = [...conditions, "start_hour > {firstHour:UInt32}"];
    const found = await findPositions(db, recent, { ...params, firstHour }, input.limit);
    if (found.length > input.limit) return found;
  }
  return findPositions(
    db,
    [...conditions, "start_hour >= {fromHour:UInt32}"],
    { ...params, fromHour },
    input.limit,
  );
}

/** A guess is enough: what is newer is found as well. 0 when the project has no traces. */
async function findNewestHour(db: Database, project: string): Promise<number> {
  const [row] = await db.queryArrays<[lastHour: number]>(
    "SELECT max(last_hour) FROM traces WHERE project = {project:String}",
    { project },
  );
  return row?.[0] ?? 0;
}

function findPositions(
  db: Database,
  conditions: string[],
  params: Record<string, QueryParam>,
  limit: number,
): Promise<Position[]> {
  return db.query<Position>(
    `SELECT start_hour, start_ns, trace_id, span_id FROM spans FINAL
WHERE ${conditions.join("\n  AND ")}
ORDER BY start_ns DESC, trace_id DESC, span_id DESC LIMIT {limit:UInt32}`,
    { ...params, limit: limit + 1 },
  );
}

function hourOf(timeNs: bigint): number {
  return Number(timeNs / 3_600_000_000_000n);
}

/** Rows of the places (and maybe more); the parameters are those of {@link placeParams}. */
const AT_PLACES = `project = {project:String} AND start_hour IN {hours:Array(UInt32)}
  AND trace_id IN {traceIds:Array(String)} AND span_id IN {spanIds:Array(String)}`;

function placeParams(project: string, page: Position[]) {
  return {
    project,
    hours: [...new Set(page.map((row) => row.start_hour))],
    traceIds: [...new Set(page.map((row) => row.trace_id))],
    spanIds: [...new Set(page.map((row) => row.span_id))],
  };
}

/** How many of the spans, from the first on, have a payload of at most so many bytes together. */
async function countFitting(
  db: Database,
  project: string,
  page: Position[],
  maxBytes: number,
): Promise<number> {
  if (page.length <= 1) return page.length;
  const rows = await db.query<{ trace_id: string; span_id: string; bytes: string }>(
    `SELECT trace_id, span_id, length(attributes) + length(events) AS bytes FROM spans FINAL WHERE ${AT_PLACES}`,
    placeParams(project, page),
  );
  const byId = new Map(rows.map((row) => [`${row.trace_id} ${row.span_id}`, Number(row.bytes)]));
  let totalBytes = 0;
  const overflow = page.findIndex((place) => {
    totalBytes += byId.get(`${place.trace_id} ${place.span_id}`) ?? 0;
    return totalBytes > maxBytes;
  });
  return overflow === -1 ? page.length : Math.max(1, overflow);
}

async function readSpans(db: Database, project: string, page: Position[]): Promise<StoredSpan[]> {
  if (page.length === 0) return [];
  const rows = await db.query<WireSpanRow & { received_ns: string }>(
    `SELECT received_ns, ${WIRE_SPAN_COLUMNS.join(", ")} FROM spans FINAL
WHERE ${AT_PLACES}`,
    placeParams(project, page),
  );
  const byId = new Map(rows.map((row) => [`${row.trace_id} ${row.span_id}`, row]));
  return page.flatMap((place) => {
    const row = byId.get(`${place.trace_id} ${place.span_id}`);
    return row ? [{ span: fromRow(row), receivedAtNs: row.received_ns }] : [];
  });
}
