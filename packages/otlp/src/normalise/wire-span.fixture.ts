import type { Attributes } from "@nightowl/model/span/attributes";
import type { Span, WireSpan } from "@nightowl/model/span/span";
import { wireSpanFixture } from "@nightowl/model/span/span.fixture";
import { normaliseSpan } from "./normalise.ts";

/** A wire span of 100 ms with these attributes, and whatever else a test wants of it. */
export function wireSpan(attributes: Attributes, more: Partial<WireSpan> = {}): WireSpan {
  return wireSpanFixture({ attributes, ...more });
}

/** The canonical span of {@link wireSpan}. */
export function readSpan(attributes: Attributes, more: Partial<WireSpan> = {}): Span {
  return normaliseSpan(wireSpan(attributes, more), { project: "test" });
}
