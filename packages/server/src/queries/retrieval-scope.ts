import type { QueryParam } from "../store/db/database.ts";
import { toTraceCondition } from "../store/where.ts";
import { readTraceScope, type TraceScopeInput } from "./trace-scope.ts";

/** Which searches a question is about: those of traces that the list of traces would show. */
export interface RetrievalScopeInput extends TraceScopeInput {
  retriever?: string | undefined;
}

const HOUR_NS = 3_600_000_000_000n;
/** Searches that start longer than a day after their trace are not looked for. */
const MAX_TRACE_HOURS = 24n;

/** SQL for `FROM … WHERE …` over the searches that count, rerankers among them, and its parameters. */
export interface RetrievalScope {
  from: string;
  params: Record<string, QueryParam>;
}

/** @throws {QueryInputError} for a filter or a time that cannot be read. */
export function retrievalScope(input: RetrievalScopeInput): RetrievalScope {
  const scope = readTraceScope(input);
  const params: Record<string, QueryParam> = { project: input.project };
  const conditions = ["project = {project:String}", "counted"];
  const { fromNs, toNs } = scope;
  if (fromNs !== undefined) {
    Object.assign(params, { fromNs, fromHour: fromNs / HOUR_NS });
    conditions.push("start_hour >= {fromHour:UInt64}", "trace_start_ns >= {fromNs:UInt64}");
  }
  if (toNs !== undefined) {
    Object.assign(params, { toNs, toHour: toNs / HOUR_NS + MAX_TRACE_HOURS });
    conditions.push("start_hour <= {toHour:UInt64}", "trace_start_ns < {toNs:UInt64}");
  }
  if (input.retriever !== undefined) {
    params["retriever"] = input.retriever;
    conditions.push("retriever = {retriever:String}");
  }
  if ((scope.filter?.length ?? 0) > 0) {
    const condition = toTraceCondition(scope);
    Object.assign(params, condition.params);
    conditions.push(`trace_id IN (SELECT trace_id FROM traces FINAL WHERE ${condition.sql})`);
  }
  return { from: `FROM retrievals FINAL WHERE ${conditions.join(" AND ")}`, params };
}

/** Score of the first document that has one. */
export const TOP_SCORE = "arrayFilter(score -> isNotNull(score), scores)[1]";

/** {@link retrievalScope} without rerankers of what others found, unless one retriever is asked for. */
export function findingScope(input: RetrievalScopeInput): RetrievalScope {
  const { from, params } = retrievalScope(input);
  return { from: input.retriever === undefined ? `${from} AND finds` : from, params };
}

/** Ended well, and found nothing. */
export const IS_EMPTY = "NOT running AND NOT failed AND empty(documents)";

/** A document's key, as text. */
export function keyText(column: string): string {
  return `leftPad(lower(hex(${column})), 16, '0')`;
}
