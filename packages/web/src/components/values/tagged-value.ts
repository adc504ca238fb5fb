/** An attribute's value with its exact form opened. `entries` where a list of pairs says more than an object. */
export interface OpenValue {
  value: unknown;
  entries?: [string, unknown][] | undefined;
  /** What the form said beyond the value: `int64`, `double`, `12 bytes`. */
  hint?: string | undefined;
}

/** Opens one level of the tagged forms of `model/span/attributes`; any other value is given back. Never throws. */
export function openTagged(value: unknown): OpenValue {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { value };
  const keys = Object.keys(value);
  if (keys.length !== 1) return { value };
  const inner = (value as Record<string, unknown>)[keys[0] ?? ""];
  switch (keys[0]) {
    case "@int":
      return { value: exactNumber(String(inner)), hint: "int64" };
    case "@double":
      return { value: exactNumber(String(inner)), hint: "double" };
    case "@bytes":
      return openBytes(String(inner));
    case "@kvlist":
      return Array.isArray(inner)
        ? { value, entries: inner as [string, unknown][], hint: "pairs" }
        : { value };
    default:
      return { value };
  }
}

/** Bytes that are readable text are shown as it; others stay base64. */
function openBytes(base64: string): OpenValue {
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const hint = `${bytes.length} ${bytes.length === 1 ? "byte" : "bytes"}`;
    try {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      // Control characters other than tab and line ends are no text.
      // oxlint-disable-next-line no-control-regex
      if (!/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text))
        return { value: text, hint: `${hint}, as text` };
    } catch {
      // Not UTF-8.
    }
    return { value: base64, hint: `${hint}, base64` };
  } catch {
    return { value: base64, hint: "bytes" };
  }
}

/** The number where JavaScript can hold it, else its digits: none is lost. */
function exactNumber(digits: string): number | string {
  const n = Number(digits);
  return String(n) === digits ? n : digits;
}
