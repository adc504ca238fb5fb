import { DatabaseError, type QueryParam, type QueryParams } from "./database.ts";

/**
 * Puts values in the place of `{name:Type}`, as literals.
 *
 * The embedded engine could bind parameters itself, but parameters of queries that run at the same time get
 * mixed up in it, for which its driver lets only one query with parameters run at a time in the whole
 * process. Literals have no such limit, and are as safe as their escaping, which is all here.
 *
 * @throws {DatabaseError} on a missing parameter, or a value that does not fit its type.
 */
export function bind(sql: string, params: QueryParams = {}): string {
  return sql.replace(/\{(\w+):\s*([A-Za-z][\w(), ]*)\}/g, (_, name: string, type: string) => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    if (value === undefined) throw new DatabaseError(`The query's parameter ${name} has no value.`);
    return literal(value, type.trim(), name);
  });
}

const INTEGER = /^U?Int(8|16|32|64|128|256)$/;
const FLOAT = /^Float(32|64)$/;

function literal(value: QueryParam, type: string, name: string): string {
  const wrapped = /^(Array|Nullable|LowCardinality)\((.*)\)$/.exec(type);
  const inner = wrapped?.[2] ?? "";
  if (wrapped?.[1] === "LowCardinality") return literal(value, inner, name);
  if (wrapped?.[1] === "Nullable") return value === null ? "NULL" : literal(value, inner, name);
  if (wrapped?.[1] === "Array") {
    if (!Array.isArray(value)) throw misfit(name, type);
    if (value.length === 0) return `CAST([], '${type}')`;
    return `[${value.map((item: QueryParam) => literal(item, inner, name)).join(",")}]`;
  }
  if (type === "String") {
    if (typeof value !== "string") throw misfit(name, type);
    return quote(value);
  }
  if (type === "Identifier") {
    if (typeof value !== "string" || !/^[A-Za-z_]\w*$/.test(value)) throw misfit(name, type);
    return `\`${value}\``;
  }
  if (type === "Bool") {
    if (typeof value !== "boolean") throw misfit(name, type);
    return String(value);
  }
  if (INTEGER.test(type)) {
    const digits = typeof value === "number" && !Number.isSafeInteger(value) ? "" : String(value);
    if (!(type.startsWith("U") ? /^\d{1,78}$/ : /^-?\d{1,78}$/).test(digits)) throw misfit(name, type);
    return `to${type}('${digits}')`;
  }
  if (FLOAT.test(type)) {
    const number = typeof value === "string" || typeof value === "number" ? Number(value) : Number.NaN;
    if (!Number.isFinite(number)) throw misfit(name, type);
    return `to${type}('${number}')`;
  }
  throw new DatabaseError(`The query's parameter ${name} is of type ${type}, which is not supported.`);
}

function misfit(name: string, type: string): DatabaseError {
  return new DatabaseError(`The value of the query's parameter ${name} is not of type ${type}.`);
}

/** A string literal. Only `\` and `'` could end it early; NUL is written out for the engine's C interface. */
export function quote(text: string): string {
  return `'${text.toWellFormed().replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\0", "\\0")}'`;
}
