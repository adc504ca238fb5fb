import type { Attributes, AttributeValue } from "./attributes.ts";

/** The tagged forms of {@link AttributeValue}, opened: what a reader of values (not of types) wants. */
export function plainValue(value: AttributeValue | undefined): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(plainValue);
  if ("@int" in value) return exactNumber(String(value["@int"]));
  if ("@double" in value) return Number(value["@double"]);
  if ("@bytes" in value) return bytesText(String(value["@bytes"]));
  const entries = kvlistEntries(value);
  const plain: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, item] of entries) plain[key] = plainValue(item);
  return { ...plain };
}

function kvlistEntries(value: Attributes): [string, AttributeValue][] {
  const list = value["@kvlist"];
  return Array.isArray(list) ? (list as [string, AttributeValue][]) : Object.entries(value);
}

function exactNumber(text: string): number | string {
  const n = Number(text);
  return Number.isSafeInteger(n) ? n : text;
}

/** Base64 → UTF-8 text: some SDKs send JSON text as bytes. */
function bytesText(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}
