import type { LogRecord } from "@nightowl/model/log/log-record";
import type { Note, WireSpan } from "@nightowl/model/span/span";

/** What came out of one ExportTraceServiceRequest. One bad span never costs the others. */
export interface DecodedTraces {
  spans: WireSpan[];
  rejected: RejectedItem[];
}

/** A span or log record that could not be read, named well enough for its sender to find it. */
export interface RejectedItem {
  /** Position among all items of the request, from 0. */
  index: number;
  /** As far as it could be read; may be empty. */
  name: string;
  reason: string;
}

/** What came out of one ExportLogsServiceRequest. One bad record never costs the others. */
export interface DecodedLogs {
  records: LogRecord[];
  /** `name` is the record's event name. */
  rejected: RejectedItem[];
}

/** What the items of a resource or scope have in common. */
export interface Origin<T> {
  value: T;
  notes: Note[];
  /** Why it could not be read, if it could not: then its items cannot be kept either. */
  broken: string | undefined;
}

/** The request as a whole cannot be read: not protobuf, truncated, not JSON, not an export request. Answer 400. */
export class DecodeError extends Error {
  override name = "DecodeError";
}

/** Attribute values nested deeper than this reject their span or record: a guard for the stack, far above real use. */
export const MAX_VALUE_DEPTH = 128;

/**
 * A request with more spans, records, events, links, nested lists and list entries with a key than this is refused as a
 * whole: an empty event is two bytes on the wire and a hundred in memory, so a small compressed body could
 * otherwise fill it. Plain numbers and texts in a list (an embedding) are not counted.
 */
export const MAX_ITEMS_PER_REQUEST = 5_000_000;

/** Counts the items of one request. */
export class ItemCount {
  #items = 0;

  /** Throws {@link DecodeError} beyond {@link MAX_ITEMS_PER_REQUEST}. */
  add(): void {
    if (++this.#items > MAX_ITEMS_PER_REQUEST) {
      throw new DecodeError(
        `The request holds more than ${MAX_ITEMS_PER_REQUEST} spans, log records, events, links and nested values; send fewer at once.`,
      );
    }
  }
}
