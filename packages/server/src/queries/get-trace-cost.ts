import type { getTraceCost as contract } from "@nightowl/model/api/costs";
import { COST_BUCKETS, type CostBuckets } from "@nightowl/model/pricing/price";
import { PROMPT_PARTS } from "@nightowl/model/pricing/prompt-parts";
import type { z } from "zod";
import { COST_COLUMNS, PART_COST_COLUMNS, PART_TOKEN_COLUMNS } from "../store/call-rows.ts";
import type { Database } from "../store/db/database.ts";
import { locateSpans, TRACE_SPANS, type TraceIdentity } from "./get-trace.ts";

export type TraceCost = z.output<typeof contract.response>;

interface CallRow extends Record<string, unknown> {
  model: string;
  provider: string;
  inside_tools: string[];
  fed_by_tools: string[];
  cost_source: string;
  cost_usd: number;
  input_tokens: string;
  output_tokens: string;
}

/** What a trace's calls cost, each once. @throws {QueryInputError} `not_found` for an unknown trace. */
export async function getTraceCost(db: Database, identity: TraceIdentity): Promise<TraceCost> {
  const place = await locateSpans(db, identity);
  const numbers = [COST_COLUMNS, PART_TOKEN_COLUMNS, PART_COST_COLUMNS].flatMap((columns) =>
    Object.values(columns),
  );
  const rows = await db.query<CallRow>(
    `SELECT model, provider, inside_tools, fed_by_tools, cost_source, cost_usd, input_tokens, output_tokens,
       ${numbers.join(", ")}
     FROM calls FINAL WHERE ${TRACE_SPANS} AND counted`,
    { ...place },
  );
  const sum = (column: string): number => rows.reduce((total, row) => total + Number(row[column]), 0);
  const isPriced = ({ cost_source: source }: CallRow): boolean =>
    source === "reported" || source === "computed";
  return {
    costUsd: rows.some(isPriced) ? sum("cost_usd") : null,
    reportedUsd: rows.reduce((total, row) => total + (row.cost_source === "reported" ? row.cost_usd : 0), 0),
    callCount: rows.length,
    unpricedCount: rows.filter((row) => row.cost_source === "unpriced").length,
    buckets: Object.fromEntries(
      COST_BUCKETS.map((bucket) => [bucket, sum(COST_COLUMNS[bucket])]),
    ) as CostBuckets,
    parts: Object.fromEntries(
      PROMPT_PARTS.map((part) => [
        part,
        { tokens: sum(PART_TOKEN_COLUMNS[part]), costUsd: sum(PART_COST_COLUMNS[part]) },
      ]),
    ) as TraceCost["parts"],
    models: modelsOf(rows),
    tools: toolsOf(rows),
  };
}

function modelsOf(rows: CallRow[]): TraceCost["models"] {
  const models = new Map<string, TraceCost["models"][number]>();
  for (const row of rows) {
    const { model, provider } = row;
    const key = `${provider} ${model}`;
    const entry = models.get(key) ?? {
      model,
      provider,
      callCount: 0,
      unpricedCount: 0,
      inputTokens: 0,
      outputTokens: 0,
      costUsd: 0,
    };
    entry.callCount += 1;
    if (row.cost_source === "unpriced") entry.unpricedCount += 1;
    entry.inputTokens += Number(row.input_tokens);
    entry.outputTokens += Number(row.output_tokens);
    entry.costUsd += row.cost_usd;
    models.set(key, entry);
  }
  return [...models.values()].sort((a, b) => b.costUsd - a.costUsd || b.inputTokens - a.inputTokens);
}

function toolsOf(rows: CallRow[]): TraceCost["tools"] {
  const tools = new Map<string, TraceCost["tools"][number]>();
  const entryOf = (tool: string): TraceCost["tools"][number] => {
    const entry = tools.get(tool) ?? { tool, insideCalls: 0, insideUsd: 0, fedCalls: 0, fedUsd: 0 };
    tools.set(tool, entry);
    return entry;
  };
  for (const row of rows) {
    for (const tool of row.inside_tools) {
      const entry = entryOf(tool);
      entry.insideCalls += 1;
      entry.insideUsd += row.cost_usd;
    }
    for (const tool of row.fed_by_tools) {
      const entry = entryOf(tool);
      entry.fedCalls += 1;
      entry.fedUsd += row.cost_usd;
    }
  }
  return [...tools.values()].sort((a, b) => b.insideUsd + b.fedUsd - a.insideUsd - a.fedUsd);
}
