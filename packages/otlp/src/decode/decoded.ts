import type { WireSpan } from "@nightowl/model/span/span";

/** What came out of one ExportTraceServiceRequest. One bad span never costs the others. */
export interface DecodedTraces {
  spans: WireSpan[];
  rejected: RejectedSpan[];
}

/** A span that could not be read, named well enough for its sender to find it. */
export interface RejectedSpan {
  /** Position among all spans of the request, from 0. */
  index: number;
  /** As far as it could be read; may be empty. */
  name: string;
  reason: string;
}

/** The request as a whole cannot be read: not protobuf, truncated, not JSON, not an export request. Answer 400. */
export class DecodeError extends Error {
  override name = "DecodeError";
}

/** Attribute values nested deeper than this reject their span: a guard for the stack, far above real use. */
export const MAX_VALUE_DEPTH = 128;

/**
 * A request with more spans, events, links, nested lists and list entries with a key than this is refused as a
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
        `The request holds more than ${MAX_ITEMS_PER_REQUEST} spans, events, links and nested values; send fewer at once.`,
      );
    }
  }
}
