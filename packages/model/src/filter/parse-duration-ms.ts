const UNIT_MS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * `"2s"`, `"300ms"`, `"1.5m"`, `"2h"`, `"1m30s"` → milliseconds. Units: ns, us/µs, ms, s, m/min, h, d.
 * Returns undefined for anything else, a number without a unit included.
 */
export function parseDurationMs(text: string): number | undefined {
  const compact = text.trim().toLowerCase();
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|min|s|m|h|d))+$/.test(compact)) return undefined;
  let totalMs = 0;
  for (const [, digits, unit] of compact.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|min|s|m|h|d)/g)) {
    totalMs += Number(digits) * (UNIT_MS[unit ?? ""] ?? 0);
  }
  return totalMs;
}

/** `"1000"`, `"0.01"`, `"2k"`, `"1.5M"` → number; undefined for anything else. */
export function parseFilterNumber(text: string): number | undefined {
  const match = /^(-?\d+(?:\.\d+)?|-?\.\d+)([km]?)$/i.exec(text.trim());
  if (!match) return undefined;
  const scale = { "": 1, k: 1000, m: 1_000_000 }[(match[2] ?? "").toLowerCase()] ?? 1;
  return Number(match[1]) * scale;
}
