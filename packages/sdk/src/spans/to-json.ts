import { configure } from "safe-stable-stringify";

const MAX_DEPTH = 50;

const stringify = configure({
  bigint: true,
  circularValue: "[Circular]",
  deterministic: false,
  maximumDepth: MAX_DEPTH,
});

/**
 * JSON of any value, for an attribute: big integers as digits, a circle as "[Circular]", an error as its name and
 * message, bytes as their number. Undefined for what JSON has no word for (undefined, a function, a symbol).
 * Never throws: what throws while it is read becomes a text that says so.
 */
export function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, replace) as string | undefined;
  } catch {
    // Big integers and circles: rare, and slower to write.
  }
  try {
    return stringify(value, replace);
  } catch (error) {
    return JSON.stringify(`[not serialisable: ${messageOf(error)}]`);
  }
}

/** A text as it is, anything else as JSON; undefined for nothing. */
export function toText(value: unknown): string | undefined {
  return typeof value === "string" ? value : toJson(value);
}

function replace(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Error) return { ...value, name: value.name, message: value.message };
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  // A Buffer has already turned itself into {type, data}.
  const { type, data } = value as { type?: unknown; data?: unknown };
  return type === "Buffer" && Array.isArray(data) ? `[${data.length} bytes]` : value;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "it throws while it is read";
}
