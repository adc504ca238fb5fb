import { findFilterField } from "@nightowl/model/filter/parse-filter";
import type { Database } from "../store/db/database.ts";
import { findPromptLabels } from "./find-prompt-labels.ts";
import { QueryInputError } from "./query-input-error.ts";

export interface SuggestInput {
  project: string;
  /** A filter field, `@` and an attribute key, or `@` alone for the keys themselves. */
  field: string;
  prefix: string;
}

export interface Suggestion {
  value: string;
  /** What people call a value that is an id. */
  label?: string;
  /** Traces that have it, among those looked at. */
  count: number;
}

const LIMIT = 50;
/** Suggestions come from the latest spans of the project: enough to know its words, little enough to be quick. */
const RECENT_SPANS = 100_000;

const TRACE_VALUES: Record<string, string> = {
  name: "name",
  status: "if(error_count > 0, 'error', 'ok')",
  user: "user_id",
  session: "session_id",
  tag: "arrayJoin(tags)",
  service: "service_name",
  env: "environment",
  trace: "trace_id",
};

/** The expression, and the columns it needs. */
const SPAN_VALUES: Record<string, [expression: string, columns: string]> = {
  span: ["name", "name"],
  kind: ["lower(kind)", "kind"],
  model: [
    "arrayJoin(arrayDistinct([toString(response_model), toString(request_model)]))",
    "response_model, request_model",
  ],
  provider: ["provider", "provider"],
  tool: ["if(kind = 'TOOL', if(tool_name = '', name, tool_name), '')", "kind, tool_name, name"],
  agent: ["if(agent_name = '' AND kind = 'AGENT', name, toString(agent_name))", "agent_name, kind, name"],
  error: ["error_type", "error_type"],
};

/** Values are ids, which are looked for by what people call them. */
const PROMPT_VALUES: Record<string, string> = {
  prompt: "prompt_template_id",
  prompt_version: "prompt_version_id",
};

/**
 * Frequent values of a filter field that start with `prefix` (in either case), the most frequent first; none for
 * numbers and times.
 *
 * @throws {QueryInputError} for a field that does not exist.
 */
export async function suggestValues(db: Database, input: SuggestInput): Promise<Suggestion[]> {
  const prompts = Object.hasOwn(PROMPT_VALUES, input.field) ? PROMPT_VALUES[input.field] : undefined;
  if (prompts !== undefined) return suggestPrompts(db, input, prompts);
  const source = sourceOf(input.field);
  if (source === undefined) return [];
  const rows = await db.query<{ value: string; traces: string }>(
    `SELECT value, uniq(trace_id) AS traces FROM (SELECT toString(${source.expression}) AS value, trace_id FROM ${source.from})
WHERE value != '' AND startsWith(lowerUTF8(value), lowerUTF8({prefix:String}))
GROUP BY value ORDER BY traces DESC, value LIMIT ${LIMIT}`,
    { project: input.project, prefix: input.prefix, key: input.field.slice(1) },
  );
  return rows.map((row) => ({ value: row.value, count: Number(row.traces) }));
}

async function suggestPrompts(
  db: Database,
  { project, prefix }: SuggestInput,
  column: string,
): Promise<Suggestion[]> {
  const { from } = fromSpans(column, column);
  const rows = await db.query<{ value: string; traces: string }>(
    `SELECT toString(${column}) AS value, uniq(trace_id) AS traces FROM ${from} WHERE value != ''
GROUP BY value ORDER BY traces DESC, value LIMIT 1000`,
    { project },
  );
  const labels = await findPromptLabels(
    db,
    project,
    rows.map(({ value }) => value),
  );
  const typed = prefix.toLowerCase();
  return rows
    .map(({ value, traces }) => ({ value, label: labels.get(value) ?? value, count: Number(traces) }))
    .filter(({ value, label }) => value.startsWith(typed) || label.toLowerCase().includes(typed))
    .slice(0, LIMIT);
}

function sourceOf(field: string): { expression: string; from: string } | undefined {
  if (field === "@") return fromSpans("arrayJoin(mapKeys(attribute_text))", "attribute_text");
  if (field.startsWith("@")) return fromSpans("attribute_text[{key:String}]", "attribute_text");
  const trace = Object.hasOwn(TRACE_VALUES, field) ? TRACE_VALUES[field] : undefined;
  if (trace) return { expression: trace, from: "traces FINAL WHERE project = {project:String}" };
  const span = Object.hasOwn(SPAN_VALUES, field) ? SPAN_VALUES[field] : undefined;
  if (span) return fromSpans(...span);
  if (findFilterField(field)) return undefined;
  throw new QueryInputError("bad_request", `There is no filter field "${field}".`);
}

/** Without FINAL: traces are counted, and a span that was sent twice is in one trace. */
function fromSpans(expression: string, columns: string): { expression: string; from: string } {
  return {
    expression,
    from: `(SELECT trace_id, ${columns} FROM spans WHERE project = {project:String}
  ORDER BY project DESC, start_hour DESC LIMIT ${RECENT_SPANS})`,
  };
}
