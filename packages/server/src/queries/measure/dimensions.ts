import type { QuerySubject } from "@nightowl/model/query/query-fields";
import { findDimension } from "@nightowl/model/query/query-fields";
import type { FilterTerm } from "@nightowl/model/filter/filter";
import { literalValue } from "@nightowl/model/filter/value-pattern";

/** A dimension as SQL: text; what must be joined for it; and the filter term that finds the traces of one value. */
export interface DimensionSql {
  expression: string;
  /** Fills in the expression's table `{join}` from a key of the span attributes. */
  attribute?: string;
  /** Its values are ids of prompt templates or versions, which have labels. */
  isPrompt?: true;
  term?(value: string): FilterTerm;
}

/** @returns undefined for a name that is no dimension of this subject. `time` is made by the query itself. */
export function dimensionSql(name: string, of: QuerySubject): DimensionSql | undefined {
  if (!findDimension(name)?.of.includes(of)) return undefined;
  if (name.startsWith("@")) return { expression: "", attribute: name.slice(1), term: termOf(name) };
  const expression = COLUMNS[of][name];
  if (expression === undefined) return undefined;
  // A trace's kind is its root's; the filter asks for spans of any place.
  const sql: DimensionSql = { expression };
  if (name === "prompt" || name === "prompt_version") sql.isPrompt = true;
  const isFilter = FILTERS.has(name) && !(of === "traces" && name === "kind");
  if (isFilter) sql.term = termOf(name);
  return sql;
}

/** Dimensions that the filter language has under the same name, and with the same meaning for a trace. */
const FILTERS = new Set([
  "model", "provider", "service", "env", "name", "span", "kind", "agent", "tool", "user", "session", "tag", "error",
  "trace", "prompt", "prompt_version",
]); // prettier-ignore

function termOf(field: string): (value: string) => FilterTerm {
  return (value) => ({ type: "field", field, op: "=", values: [literalValue(value)], negated: false });
}

/** An empty list is one group of its own. */
function each(list: string): string {
  return `arrayJoin(if(empty(${list}), [''], ${list}))`;
}

/** One line for each dimension of a subject; `query-fields` of the model has its name and label. */
const COLUMNS: Record<QuerySubject, Record<string, string>> = {
  calls: {
    model: "model",
    provider: "provider",
    service: "service_name",
    env: "environment",
    name: "trace_name",
    span: "name",
    kind: "lower(kind)",
    agent: "agent_name",
    inside_tool: each("inside_tools"),
    fed_by_tool: each("fed_by_tools"),
    user: "user_id",
    session: "session_id",
    tag: each("tags"),
    prompt: "prompt_template_id",
    prompt_version: "prompt_version_id",
    error: "error_type",
    cost_source: "cost_source",
    price: "price_name",
    unpriced_reason: "unpriced_reason",
    trace: "trace_id",
  },
  spans: {
    model: "if(response_model = '', toString(request_model), toString(response_model))",
    provider: "provider",
    service: "service_name",
    env: "environment",
    span: "name",
    kind: "lower(kind)",
    agent: "if(agent_name = '' AND kind = 'AGENT', name, toString(agent_name))",
    tool: "if(kind = 'TOOL', if(tool_name = '', name, toString(tool_name)), '')",
    user: "user_id",
    session: "session_id",
    tag: each("tags"),
    prompt: "prompt_template_id",
    prompt_version: "prompt_version_id",
    error: "error_type",
    trace: "trace_id",
  },
  traces: {
    service: "service_name",
    env: "environment",
    name: "name",
    kind: "lower(kind)",
    user: "user_id",
    session: "session_id",
    tag: each("tags"),
    trace: "trace_id",
  },
};
