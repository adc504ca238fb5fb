import { findFilterField } from "@nightowl/model/filter/parse-filter";
import type { FieldTerm, Filter, FilterTerm } from "@nightowl/model/filter/filter";
import { parseDurationMs, parseFilterNumber } from "@nightowl/model/filter/parse-duration-ms";
import { isAnyText, parseValuePattern } from "@nightowl/model/filter/value-pattern";
import type { QueryParam } from "./db/database.ts";

/** SQL with `{name:Type}` placeholders, and their values. */
export interface Condition {
  sql: string;
  params: Record<string, QueryParam>;
}

/** Which traces a question is about: the rows of `traces` of one project, by time of start and filter. */
export interface TraceScope {
  project: string;
  /** Unix nanoseconds; `fromNs` ≤ start < `toNs`. */
  fromNs?: bigint | undefined;
  toNs?: bigint | undefined;
  filter?: Filter | undefined;
}

/**
 * {@link TraceScope} as a condition on `traces FINAL`. Everything that a person wrote is a parameter.
 *
 * What is asked of spans ("some span of the trace has it") becomes one look through the spans of the hours
 * in question for all that must be there, one for all that must not, and one for each word.
 * Texts are compared without regard to case.
 *
 * @throws {RangeError} for a term that `findTermProblem` complains about.
 */
export function toTraceCondition(scope: TraceScope): Condition {
  const builder = new ConditionBuilder();
  const range = [`project = ${builder.bind("String", scope.project)}`];
  if (scope.fromNs !== undefined) range.push(`start_ns >= ${builder.bind("UInt64", scope.fromNs)}`);
  if (scope.toNs !== undefined) range.push(`start_ns < ${builder.bind("UInt64", scope.toNs)}`);
  const spans = new SpanSource(range, scope.fromNs !== undefined || scope.toNs !== undefined);
  const conditions = [...range, ...filterConditions(builder, spans, scope.filter ?? [])];
  return { sql: conditions.join("\n  AND "), params: builder.params };
}

function filterConditions(builder: ConditionBuilder, spans: SpanSource, filter: Filter): string[] {
  const conditions: string[] = [];
  const present: string[] = [];
  const absent: string[] = [];
  for (const term of filter) {
    const ofSpan = term.type === "field" && findFilterField(term.field)?.level === "span";
    if (ofSpan) (term.negated ? absent : present).push(spanCondition(builder, term));
    else conditions.push(negate(term, traceCondition(builder, spans, term)));
  }
  if (present.length === 1) conditions.push(`trace_id IN (${spans.withOne(present[0] as string)})`);
  if (present.length > 1) conditions.push(`trace_id IN (${spans.withAll(present)})`);
  if (absent.length > 0) conditions.push(`trace_id NOT IN (${spans.withOne(absent.join(" OR "))})`);
  return conditions;
}

function negate(term: FilterTerm, sql: string): string {
  return term.negated ? `NOT ${sql}` : sql;
}

/** Subqueries for trace ids by what their spans have. */
class SpanSource {
  readonly #from: string;

