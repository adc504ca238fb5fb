import type { PriceSource } from "@nightowl/model/pricing/price";
import type { WireSpan } from "@nightowl/model/span/span";
import type { Cost } from "@nightowl/model/span/usage";
import type { Database } from "../store/db/database.ts";
import { fromRow, WIRE_SPAN_COLUMNS, type WireSpanRow } from "../store/rows.ts";
import { locateSpans, TRACE_SPANS, type TraceIdentity } from "./get-trace.ts";
import { QueryInputError } from "./query-input-error.ts";

/** A span as it was sent, and when. */
export interface StoredSpan {
  span: WireSpan;
  receivedAtNs: string;
  /** What it cost by its tokens and a price, where the application did not say. */
  computedCost?: Extract<Cost, { source: "computed" }>;
}

interface CostRow {
  cost_usd: number;
  price_name: string;
  price_source: PriceSource;
  price_date: string;
}

/** @throws {QueryInputError} `not_found` when the project has no such span. */
export async function getSpan(
  db: Database,
  { project, traceId, spanId }: TraceIdentity & { spanId: string },
): Promise<StoredSpan> {
  const place = await locateSpans(db, { project, traceId });
  const params = { ...place, spanId: spanId.toLowerCase() };
  const [[row], [cost]] = await Promise.all([
    db.query<WireSpanRow & { received_ns: string }>(
      `SELECT received_ns, ${WIRE_SPAN_COLUMNS.join(", ")} FROM spans FINAL
WHERE ${TRACE_SPANS} AND span_id = {spanId:String} LIMIT 1`,
      params,
    ),
    db.query<CostRow>(
      `SELECT cost_usd, price_name, price_source, price_date FROM calls FINAL
WHERE ${TRACE_SPANS} AND span_id = {spanId:String} AND cost_source = 'computed' LIMIT 1`,
      params,
    ),
  ]);
  if (row) {
    const stored = { span: fromRow(row), receivedAtNs: row.received_ns };
    return cost ? { ...stored, computedCost: toCost(cost) } : stored;
  }
  throw new QueryInputError(
    "not_found",
    `Trace ${traceId} of project "${project}" has no span ${spanId}.`,
    "It may not have arrived yet, or be older than the retention.",
  );
}

function toCost(row: CostRow): NonNullable<StoredSpan["computedCost"]> {
  return {
    source: "computed",
    costUsd: row.cost_usd,
    priceName: row.price_name,
    priceSource: row.price_source,
    priceDate: row.price_date,
  };
}
