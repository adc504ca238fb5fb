import { OTEL_KINDS, type SpanLink, type WireSpan } from "@nightowl/model/span/span";
import { type NoteBook, quoted } from "./note-book.ts";

const ZERO_TRACE_ID = "0".repeat(32);
const ZERO_SPAN_ID = "0".repeat(16);
/** The greatest time that a signed 64-bit integer holds: 2262-04-11. */
const MAX_TIME_NS = "9223372036854775807";

/**
 * Looks over a span that has been read, whatever encoding it came in. Returns why the span cannot be
 * kept, or undefined. What is odd but acceptable is noted, and set right where the rest of the program
 * could not work with it: a parent id of zeros becomes a root, a missing start becomes the end.
 *
 * Ids are hex here and times decimal; `statusCodeNumber` is OTLP's number as it was sent.
 */
export function checkSpan(span: WireSpan, statusCodeNumber: number, book: NoteBook): string | undefined {
  const reason = checkIds(span) ?? checkTimes(span);
  if (reason !== undefined) return reason;

  if (span.parentSpanId === ZERO_SPAN_ID) {
    span.parentSpanId = "";
    book.add("zero_parent_id", "The parent id is all zero; the span is taken for a root.");
  } else if (span.parentSpanId === span.spanId) {
    book.add("own_parent", "The span names itself as its parent.");
  }

  if (span.startTimeNs === "0") {
    span.startTimeNs = span.endTimeNs;
    book.add(
      "start_time_missing",
      span.endTimeNs === "0"
        ? "The span has neither a start time nor an end time."
        : "The span has no start time; its end time stands for it.",
    );
  } else if (span.endTimeNs !== "0" && isLater(span.startTimeNs, span.endTimeNs)) {
    book.add(
      "ends_before_start",
      `The span ends (${span.endTimeNs} ns) before it starts (${span.startTimeNs} ns).`,
    );
  }

  if (span.otelKind < 0 || span.otelKind >= OTEL_KINDS.length) {
    book.add("unknown_kind", `OpenTelemetry has no span kind ${span.otelKind}.`);
  }
  if (statusCodeNumber === 1) span.statusCode = "OK";
  else if (statusCodeNumber === 2) span.statusCode = "ERROR";
  else if (statusCodeNumber !== 0) {
    book.add("unknown_status", `OpenTelemetry has no status code ${statusCodeNumber}; it is shown as unset.`);
  }

  for (const event of span.events) {
    if (isLater(event.timeNs, MAX_TIME_NS)) {
      book.add(
        "event_time_out_of_range",
        `The event ${quoted(event.name)} has the time ${event.timeNs} ns, after the year 2262.`,
      );
    }
  }
  span.links.forEach((link, index) => checkLink(link, index, book));
  return undefined;
}

function checkIds(span: WireSpan): string | undefined {
  if (span.traceId.length !== 32) return `its trace id has ${bytesOf(span.traceId)}; 16 are needed`;
  if (span.traceId === ZERO_TRACE_ID) return "its trace id is all zero";
  if (span.spanId.length !== 16) return `its span id has ${bytesOf(span.spanId)}; 8 are needed`;
  if (span.spanId === ZERO_SPAN_ID) return "its span id is all zero";
  if (span.parentSpanId !== "" && span.parentSpanId.length !== 16) {
    return `its parent id has ${bytesOf(span.parentSpanId)}; 8 are needed, or none for a root`;
  }
  return undefined;
}

function checkTimes(span: WireSpan): string | undefined {
  if (isLater(span.startTimeNs, MAX_TIME_NS)) {
    return `its start time is ${span.startTimeNs} ns, beyond the year 2262`;
  }
  if (isLater(span.endTimeNs, MAX_TIME_NS)) {
    return `its end time is ${span.endTimeNs} ns, beyond the year 2262`;
  }
  return undefined;
}

function checkLink(link: SpanLink, index: number, book: NoteBook): void {
  const isWhole =
    link.traceId.length === 32 &&
    link.traceId !== ZERO_TRACE_ID &&
    link.spanId.length === 16 &&
    link.spanId !== ZERO_SPAN_ID;
  if (!isWhole) {
    book.add(
      "invalid_link",
      `Link ${index + 1} names no span: trace id ${quoted(link.traceId)}, span id ${quoted(link.spanId)}.`,
    );
  }
}

/** Hex digits as a count of bytes; an odd digit is half a byte. */
function bytesOf(hex: string): string {
  return `${hex.length / 2} bytes`;
}

/** Compares two decimal texts without leading zeros. */
function isLater(timeNs: string, otherNs: string): boolean {
  return timeNs.length === otherNs.length ? timeNs > otherNs : timeNs.length > otherNs.length;
}
