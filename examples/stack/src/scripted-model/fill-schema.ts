import { listTerms, listWords } from "../terms.ts";
import type { JsonSchema } from "./scripted-request.ts";

/** What arguments are made of. */
export interface Material {
  /** What the user said. */
  question: string;
  /** The words to search for. */
  query: string;
  /** Names in the question (`Paris`), of which a text that wants a name takes the first. */
  names: string[];
}

const QUERY_PROPERTY = /^(q|query|queries|search|search_?(query|term|text)|keywords?|terms?)$/i;
const QUESTION_PROPERTY = /(question|prompt|message|text|input|content|body|task|goal)/i;
const MAX_DEPTH = 8;

/** Whether a tool with these parameters searches: one of them is a query. */
export function hasQuery(schema: JsonSchema): boolean {
  return Object.keys(schema.properties ?? {}).some((name) => QUERY_PROPERTY.test(name));
}

/** The query among the arguments of a search. */
export function findQuery(args: Record<string, unknown>): string | undefined {
  const query = Object.entries(args).find(([name]) => QUERY_PROPERTY.test(name))?.[1];
  return typeof query === "string" ? query : undefined;
}

/**
 * A value of the schema, with what the question says where it says something: a number it names, a word of an
 * enumeration, a name. Else the schema's default, and else something plausible. Properties that are not required are
 * left out unless the question says something for them.
 */
export function fillSchema(schema: JsonSchema, material: Material): unknown {
  return fill(schema, { material, name: "", root: schema, depth: 0 });
}

interface Place {
  material: Material;
  /** The property's. */
  name: string;
  root: JsonSchema;
  depth: number;
}

function fill(schema: JsonSchema, place: Place): unknown {
  const { material } = place;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return findMentioned(schema.enum, material.question) ?? schema.default ?? schema.enum[0];
  const inner = resolve(schema, place);
  if (inner) return fill(inner, { ...place, depth: place.depth + 1 });
  const type = Array.isArray(schema.type) ? schema.type.find((name) => name !== "null") : schema.type;
  if (type === "object" || schema.properties) return fillObject(schema, place);
  if (type === "array") return fillArray(schema, place);
  if (type === "integer" || type === "number") return fillNumber(schema, material.question);
  if (type === "boolean") return schema.default ?? true;
  if (type === "null") return null;
  return fillText(schema, place);
}

/** The schema that a reference or a choice stands for; nothing when it stands for itself, or too deep. */
function resolve(schema: JsonSchema, { root, depth }: Place): JsonSchema | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (schema.$ref) return root.$defs?.[schema.$ref.replace("#/$defs/", "")] ?? {};
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  return choices?.find((choice) => choice.type !== "null");
}

function fillObject(schema: JsonSchema, place: Place): Record<string, unknown> {
  const filled: Record<string, unknown> = {};
  if (place.depth > MAX_DEPTH) return filled;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (!schema.required?.includes(name) && !isMentioned(name, property, place.material)) continue;
    filled[name] = fill(property, { ...place, name, depth: place.depth + 1 });
  }
  return filled;
}

function fillArray({ items = {} }: JsonSchema, place: Place): unknown[] {
  if (place.depth > MAX_DEPTH) return [];
  const { names } = place.material;
  const several = items.type === "string" && !items.enum && names.length > 1 ? names : undefined;
  return several ?? [fill(items, { ...place, depth: place.depth + 1 })];
}

function fillNumber({ default: fallback, minimum, maximum }: JsonSchema, question: string): unknown {
  const [named] = question.match(/-?\d+(\.\d+)?/) ?? [];
  const value = named === undefined ? fallback : Number(named);
  if (typeof value !== "number") return minimum ?? 1;
  return Math.min(maximum ?? Infinity, Math.max(minimum ?? -Infinity, value));
}

function fillText(schema: JsonSchema, { name, material }: Place): unknown {
  if (schema.format === "date") return new Date().toISOString().slice(0, 10);
  if (schema.format === "date-time") return new Date().toISOString();
  if (QUERY_PROPERTY.test(name)) return material.query;
  if (QUESTION_PROPERTY.test(name)) return material.question;
  return schema.default ?? material.names[0] ?? material.query;
}

function isMentioned(name: string, schema: JsonSchema, { question }: Material): boolean {
  if (QUERY_PROPERTY.test(name)) return true;
  if (schema.enum) return findMentioned(schema.enum, question) !== undefined;
  const isNumber = schema.type === "integer" || schema.type === "number";
  const words = new Set(listTerms(question));
  return (
    isNumber && /\d/.test(question) && listTerms(name.replaceAll("_", " ")).some((word) => words.has(word))
  );
}

function findMentioned(values: unknown[], question: string): unknown {
  const words = new Set(listWords(question));
  return values.find((value) => listWords(String(value)).every((word) => words.has(word)));
}