  /**
   * @param range the conditions on `traces` by project and time. A trace's spans lie in the hours that its row
   *   tells, so a time range bounds the hours, and with them what is read of `spans`.
   */
  constructor(range: string[], isBounded: boolean) {
    const project = range[0] as string;
    if (isBounded) {
      const hours = `SELECT (min(first_hour), max(last_hour)) FROM traces WHERE ${range.join(" AND ")}`;
      this.#from = `WITH (${hours}) AS hours SELECT trace_id FROM spans FINAL WHERE ${project}
      AND start_hour >= hours.1 AND start_hour <= hours.2`;
    } else {
      this.#from = `SELECT trace_id FROM spans FINAL WHERE ${project}`;
    }
  }

  withOne(condition: string): string {
    return `${this.#from} AND (${condition})`;
  }

  withAll(conditions: string[]): string {
    const any = conditions.map((condition) => `(${condition})`).join(" OR ");
    const all = conditions.map((condition) => `max(${condition})`).join(" AND ");
    return `${this.#from} AND (${any}) GROUP BY trace_id HAVING ${all}`;
  }
}

/** Never NULL, so that it can be negated. */
function traceCondition(builder: ConditionBuilder, spans: SpanSource, term: FilterTerm): string {
  if (term.type === "text") {
    const pattern = builder.bind("String", `%${escapeLike(term.text)}%`);
    const own = ["name", "input_preview", "output_preview"].map((column) => `${column} ILIKE ${pattern}`);
    return `(${own.join(" OR ")} OR trace_id IN (${spans.withOne(`name ILIKE ${pattern}`)}))`;
  }
  return anyValue(term, (value) => traceValueCondition(builder, term, value));
}

function traceValueCondition(builder: ConditionBuilder, term: FieldTerm, value: string): string {
  switch (term.field) {
    case "status":
      return value.toLowerCase() === "error" ? "error_count > 0" : "error_count = 0";
    case "latency":
      return `duration_ms ${term.op} ${builder.bind("Float64", numberOf(term, parseDurationMs(value)))}`;
    case "tokens": {
      const count = builder.bind("Float64", numberOf(term, parseFilterNumber(value)));
      const total = "(ifNull(input_tokens, 0) + ifNull(output_tokens, 0))";
      return `((isNotNull(input_tokens) OR isNotNull(output_tokens)) AND ${total} ${term.op} ${count})`;
    }
    case "cost": {
      const cost = builder.bind("Float64", numberOf(term, parseFilterNumber(value)));
      return `ifNull(cost_usd ${term.op} ${cost}, 0)`;
    }
    case "spans":
      return `span_count ${term.op} ${builder.bind("Float64", numberOf(term, parseFilterNumber(value)))}`;
    case "tag":
      return tagCondition(builder, value);
    default: {
      const column = TRACE_TEXT_COLUMNS[term.field];
      if (column === undefined) throw new RangeError(`There is no trace field "${term.field}"`);
      return textCondition(builder, column, value);
    }
  }
}

const TRACE_TEXT_COLUMNS: Record<string, string> = {
  name: "name",
  user: "user_id",
  session: "session_id",
  service: "service_name",
  env: "environment",
  trace: "trace_id",
};

/** A tag that is empty text asks for traces without tags. */
function tagCondition(builder: ConditionBuilder, value: string): string {
  if (value === "") return "empty(tags)";
  return `arrayExists(tag -> ${textCondition(builder, "tag", value)}, tags)`;
}

function spanCondition(builder: ConditionBuilder, term: FieldTerm): string {
  return anyValue(term, (value) => spanValueCondition(builder, term, value));
}

function spanValueCondition(builder: ConditionBuilder, term: FieldTerm, value: string): string {
  if (term.field.startsWith("@")) return attributeCondition(builder, term, value);
  switch (term.field) {
    case "span":
      return textCondition(builder, "name", value);
    case "kind":
      return `kind = ${builder.bind("String", value.toUpperCase())}`;
    case "model":
      return eitherText(builder, ["request_model", "response_model"], value);
    case "provider":
      return textCondition(builder, "provider", value);
    case "tool":
      return `(kind = 'TOOL' AND ${textCondition(builder, "if(tool_name = '', name, tool_name)", value)})`;
    case "agent":
      return textCondition(
        builder,
        "if(agent_name = '' AND kind = 'AGENT', name, toString(agent_name))",
        value,
      );
    case "prompt":
      if (value === "") return "(kind = 'LLM' AND prompt_template_id = '')";
      return eitherText(builder, ["prompt_template_id", "prompt_name"], value);
    case "prompt_version":
      if (value === "") return "(kind = 'LLM' AND prompt_version_id = '')";
      return eitherText(builder, ["prompt_version_id", "prompt_version"], value);
    case "error":
      return textCondition(builder, "error_type", value);
    default:
      throw new RangeError(`There is no span field "${term.field}"`);
  }
}

function attributeCondition(builder: ConditionBuilder, term: FieldTerm, value: string): string {
  const key = builder.bind("String", term.field.slice(1));
  const has = `mapContains(attribute_text, ${key})`;
  const column = `attribute_text[${key}]`;
  if (term.op !== "=") {
    const bound = builder.bind("Float64", numberOf(term, parseFilterNumber(value)));
    return `ifNull(toFloat64OrNull(${column}) ${term.op} ${bound}, 0)`;
  }
  if (isAnyText(parseValuePattern(value))) return has;
  return `(${has} AND ${textCondition(builder, column, value)})`;
}

function anyValue(term: FieldTerm, condition: (value: string) => string): string {
  return `(${term.values.map(condition).join(" OR ")})`;
}

function eitherText(builder: ConditionBuilder, columns: readonly string[], value: string): string {
  return `(${columns.map((column) => textCondition(builder, column, value)).join(" OR ")})`;
}

/** `*` alone asks for any text at all. */
function textCondition(builder: ConditionBuilder, column: string, value: string): string {
  const pattern = parseValuePattern(value);
  if (isAnyText(pattern)) return `${column} != ''`;
  if (pattern.length > 1)
    return `${column} ILIKE ${builder.bind("String", pattern.map(escapeLike).join("%"))}`;
  return `lowerUTF8(${column}) = lowerUTF8(${builder.bind("String", pattern.join(""))})`;
}

/** Text that LIKE takes for itself. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
}

function numberOf(term: FieldTerm, value: number | undefined): number {
  if (value === undefined) throw new RangeError(`${term.field} has a value that is not a number or a time`);
  return value;
}

class ConditionBuilder {
  readonly params: Record<string, QueryParam> = {};
  #count = 0;

  /** The placeholder for a value. */
  bind(type: "String" | "UInt64" | "Float64", value: QueryParam): string {
    const name = `where${this.#count++}`;
    this.params[name] = value;
    return `{${name}:${type}}`;
  }
}
