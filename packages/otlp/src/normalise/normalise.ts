import { toSpanEvent, type LogRecord } from "@nightowl/model/log/log-record";
import type { LlmFields, Note, Span, WireSpan } from "@nightowl/model/span/span";
import { AttributeReader, plainValue, textOf } from "@nightowl/model/span/attribute-reader";
import type { DialectReading } from "../dialects/dialect.ts";
import { candidatesFor } from "../dialects/detect.ts";
import { readGeneral } from "../dialects/general.ts";
import { completeFields } from "./complete-fields.ts";
import { mergeReadings } from "./merge-readings.ts";
import { sampleWeightOf } from "./sample-weight.ts";

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
  const notes = [...span.notes];
  const dialects: string[] = [];
  const readings: DialectReading[] = [];
  const told = withLogs(span, options.logs);
  attempt(notes, "general", () => readings.push(readGeneral(told, attrs)));
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
  const fields = mergeReadings(readings);
  const isOfNoKind = readings.some((reading) => reading.isOfNoKind === true);
  if (isOfNoKind) fields.kind = "UNKNOWN";
  addInstructions(fields, readings);
  attempt(notes, "completion", () => notes.push(...completeFields(fields, span, isOfNoKind)));
  for (const reading of readings) for (const note of reading.notes) notes.push(note);
  // Member by member: an object of this size made by spreading is several times slower to make and to read.
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    traceState: span.traceState,
    flags: span.flags,
    name: span.name,
    otelKind: span.otelKind,
    startTimeNs: span.startTimeNs,
    endTimeNs: span.endTimeNs,
    attributes: span.attributes,
    droppedAttributesCount: span.droppedAttributesCount,
    events: span.events,
    droppedEventsCount: span.droppedEventsCount,
    links: span.links,
    droppedLinksCount: span.droppedLinksCount,
    statusCode: span.statusCode,
    statusMessage: span.statusMessage,
    resource: span.resource,
    scope: span.scope,
    kind: fields.kind,
    displayName: fields.displayName,
    provider: fields.provider,
    requestModel: fields.requestModel,
    responseModel: fields.responseModel,
    responseId: fields.responseId,
    invocationParameters: fields.invocationParameters,
    finishReasons: fields.finishReasons,
    streaming: fields.streaming,
    timeToFirstTokenMs: fields.timeToFirstTokenMs,
    input: fields.input,
    output: fields.output,
    inputMessages: fields.inputMessages,
    outputMessages: fields.outputMessages,
    tools: fields.tools,
    usage: fields.usage,
    cumulativeUsage: fields.cumulativeUsage,
    cost: fields.cost,
    documents: fields.documents,
    inputDocuments: fields.inputDocuments,
    query: fields.query,
    topK: fields.topK,
    embeddings: fields.embeddings,
    promptTemplate: fields.promptTemplate,
    tool: fields.tool,
    agentName: fields.agentName,
    graphNode: fields.graphNode,
    sessionId: fields.sessionId,
    userId: fields.userId,
    tags: fields.tags,
    metadata: fields.metadata,
    error: fields.error,
    project: options.project,
    serviceName: firstText(span, "service.name") ?? "",
    environment:
      readings.find((reading) => reading.environment !== undefined)?.environment ??
      firstText(span, "deployment.environment.name") ??
      firstText(span, "deployment.environment") ??
      "",
    sampleWeight: sampleWeightOf(span),
    hasFailed: span.statusCode !== "ERROR" && readings.some(saysFailed) ? true : undefined,
    prompt: undefined,
    dialects,
    claimedKeys: claimedKeysOf(readings),
    notes,
    wireNotes: span.notes,
  } satisfies { [M in keyof Required<Span>]: Span[M] };
}

/** The general conventions' exceptions may have been caught; what a dialect calls an error is one. */
function saysFailed(reading: DialectReading, index: number): boolean {
  if (reading.hasFailed === true) return true;
  const { first, fields, fallback } = reading;
  return index > 0 && (fields.error ?? first?.error ?? fallback?.error) !== undefined;
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

/** The span's own word, then its resource's. */
function firstText(span: WireSpan, key: string): string | undefined {
  const own = Object.hasOwn(span.attributes, key) ? textOf(plainValue(span.attributes[key])) : undefined;
  if (own !== undefined) return own;
  const resource = span.resource.attributes;
  return Object.hasOwn(resource, key) ? textOf(plainValue(resource[key])) : undefined;
}
