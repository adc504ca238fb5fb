import type { WireSpan } from "@nightowl/model/span/span";
import type { Database } from "../store/db/database.ts";
import { fromRow, WIRE_SPAN_COLUMNS, type WireSpanRow } from "../store/rows.ts";
import { locateSpans, TRACE_SPANS, type TraceIdentity } from "./get-trace.ts";
import { QueryInputError } from "./query-input-error.ts";

/** A span as it was sent, and when. */
export interface StoredSpan {
  span: WireSpan;
  receivedAtNs: string;
}

/** @throws {QueryInputError} `not_found` when the project has no such span. */
export async function getSpan(
  db: Database,
  { project, traceId, spanId }: TraceIdentity & { spanId: string },
): Promise<StoredSpan> {
  const place = await locateSpans(db, { project, traceId });
  const [row] = await db.query<WireSpanRow & { received_ns: string }>(
    `SELECT received_ns, ${WIRE_SPAN_COLUMNS.join(", ")} FROM spans FINAL
WHERE ${TRACE_SPANS} AND span_id = {spanId:String} LIMIT 1`,
    { ...place, spanId: spanId.toLowerCase() },
  );
  if (row) return { span: fromRow(row), receivedAtNs: row.received_ns };
  throw new QueryInputError(
    "not_found",
    `Trace ${traceId} of project "${project}" has no span ${spanId}.`,
    "It may not have arrived yet, or be older than the retention.",
  );
}
