/** True for a plain object: neither `null` nor a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The members of an object that are not `undefined`; `undefined` when there is none.
 * For objects whose keys we wrote ourselves: a key `__proto__` is not expected.
 */
export function compact<T extends object>(value: T): T | undefined {
  let kept: Record<string, unknown> | undefined;
  for (const key in value) {
    if (value[key] === undefined) continue;
    kept ??= {};
    kept[key] = value[key];
  }
  return kept as T | undefined;
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

/** Sets an own member of any name, `__proto__` too. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__")
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}
