/** `420 µs`, `12.3 ms`, `820 ms`, `3.42 s`, `2m 05s`, `1h 02m`, `3d 04h`. Milliseconds in. */
export function formatDuration(durationMs: number): string {
  const sign = durationMs < 0 ? "-" : "";
  const ms = Math.abs(durationMs);
  if (ms === 0) return "0 ms";
  if (ms < 0.9995) return `${sign}${Math.max(1, Math.round(ms * 1000))} µs`;
  if (ms < 99.95) return `${sign}${Number(ms.toFixed(1))} ms`;
  if (ms < 999.5) return `${sign}${Math.round(ms)} ms`;
  if (ms < 59_995) return `${sign}${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${sign}${Math.floor(seconds / 60)}m ${pad(seconds % 60)}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${sign}${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m`;
  const hours = Math.round(minutes / 60);
  return `${sign}${Math.floor(hours / 24)}d ${pad(hours % 24)}h`;
}

/** `1,217`: the same everywhere, whatever the machine's language. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** `1,217 → 38`; a side that was not reported is `–`, and `""` when neither was. */
export function formatTokens(input: number | null | undefined, output: number | null | undefined): string {
  if ((input ?? undefined) === undefined && (output ?? undefined) === undefined) return "";
  return `${formatOptional(input)} → ${formatOptional(output)}`;
}

/** US dollars with the digits that matter: `$12.40`, `$0.0123`, `$0.000004`. */
export function formatCost(costUsd: number): string {
  if (costUsd === 0) return "$0";
  if (Math.abs(costUsd) >= 1) return `$${costUsd.toFixed(2)}`;
  const digits = Math.min(9, Math.max(2, 2 - Math.floor(Math.log10(Math.abs(costUsd)))));
  return `$${costUsd.toFixed(digits).replace(/(\.\d\d\d*?)0+$/, "$1")}`;
}

/** Unix nanoseconds → `2026-11-21 02:03:04` in the terminal's zone (or the one named); "0" is `unknown`. */
export function formatTime(timeNs: string, timeZone?: string): string {
  if (timeNs === "0") return "unknown";
  const date = new Date(Number(BigInt(timeNs) / 1_000_000n));
  // Sweden writes dates as ISO 8601 does.
  return date.toLocaleString("sv-SE", timeZone === undefined ? {} : { timeZone });
}

function formatOptional(count: number | null | undefined): string {
  return count === null || count === undefined ? "–" : formatCount(count);
}

function pad(n: number): string {
  return String(n).padStart(2, "0");
}
