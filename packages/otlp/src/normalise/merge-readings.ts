import type { LlmFields } from "@nightowl/model/span/span";
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

/** Fields of no dialect: everything absent. */
export function emptyFields(): LlmFields {
  return {
    kind: "UNKNOWN",
    finishReasons: [],
    inputMessages: [],
    outputMessages: [],
    tools: [],
    usage: {},
    documents: [],
    inputDocuments: [],
    embeddings: [],
    tags: [],
  };
}

/**
 * One set of fields from several, in order of precedence: the first answer to a field wins. An absent
 * value, an empty list, object or text, and the kind UNKNOWN are no answer.
 */
export function mergeReadings(readings: readonly Partial<LlmFields>[]): LlmFields {
  const merged = emptyFields() as unknown as Record<string, unknown>;
  for (const reading of readings) {
    for (const [field, value] of Object.entries(reading)) {
      if (!isAnswer(value)) continue;
      const answered = merged[field];
      if (!isAnswer(answered)) merged[field] = value;
      else if (MEMBERWISE.has(field) && isRecord(answered) && isRecord(value))
        merged[field] = fillIn(answered, value);
    }
  }
  return merged as unknown as LlmFields;
}

function isAnswer(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === "UNKNOWN") return false;
  if (Array.isArray(value)) return value.length > 0;
  return !isRecord(value) || Object.keys(value).length > 0;
}

function fillIn(answered: Record<string, unknown>, more: Record<string, unknown>): Record<string, unknown> {
  const open = Object.entries(more).filter(
    ([key, value]) => value !== undefined && !Object.hasOwn(answered, key),
  );
  return open.length === 0 ? answered : { ...answered, ...Object.fromEntries(open) };
}
