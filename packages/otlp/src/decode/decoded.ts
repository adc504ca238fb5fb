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
