import type { queryBodySchema, QueryRow, runQuery as contract } from "@nightowl/model/api/query";
import { parseFilter } from "@nightowl/model/filter/parse-filter";
import { printFilter } from "@nightowl/model/filter/print-filter";
import { DIMENSION_FIELDS, findDimension, MEASURE_FIELDS } from "@nightowl/model/query/query-fields";
import type { z } from "zod";
import type { Database, QueryParam } from "../store/db/database.ts";
import { toTraceCondition } from "../store/where.ts";
import { chooseBuckets, type Buckets } from "./bucket-widths.ts";
import { findPromptLabels } from "./find-prompt-labels.ts";
import { requireProject } from "./list-projects.ts";
import { dimensionSql, type DimensionSql } from "./measure/dimensions.ts";
import { evalMeasure } from "./measure/evals.ts";
import { measureSql, type MeasureSql } from "./measure/measures.ts";
import { SUBJECTS } from "./measure/subjects.ts";
import { QueryInputError } from "./query-input-error.ts";
import { parseTimeRange } from "./time-range.ts";
import { readTraceScope } from "./trace-scope.ts";

export type QueryInput = z.output<typeof queryBodySchema> & { project: string };
export type QueryAnswer = z.output<typeof contract.response>;

/** Stands for all groups that are not among the first; no value that was sent begins like it. */
const OTHERS = "\u001fothers";
const HOUR_NS = 3_600_000_000_000n;
/** Spans of a trace that start longer than a day after it are not looked for. */
const MAX_TRACE_HOURS = 24;
/** A span's trace began at most so long before it, where spans are asked for by the traces that a filter finds. */
const TRACE_LEAD_NS = 24n * HOUR_NS;

interface NamedDimension extends DimensionSql {
  name: string;
  /** Its alias in the SQL. */
  alias: string;
}

interface NamedMeasure extends MeasureSql {
  /** What must be joined for it. */
  join?: string;
  name: string;
  alias: string;
}

type Row = Record<string, string | number | null>;

/**
 * Measures by dimensions over the calls, spans or traces of a project.
 *
 * Everything is weighted by how many a sampled row stands for. A dimension of which one row has several values (tags, tools)
 * counts it in each; the total counts it once.
 *
 * @throws {QueryInputError} for names, filters and times that cannot be read, and for an unknown project.
 */
export async function runQuery(db: Database, input: QueryInput): Promise<QueryAnswer> {
  const question = new Question(input);
  const sort = question.readSort();
  const buckets = question.hasTime ? await question.findBuckets(db) : undefined;
  if (question.hasTime && !buckets) {
    await requireProject(db, input.project);
    return question.answer([], 0, undefined, undefined);
  }
  const leaders = input.top === undefined ? undefined : await question.findLeaders(db, input.top);
  const options = { buckets, leaders, sort, limit: input.limit + 1 };
  const [[total], rows] = question.hasSharedTotal
    ? partition(await db.query<Row>(question.groupSql(options), question.params))
    : await Promise.all([
        input.totals ? db.query<Row>(question.totalSql(), question.params) : [],
        question.dimensions.length === 0 ? [] : db.query<Row>(question.groupSql(options), question.params),
      ]);
  if (rows.length === 0 && (total?.["n"] ?? "0") === "0") await requireProject(db, input.project);
  const isWhole = rows.length <= input.limit;
  const groupCount = isWhole ? rows.length : await question.countGroups(db, { buckets, leaders });
  const answer = question.answer(rows.slice(0, input.limit), groupCount, total, buckets);
  return { ...answer, rows: await withLabels(db, input.project, question.dimensions, answer.rows) };
}

function partition(rows: readonly Row[]): [total: Row[], groups: Row[]] {
  const isTotal = ({ is_total }: Row): boolean => Number(is_total) === 1;
  return [rows.filter(isTotal), rows.filter((row) => !isTotal(row))];
}

/** Ids of prompt templates and versions are told by what people call them, too. */
async function withLabels(
  db: Database,
  project: string,
  dimensions: readonly NamedDimension[],
  rows: QueryRow[],
): Promise<QueryRow[]> {
  const names = dimensions.filter(({ isPrompt }) => isPrompt).map(({ name }) => name);
  if (names.length === 0) return rows;
  const ids = new Set(rows.flatMap(({ key }) => names.flatMap((name) => key[name] ?? [])));
  const labels = await findPromptLabels(db, project, [...ids]);
  return rows.map((row) => {
    const known = names.flatMap((name) => {
      const label = labels.get(row.key[name] ?? "");
      return label === undefined ? [] : [[name, label] as const];
    });
    return known.length === 0 ? row : { ...row, labels: Object.fromEntries(known) };
  });
}

