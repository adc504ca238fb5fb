import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { AttributeValue, Attributes } from "@opentelemetry/api";

/** What a span costs besides its texts. */
const BASE_BYTES = 512;

/** About how much memory a span holds. Quick rather than exact: a character counts as one byte. */
export function bytesOfSpan(span: ReadableSpan): number {
  let bytes = BASE_BYTES + bytesOfAttributes(span.attributes);
  for (const event of span.events) bytes += 64 + bytesOfAttributes(event.attributes ?? {});
  return bytes;
}

function bytesOfAttributes(attributes: Attributes): number {
  let bytes = 0;
  for (const key in attributes) bytes += key.length + bytesOfValue(attributes[key]);
  return bytes;
}

function bytesOfValue(value: AttributeValue | undefined): number {
  if (typeof value === "string") return value.length;
  if (!Array.isArray(value)) return 8;
  let bytes = 0;
  for (const item of value) bytes += typeof item === "string" ? item.length : 8;
  return bytes;
}
