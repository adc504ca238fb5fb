import type { getSpanCost as contract } from "@nightowl/model/api/costs";
import { bucketTokens, type UnpricedReason } from "@nightowl/model/pricing/cost-of";
import type { PriceBook } from "@nightowl/model/pricing/price-book";
import { COST_BUCKETS, type CostBuckets, type PriceSource } from "@nightowl/model/pricing/price";
import { measurePrompt } from "@nightowl/model/pricing/prompt-parts";
import { splitPrompt } from "@nightowl/model/pricing/split-prompt";
import type { Span } from "@nightowl/model/span/span";
import type { Usage } from "@nightowl/model/span/usage";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import type { z } from "zod";
import { COST_COLUMNS } from "../store/call-rows.ts";
import type { Database } from "../store/db/database.ts";
import { fromRow, WIRE_SPAN_COLUMNS, type WireSpanRow } from "../store/rows.ts";
import { locateSpans, TRACE_SPANS } from "./get-trace.ts";

export type SpanCost = z.output<typeof contract.response>;

interface CallRow extends Record<string, unknown> {
  counted: boolean;
  provider: string;
  model: string;
  cost_source: string;
  unpriced_reason: string;
  cost_split: string;
  price_name: string;
  price_source: string;
  price_date: string;
  cost_usd: number;
  input_tokens: string;
  output_tokens: string;
}

/**
 * What a span cost, as it was reckoned when its trace's summary was written, and the parts of its prompt.
 *
 * @param span the span, read; its prompt is counted with `countTokens`.
 * @param prices only for the rates of the price that is named; they are left out when the list has another by now.
 */
export async function getSpanCost(
  db: Database,
  span: Span,
  { countTokens, prices }: { countTokens: (text: string) => number; prices: PriceBook },
): Promise<SpanCost> {
  const place = await locateSpans(db, span);
  const [row] = await db.query<CallRow>(
    `SELECT counted, provider, model, cost_source, unpriced_reason, cost_split, price_name, price_source, price_date, cost_usd,
       input_tokens, output_tokens,
       ${Object.values(COST_COLUMNS).join(", ")}
     FROM calls FINAL WHERE ${TRACE_SPANS} AND span_id = {spanId:String} LIMIT 1`,
    { ...place, spanId: span.spanId },
  );
  const documents = await readTraceDocuments(db, place);
  const isPriced = row !== undefined && (row.cost_source === "reported" || row.cost_source === "computed");
  const buckets = isPriced
    ? (Object.fromEntries(COST_BUCKETS.map((bucket) => [bucket, row[COST_COLUMNS[bucket]]])) as CostBuckets)
    : undefined;
  const hasUsage = span.usage.inputTokens !== undefined || span.usage.outputTokens !== undefined;
  const usage = row === undefined ? span.usage : ownUsage(span.usage, row);
  return {
    counted: row?.counted ?? false,
    source: (row?.cost_source || null) as SpanCost["source"],
    unpricedReason: (row?.unpriced_reason || null) as UnpricedReason | null,
    split: (row?.cost_split || null) as SpanCost["split"],
    costUsd: isPriced ? row.cost_usd : null,
    buckets: buckets ?? null,
    tokens: hasUsage ? bucketTokens(usage) : null,
    price: row && row.price_name !== "" ? priceOf(row, span, prices) : null,
    parts:
      span.kind === "LLM"
        ? (splitPrompt(measurePrompt(span, countTokens, documents), usage, buckets) ?? null)
        : null,
  };
}

/** What was priced: a span may report the tokens of calls before it with its own. */
function ownUsage(usage: Usage, { input_tokens, output_tokens }: CallRow): Usage {
  const own = { ...usage };
  if (usage.inputTokens !== undefined) own.inputTokens = Number(input_tokens);
  if (usage.outputTokens !== undefined) own.outputTokens = Number(output_tokens);
  return own;
}

/** Retrievers of one trace that are opened for their documents. */
const MAX_RETRIEVERS = 20;

async function readTraceDocuments(
  db: Database,
  place: { project: string; traceId: string; firstHour: number; lastHour: number },
): Promise<string[]> {
  const rows = await db.query<WireSpanRow>(
    `SELECT ${WIRE_SPAN_COLUMNS.join(", ")} FROM spans FINAL
     WHERE ${TRACE_SPANS} AND kind IN ('RETRIEVER', 'RERANKER') AND document_count > 0
     ORDER BY start_ns LIMIT ${MAX_RETRIEVERS}`,
    { ...place },
  );
  const spans = rows.map((row) => normaliseSpan(fromRow(row), { project: place.project }));
  return [...new Set(spans.flatMap(({ documents }) => documents.flatMap(({ text }) => text ?? [])))];
}

function priceOf(row: CallRow, span: Span, prices: PriceBook): SpanCost["price"] {
  // The call's model and provider may be those of the call around it.
  const now = prices.findPrice(row.model, row.provider || undefined, Number(span.startTimeNs) / 1e6);
  const isSame =
    now?.name === row.price_name && now.source === row.price_source && now.validFrom === row.price_date;
  return {
    name: row.price_name,
    source: row.price_source as PriceSource,
    validFrom: row.price_date,
    usdPerMillionTokens: isSame ? now.usdPerMillionTokens : null,
    usdPerCall: isSame ? now.usdPerCall : 0,
  };
}
