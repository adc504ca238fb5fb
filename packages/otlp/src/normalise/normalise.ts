import { toSpanEvent, type LogRecord } from "@nightowl/model/log/log-record";
import type { LlmFields, Note, Span, WireSpan } from "@nightowl/model/span/span";
import { AttributeReader } from "@nightowl/model/span/attribute-reader";
import type { DialectReading } from "../dialects/dialect.ts";
import { candidatesFor } from "../dialects/detect.ts";
import { readGeneral } from "../dialects/general.ts";
import { completeFields } from "./complete-fields.ts";
import { mergeReadings } from "./merge-readings.ts";
import { unreadSpan } from "./unread-span.ts";

export interface NormaliseOptions {
  /** The project that the span was received for. */
  project: string;
  /** Log records that name the span, in the order in which they were said: read as if they were its events. */
  logs?: readonly LogRecord[];
}

/**
 * Reads a span as OTLP says it into the canonical span: every dialect that recognises it reads its attributes,
 * and per field the first answer wins. The wire span stays whole: no attribute is removed or changed.
 *
 * Never throws. What a dialect cannot understand earns a note of code `malformed_attribute`; a dialect
 * that fails costs its own fields only and earns `dialect_failed`.
 * A span that no dialect recognises is of kind UNKNOWN, with `dialects` empty.
 */
export function normaliseSpan(span: WireSpan, options: NormaliseOptions): Span {
  const attrs = new AttributeReader(span.attributes);
  const read = unreadSpan(span, options.project);
  const { notes, dialects } = read;
  const told = withLogs(span, options.logs);
  const readings: DialectReading[] = [];
  attempt(notes, "general", () => readings.push(readGeneral(told, attrs)));
  const general = readings.length;
  for (const { dialect, isSure, failure } of candidatesFor(span.scope.name, attrs.keyList())) {
    try {
      if (failure !== undefined) throw failure;
      if (!isSure && dialect.speaksOtherwise?.(told, attrs) !== true) continue;
      readings.push(dialect.read(told, attrs));
      dialects.push(dialect.name);
    } catch (error) {
      notes.push(failureOf(dialect.name, error));
    }
  }
  mergeReadings(read, readings);
  const isOfNoKind = readings.some((reading) => reading.isOfNoKind === true);
  if (isOfNoKind) read.kind = "UNKNOWN";
  addInstructions(read, readings);
  attempt(notes, "completion", () => notes.push(...completeFields(read, isOfNoKind)));
  for (const reading of readings) for (const note of reading.notes) notes.push(note);
  read.claimedKeys = claimedKeysOf(readings);
  const environment = readings.find((reading) => reading.environment !== undefined)?.environment;
  if (environment !== undefined) read.environment = environment;
  if (read.serviceName === "")
    read.serviceName = readings.find((reading) => reading.serviceName !== undefined)?.serviceName ?? "";
  // The general conventions' exceptions may have been caught; what a dialect calls an error is one.
  if (span.statusCode !== "ERROR" && readings.slice(general).some(saysFailed)) read.hasFailed = true;
  return read;
}

function saysFailed({ hasFailed, first, fields, fallback }: DialectReading): boolean {
  return hasFailed === true || (fields.error ?? first?.error ?? fallback?.error) !== undefined;
}

/** The conversation of one dialect may lack the instructions that another read beside it. */
function addInstructions(fields: LlmFields, readings: readonly DialectReading[]): void {
  if (fields.inputMessages.length === 0 || fields.inputMessages[0]?.role === "system") return;
  const instructions = readings.find((reading) => (reading.instructions ?? []).length > 0)?.instructions;
  if (instructions !== undefined) fields.inputMessages = [...instructions, ...fields.inputMessages];
}

/** The span as the dialects hear of it. */
function withLogs(span: WireSpan, logs: readonly LogRecord[] | undefined): WireSpan {
  if (logs === undefined || logs.length === 0) return span;
  return { ...span, events: [...span.events, ...logs.map(toSpanEvent)] };
}

/** So few are compared with each other sooner than put into a set. */
const MAX_COMPARED = 24;

const isFirst = (key: string, index: number, keys: readonly string[]) => keys.indexOf(key) === index;

function claimedKeysOf(readings: readonly DialectReading[]): string[] {
  const keys: string[] = [];
  for (const { claimed } of readings) for (const key of claimed) keys.push(key);
  return keys.length <= MAX_COMPARED ? keys.filter(isFirst) : [...new Set(keys)];
}

function attempt(notes: Note[], name: string, read: () => void): void {
  try {
    read();
  } catch (error) {
    notes.push(failureOf(name, error));
  }
}

function failureOf(name: string, error: unknown): Note {
  const reason = error instanceof Error ? error.message : String(error);
  return { code: "dialect_failed", message: `The ${name} reading failed: ${reason}` };
}
