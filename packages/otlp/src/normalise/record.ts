/** True for a plain object: neither `null` nor a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object without `undefined` values; `undefined` when nothing is left. */
export function compact<T extends object>(value: T): T | undefined {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as T);
}

/** The first value that is neither `undefined` nor `null`. */
export function firstOf(record: Record<string, unknown>, ...keys: string[]): unknown {
  for (const key of keys) {
    if (!Object.hasOwn(record, key)) continue;
    const value = record[key];
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** JSON text of any value; `String(value)` where JSON cannot say it. Never throws. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