class Question {
  readonly dimensions: NamedDimension[];
  readonly measures: NamedMeasure[];
  readonly params: Record<string, QueryParam> = {};
  readonly #input: QueryInput;
  readonly #from: string;

  constructor(input: QueryInput) {
    this.#input = input;
    this.dimensions = [...new Set(input.by)].map((name, index) => this.#readDimension(name, `d${index}`));
    this.measures = [...new Set(input.measures)].map((name, index) => this.#readMeasure(name, `m${index}`));
    this.#from = this.#source();
  }

  get hasTime(): boolean {
    return this.dimensions.some(({ name }) => name === "time");
  }

  /** Whether the total is reckoned with the groups, from one look at the rows: each must stand in one group alone. */
  get hasSharedTotal(): boolean {
    const repeats = this.dimensions.some(({ name }) => findDimension(name)?.repeats === true);
    return this.#input.totals && this.dimensions.length > 0 && !repeats;
  }

  #readDimension(name: string, alias: string): NamedDimension {
    const { of } = this.#input;
    if (name === "time") return { name, alias, expression: "" };
    const found = dimensionSql(name, of);
    if (!found) throw unknownName("dimension", name, of, DIMENSION_FIELDS, ", and @key for an attribute");
    if (found.attribute === undefined) return { ...found, name, alias };
    this.params[alias] = found.attribute;
    const expression = of === "spans" ? `attribute_text[{${alias}:String}]` : `${alias}_join.value`;
    return { ...found, expression, name, alias };
  }

  #readMeasure(name: string, alias: string): NamedMeasure {
    const { of } = this.#input;
    const { fromNs, toNs } = parseTimeRange(this.#input);
    const judged = evalMeasure(name, { of, alias, hours: this.#hours(fromNs, toNs) });
    if (judged) {
      Object.assign(this.params, judged.params);
      return { ...judged.sql, join: judged.join, name, alias };
    }
    const found = measureSql(name, of);
    if (!found) throw unknownName("measure", name, of, MEASURE_FIELDS, ", eval:NAME and label:NAME=LABEL");
    return { ...found, name, alias };
  }

  /** Everything from FROM to the end of WHERE. */
  #source(): string {
    const { of, project } = this.#input;
    const subject = SUBJECTS[of];
    const { fromNs, toNs } = parseTimeRange(this.#input);
    this.params["project"] = project;
    const conditions = ["project = {project:String}", subject.condition];
    if (fromNs !== undefined) {
      this.params["fromNs"] = fromNs;
      conditions.push(`${subject.start} >= {fromNs:UInt64}`);
    }
    if (toNs !== undefined) {
      this.params["toNs"] = toNs;
      conditions.push(`${subject.start} < {toNs:UInt64}`);
    }
    const hours = this.#hours(fromNs, toNs);
    if (of !== "traces") conditions.push(...hours);
    const filter = this.#filterCondition();
    if (filter) conditions.push(filter);
    const joins = this.dimensions
      .filter(({ attribute }) => attribute !== undefined && of !== "spans")
      .map(({ alias }) => attributeJoin(alias, hours));
    for (const { join } of this.measures) if (join !== undefined) joins.push(join);
    // Filtered first, joined then: the other side of a join is small.
    const rows = `(SELECT * FROM ${subject.table} FINAL WHERE ${conditions.join(" AND ")})`;
    return joins.length === 0
      ? `FROM ${subject.table} FINAL WHERE ${conditions.join(" AND ")}`
      : `FROM ${rows} AS subject ${joins.join(" ")}`;
  }

  /** What a time range says of `start_hour`, by which spans and calls lie. */
  #hours(fromNs: bigint | undefined, toNs: bigint | undefined): string[] {
    const conditions: string[] = [];
    if (fromNs !== undefined) {
      this.params["fromHour"] = fromNs / HOUR_NS;
      conditions.push("start_hour >= {fromHour:UInt32}");
    }
    if (toNs !== undefined) {
      this.params["toHour"] = toNs / HOUR_NS + (this.#input.of === "spans" ? 0n : BigInt(MAX_TRACE_HOURS));
      conditions.push("start_hour <= {toHour:UInt64}");
    }
    return conditions;
  }

  #filterCondition(): string | undefined {
    const { of, filter, project, from, to } = this.#input;
    if (filter.trim() === "") return undefined;
    const scope = readTraceScope({ project, filter, from, to });
    if (of === "spans" && scope.fromNs !== undefined) {
      scope.fromNs = scope.fromNs > TRACE_LEAD_NS ? scope.fromNs - TRACE_LEAD_NS : 0n;
    }
    const condition = toTraceCondition(scope);
    Object.assign(this.params, condition.params);
    if (of === "traces") return condition.sql;
    return `trace_id IN (SELECT trace_id FROM traces FINAL WHERE ${condition.sql})`;
  }

  /** Steps of time over the asked range, where it is open over the data; undefined where there are none. */
  async findBuckets(db: Database): Promise<Buckets | undefined> {
    const { start } = SUBJECTS[this.#input.of];
    let { fromNs, toNs } = parseTimeRange(this.#input);
    if (fromNs === undefined || toNs === undefined) {
      const [extent] = await db.query<{ n: string; first: string; last: string }>(
        `SELECT count() AS n, min(${start}) AS first, max(${start}) AS last ${this.#from}`,
        this.params,
      );
      if (!extent || extent.n === "0") return undefined;
      fromNs ??= BigInt(extent.first);
      toNs ??= BigInt(extent.last) + 1n;
    }
    return toNs > fromNs ? chooseBuckets(fromNs, toNs, this.#input.timeBuckets) : undefined;
  }

  readSort(): { sql: string; isTime: boolean } {
    const { sort, order, measures } = this.#input;
    const name = sort ?? (this.hasTime ? "time" : (measures[0] ?? "count"));
    const dimension = this.dimensions.find((each) => each.name === name);
    if (dimension)
      return { sql: `${dimension.alias} ${order === "desc" ? "DESC" : "ASC"}`, isTime: name === "time" };
    const measure = this.measures.find((each) => each.name === name);
    if (!measure) {
      throw new QueryInputError(
        "bad_request",
        `"${name}" is neither a measure nor a dimension of this query.`,
        "Sort by one of those that are asked for.",
      );
    }
    return { sql: `${sortOf(measure)} ${order === "asc" ? "ASC" : "DESC"}`, isTime: false };
  }

  totalSql(): string {
    return `SELECT count() AS n, ${this.#aggregates()} ${this.#from}`;
  }

  groupSql(options: {
    buckets: Buckets | undefined;
    leaders: string[] | undefined;
    sort: { sql: string };
    limit: number;
  }): string {
    const shared = this.hasSharedTotal;
    this.params["limit"] = options.limit + (shared ? 1 : 0);
    const aliases = this.dimensions.map(({ alias }) => alias);
    const list = aliases.join(", ");
    const isTotal = shared ? `grouping(${aliases[0]}) AS is_total, count() AS n, ` : "";
    const groups = shared ? `GROUPING SETS ((${list}), ())` : list;
    return (
      `SELECT ${isTotal}${this.#groups(options)}, ${this.#aggregates()} ${this.#from} ` +
      `GROUP BY ${groups} ORDER BY ${shared ? "is_total DESC, " : ""}${options.sort.sql}, ${list} LIMIT {limit:UInt32}`
    );
  }

  async countGroups(
    db: Database,
    options: { buckets: Buckets | undefined; leaders: string[] | undefined },
  ): Promise<number> {
    const aliases = this.dimensions.map(({ alias }) => alias).join(", ");
    const [row] = await db.query<{ n: string }>(
      `SELECT uniqExact(${aliases}) AS n FROM (SELECT ${this.#groups(options)} ${this.#from})`,
      this.params,
    );
    return Number(row?.n ?? 0);
  }

  /** The values, all dimensions but time in one text, of the groups that come first by the measure that is asked for first. */
  async findLeaders(db: Database, top: number): Promise<string[]> {
    const groups = this.#timeless();
    const [measure] = this.measures;
    if (groups.length === 0 || !measure) return [];
    const rows = await db.query<{ leader: string }>(
      `SELECT ${groups.map(({ expression, alias }) => `${expression} AS ${alias}`).join(", ")},
         ${keyOf(groups.map(({ alias }) => alias))} AS leader, ${this.#aggregates()} ${this.#from}
       GROUP BY ${groups.map(({ alias }) => alias).join(", ")} ORDER BY ${sortOf(measure)} DESC, leader
       LIMIT {top:UInt32}`,
      { ...this.params, top },
    );
    return rows.map((row) => row.leader);
  }

  #timeless(): NamedDimension[] {
    return this.dimensions.filter(({ name }) => name !== "time");
  }

  #groups({ buckets, leaders }: { buckets: Buckets | undefined; leaders: string[] | undefined }): string {
    const columns: string[] = [];
    if (leaders) this.params["leaders"] = leaders;
    const leads = keyOf(this.#timeless().map(({ expression }) => expression));
    for (const { name, alias, expression } of this.dimensions) {
      if (name === "time" && buckets) {
        this.params["firstNs"] = buckets.startNs;
        this.params["widthNs"] = buckets.widthNs;
        const { start } = SUBJECTS[this.#input.of];
        columns.push(`toUInt32(intDiv(${start} - {firstNs:UInt64}, {widthNs:UInt64})) AS ${alias}`);
      } else {
        const own = leaders
          ? `if(${leads} IN {leaders:Array(String)}, ${expression}, '${OTHERS}')`
          : expression;
        columns.push(`${own} AS ${alias}`);
      }
    }
    return columns.join(", ");
  }

  #aggregates(): string {
    const columns = ["sum(sample_weight) AS c"];
    for (const { alias, aggregates } of this.measures) {
      for (const [name, sql] of Object.entries(aggregates)) columns.push(`${sql} AS ${alias}_${name}`);
    }
    return columns.join(", ");
  }

  answer(rows: Row[], groupCount: number, total: Row | undefined, buckets: Buckets | undefined): QueryAnswer {
    return {
      of: this.#input.of,
      groupCount,
      total: this.#input.totals
        ? { count: Math.round(Number(total?.["c"] ?? 0)), values: this.#cells(total ?? {}) }
        : null,
      rows: rows.map((row) => {
        const key = this.#key(row, buckets);
        return {
          key,
          filter: this.#filterOf(key),
          count: Math.round(Number(row["c"])),
          values: this.#cells(row),
        };
      }),
      bucketMs: buckets ? Number(buckets.widthNs) / 1e6 : null,
      fromNs: buckets ? String(buckets.startNs) : null,
      toNs: buckets ? String(buckets.startNs + BigInt(buckets.count) * buckets.widthNs) : null,
    };
  }

  #cells(row: Row): QueryRow["values"] {
    return Object.fromEntries(
      this.measures.map(({ name, alias, aggregates, read }) => {
        const values = Object.keys(aggregates).map((key) => [key, numberOf(row[`${alias}_${key}`])] as const);
        return [name, read(Object.fromEntries(values))];
      }),
    );
  }

  #key(row: Row, buckets: Buckets | undefined): Record<string, string | null> {
    return Object.fromEntries(
      this.dimensions.map(({ name, alias }) => {
        const value = String(row[alias] ?? "");
        if (name === "time" && buckets)
          return [name, String(buckets.startNs + BigInt(value) * buckets.widthNs)];
        return [name, value === OTHERS ? null : value];
      }),
    );
  }

  #filterOf(key: Record<string, string | null>): string | null {
    const terms = parseFilter(this.#input.filter).filter ?? [];
    for (const { name, term } of this.#timeless()) {
      const value = key[name];
      if (!term || value === null || value === undefined) return null;
      terms.push(term(value));
    }
    return printFilter(terms);
  }
}

/** Of each trace the attribute's value: its root's, else that of the earliest span that has it. */
function attributeJoin(alias: string, hours: string[]): string {
  const value = `attribute_text[{${alias}:String}]`;
  const conditions = ["project = {project:String}", `${value} != ''`, ...hours];
  // A start in nanoseconds leaves the highest bit free.
  const order = "bitOr(start_ns, bitShiftLeft(toUInt64(parent_span_id != ''), 63))";
  return `ANY LEFT JOIN (SELECT trace_id, argMin(${value}, ${order}) AS value
    FROM spans WHERE ${conditions.join(" AND ")} GROUP BY trace_id) AS ${alias}_join USING (trace_id)`;
}

/** Several values as one text. */
function keyOf(expressions: string[]): string {
  const texts = expressions.map((expression) => `toString(${expression})`);
  return texts.length === 1 ? texts.join("") : `concat(${texts.join(", '\u001f', ")})`;
}

function sortOf({ alias, sort }: NamedMeasure): string {
  return sort.replace(/\{(\w+)\}/g, (_, name: string) => `${alias}_${name}`);
}

function numberOf(value: string | number | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

function unknownName(
  what: string,
  name: string,
  of: QueryInput["of"],
  fields: readonly { name: string; of: readonly string[] }[],
  more: string,
): QueryInputError {
  const names = fields.filter((field) => field.of.includes(of)).map((field) => field.name);
  return new QueryInputError(
    "bad_request",
    `"${name}" is no ${what} of ${of}.`,
    `There are ${names.join(", ")}${more}.`,
  );
}
