import type { LlmFields } from "@nightowl/model/span/span";
import type { DialectReading } from "../dialects/dialect.ts";
import { isRecord, setOwn } from "./record.ts";

/** Fields whose members are answered one by one: what one dialect leaves open, the next fills in. */
const MEMBERWISE = new Set<string>([
  "usage",
  "invocationParameters",
  "metadata",
  "tool",
  "promptTemplate",
  "error",
  "graphNode",
] satisfies (keyof LlmFields)[]);

/**
 * Writes into a span that nothing was read of what several readings say of it, in order of precedence: what some dialect
 * knows better than all, then what each says, then what each has to fall back on. The first answer to a field wins. An
 * absent value, an empty list, object or text, and the kind UNKNOWN are no answer. What a reading withholds has none.
 */
export function mergeReadings(span: LlmFields, readings: readonly DialectReading[]): void {
  for (const { first } of readings) if (first !== undefined) addAnswers(span, first);
  for (const { fields } of readings) addAnswers(span, fields);
  for (const { fallback } of readings) if (fallback !== undefined) addAnswers(span, fallback);
  for (const { withheld } of readings) for (const name of withheld ?? []) clear(span, name);
}

function clear(fields: LlmFields, name: keyof LlmFields): void {
  const none =
    name === "kind" ? "UNKNOWN" : Array.isArray(fields[name]) ? [] : name === "usage" ? {} : undefined;
  Object.assign(fields, { [name]: none });
}

function addAnswers(fields: LlmFields, more: Partial<LlmFields>): void {
  const merged = fields as unknown as Record<string, unknown>;
  for (const field in more) {
    const value: unknown = more[field as keyof LlmFields];
    if (!isAnswer(value)) continue;
    const answered = merged[field];
    if (!isAnswer(answered)) merged[field] = value;
    else if (MEMBERWISE.has(field) && isRecord(answered) && isRecord(value))
      merged[field] = fillIn(answered, value);
  }
}

function isAnswer(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === "UNKNOWN") return false;
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value !== "object") return true;
  for (const key in value) if (Object.hasOwn(value, key)) return true;
  return false;
}

function fillIn(answered: Record<string, unknown>, more: Record<string, unknown>): Record<string, unknown> {
  let filled: Record<string, unknown> | undefined;
  for (const key of Object.keys(more)) {
    const value = more[key];
    if (value === undefined || Object.hasOwn(answered, key)) continue;
    filled ??= { ...answered };
    setOwn(filled, key, value);
  }
  return filled ?? answered;
}
