import type { LlmFields } from "@nightowl/model/span/span";
import type { DialectReading } from "../dialects/dialect.ts";
import { isRecord } from "./record.ts";

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

/** Fields of no dialect: everything absent. All members are written, so that every span has one shape and stays quick. */
export function emptyFields(): LlmFields {
  return {
    kind: "UNKNOWN",
    displayName: undefined,
    provider: undefined,
    requestModel: undefined,
    responseModel: undefined,
    responseId: undefined,
    invocationParameters: undefined,
    finishReasons: [],
    streaming: undefined,
    timeToFirstTokenMs: undefined,
    input: undefined,
    output: undefined,
    inputMessages: [],
    outputMessages: [],
    tools: [],
    usage: {},
    cumulativeUsage: undefined,
    cost: undefined,
    documents: [],
    inputDocuments: [],
    query: undefined,
    topK: undefined,
    embeddings: [],
    promptTemplate: undefined,
    tool: undefined,
    agentName: undefined,
    graphNode: undefined,
    sessionId: undefined,
    userId: undefined,
    tags: [],
    metadata: undefined,
    error: undefined,
  } satisfies { [F in keyof Required<LlmFields>]: LlmFields[F] };
}

/**
 * One set of fields from several readings, in order of precedence: what some dialect knows better than all, then what
 * each says, then what each has to fall back on. The first answer to a field wins. An absent value, an empty list,
 * object or text, and the kind UNKNOWN are no answer. What a reading withholds has none.
 */
export function mergeReadings(readings: readonly DialectReading[]): LlmFields {
  const merged = emptyFields();
  for (const { first } of readings) if (first !== undefined) addAnswers(merged, first);
  for (const { fields } of readings) addAnswers(merged, fields);
  for (const { fallback } of readings) if (fallback !== undefined) addAnswers(merged, fallback);
  for (const { withheld } of readings) if (withheld !== undefined) empty(merged, withheld);
  return merged;
}

function empty(fields: LlmFields, names: readonly (keyof LlmFields)[]): void {
  const none = emptyFields();
  for (const name of names) Object.assign(fields, { [name]: none[name] });
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
  const open = Object.entries(more).filter(
    ([key, value]) => value !== undefined && !Object.hasOwn(answered, key),
  );
  return open.length === 0 ? answered : { ...answered, ...Object.fromEntries(open) };
}
