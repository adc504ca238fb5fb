import type { AttributeValue, Attributes } from "../span/attributes.ts";
import type { Note, Resource, Scope, SpanEvent } from "../span/span.ts";

/**
 * One log record as OTLP says it, with nothing lost. Some instrumentations put what was said to a model and what it
 * answered into log records that name their span, and not on the span.
 *
 * Spec: opentelemetry-proto `logs/v1/logs.proto`.
 */
export interface LogRecord {
  /** 32 lower-case hex digits, or `""` where the record belongs to no trace. */
  traceId: string;
  /** 16 lower-case hex digits, or `""` where the record belongs to no span. */
  spanId: string;
  /** Unix nanoseconds, decimal; `"0"` is "unknown". */
  timeNs: string;
  /** When it was collected, Unix nanoseconds, decimal; `"0"` is "unknown". */
  observedTimeNs: string;
  /** OTLP's number, 0 (unspecified) to 24. */
  severityNumber: number;
  severityText: string;
  eventName: string;
  body: AttributeValue;
  attributes: Attributes;
  droppedAttributesCount: number;
  flags: number;
  /** Shared by all records of one ResourceLogs. */
  resource: Resource;
  /** Shared by all records of one ScopeLogs. */
  scope: Scope;
  /** What the decoder had to remark; `[]` nearly always. */
  notes: Note[];
}

/** The record's time, else when it was observed; `"0"` where neither is known. */
export function logTimeNs(record: LogRecord): string {
  return record.timeNs === "0" ? record.observedTimeNs : record.timeNs;
}

/** Spring AI's loggers of what was said: their records are plain lines, and have no name but the logger's. */
const CONTENT_LOGGER =
  /^org\.springframework\.ai\.[\w.]+(PromptContent|Completion|QueryResponse)ObservationHandler$/;

/**
 * What the record is called: by an attribute, as senders older than the field for it do, else by that field (in which
 * some loggers put the line of code), else by a logger that is known to log what was said to a model, else by its body.
 * `""` where it has no name.
 */
export function logEventName({ eventName, attributes, body, scope }: LogRecord): string {
  const told = attributes["event.name"] ?? attributes["event_name"];
  if (typeof told === "string" && told !== "") return told;
  if (eventName !== "") return eventName;
  return CONTENT_LOGGER.test(scope.name) ? scope.name : nameInBody(body);
}

/** Some write the name into the body, where many things have names: only that of a model's event counts. */
function nameInBody(body: AttributeValue): string {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return "";
  const members: Record<string, AttributeValue> = body;
  const told = members["event.name"] ?? members["event_name"] ?? members["name"];
  return typeof told === "string" && told.startsWith("gen_ai.") ? told : "";
}

/** The attribute under which {@link toSpanEvent} keeps a body that is no map. */
export const LOG_BODY_ATTRIBUTE = "body";

/**
 * A log record in the form of a span event, so that whoever reads the one reads the other: a body that is a map
 * lies among the attributes (which win where both have a key), any other body is the attribute `body`.
 */
export function toSpanEvent(record: LogRecord): SpanEvent {
  const { body } = record;
  const members = typeof body === "object" && body !== null && !Array.isArray(body) ? body : undefined;
  const said = { ...(members ?? (body === null || body === "" ? {} : { [LOG_BODY_ATTRIBUTE]: body })) };
  const name = logEventName(record);
  // The event's name is not that of who speaks in it.
  if ("name" in said && said["name"] === name) delete said["name"];
  return {
    name,
    timeNs: logTimeNs(record),
    attributes: { ...said, ...record.attributes },
    droppedAttributesCount: record.droppedAttributesCount,
  };
}
