import type { SpanKind, StatusCode } from "@nightowl/model/span/span";
import type { Database, QueryParam } from "../store/db/database.ts";
import { fromRow, WIRE_SPAN_COLUMNS, type WireSpanRow } from "../store/rows.ts";
import { formatCursor, parseCursor } from "./cursor.ts";
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
  cursor?: string | undefined;
}

interface Position {
  start_hour: number;
  start_ns: string;
  trace_id: string;
  span_id: string;
}

/**
 * Whole spans of a project, the latest started first. Two steps: places in order from narrow columns, then the payload
 * of this page.
 *
 * @throws {QueryInputError} for a time or cursor that cannot be read. An unknown project is an empty list.
 */
export async function listSpans(
  db: Database,
  input: ListSpansInput,
): Promise<{ data: StoredSpan[]; nextCursor: string | null }> {
  const { conditions, params } = conditionsOf(input);
  const found = await db.query<Position>(
    `SELECT start_hour, start_ns, trace_id, span_id FROM spans FINAL
WHERE ${conditions.join("\n  AND ")}
ORDER BY start_ns DESC, trace_id DESC, span_id DESC LIMIT {limit:UInt32}`,
    { ...params, limit: input.limit + 1 },
  );
  const page = found.slice(0, input.limit);
  const last = found.length > page.length ? page.at(-1) : undefined;
  return {
    data: await readSpans(db, input.project, page),
    nextCursor: last ? formatCursor([last.start_ns, last.trace_id, last.span_id]) : null,
  };
}

function conditionsOf(input: ListSpansInput): { conditions: string[]; params: Record<string, QueryParam> } {
  const conditions = ["project = {project:String}"];
  const params: Record<string, QueryParam> = { project: input.project };
  const add = (sql: string, values: Record<string, QueryParam>): void => {
    conditions.push(sql);
    Object.assign(params, values);
  };
  if (input.traceIds) {
    const traceIds = input.traceIds.map((id) => id.toLowerCase());
    add("trace_id IN {traceIds:Array(String)}", { traceIds });
    add(
      "start_hour IN (SELECT DISTINCT start_hour FROM spans WHERE project = {project:String} AND trace_id IN {traceIds:Array(String)})",
      {},
    );
  }
  if (input.parentId !== undefined) {
    add("parent_span_id = {parentId:String}", { parentId: (input.parentId ?? "").toLowerCase() });
  }
  if (input.names) add("name IN {names:Array(String)}", { names: input.names });
  if (input.kinds) add("kind IN {kinds:Array(String)}", { kinds: input.kinds });
  if (input.statusCodes) add("status_code IN {codes:Array(String)}", { codes: input.statusCodes });
  const { fromNs, toNs } = parseTimeRange(input);
  if (fromNs !== undefined) {
    add("start_ns >= {fromNs:UInt64} AND start_hour >= {fromHour:UInt32}", {
      fromNs,
      fromHour: hourOf(fromNs),
    });
  }
  if (toNs !== undefined) {
    add("start_ns < {toNs:UInt64} AND start_hour <= {toHour:UInt32}", { toNs, toHour: hourOf(toNs) });
  }
  if (input.cursor !== undefined) {
    const [cursorNs, cursorTrace, cursorSpan] = parseCursor(input.cursor, [
      /^\d{1,20}$/,
      /^[0-9a-f]{32}$/,
      /^[0-9a-f]{16}$/,
    ]) as [string, string, string];
    add(
      `start_hour <= {cursorHour:UInt32}
  AND (start_ns, trace_id, span_id) < ({cursorNs:UInt64}, {cursorTrace:String}, {cursorSpan:String})`,
      { cursorHour: hourOf(BigInt(cursorNs)), cursorNs, cursorTrace, cursorSpan },
    );
  }
  return { conditions, params };
}

function hourOf(timeNs: bigint): bigint {
  return timeNs / 3_600_000_000_000n;
}

async function readSpans(db: Database, project: string, page: Position[]): Promise<StoredSpan[]> {
  if (page.length === 0) return [];
  const params = {
    project,
    hours: [...new Set(page.map((row) => row.start_hour))],
    traceIds: [...new Set(page.map((row) => row.trace_id))],
    spanIds: [...new Set(page.map((row) => row.span_id))],
  };
  const rows = await db.query<WireSpanRow & { received_ns: string }>(
    `SELECT received_ns, ${WIRE_SPAN_COLUMNS.join(", ")} FROM spans FINAL
WHERE project = {project:String} AND start_hour IN {hours:Array(UInt32)}
  AND trace_id IN {traceIds:Array(String)} AND span_id IN {spanIds:Array(String)}`,
    params,
  );
  const byId = new Map(rows.map((row) => [`${row.trace_id} ${row.span_id}`, row]));
  return page.flatMap((place) => {
    const row = byId.get(`${place.trace_id} ${place.span_id}`);
    return row ? [{ span: fromRow(row), receivedAtNs: row.received_ns }] : [];
  });
}
