/**
 * A duration for people, from milliseconds: `0 ms`, `640 µs`, `12 ms`, `3.4 s`→`3.40 s`, `2 m 05 s`,
 * `1 h 02 m`. Two decimals for seconds, so that figures in a column compare. Undefined or not finite: `–`.
 */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return "–";
  const sign = ms < 0 ? "−" : "";
  const abs = Math.abs(ms);
  if (abs === 0) return "0 ms";
  if (abs < 1) return `${sign}${Math.max(1, Math.round(abs * 1000))} µs`;
  if (abs < 10) return `${sign}${trimZeros(abs.toFixed(1))} ms`;
  if (abs < 999.5) return `${sign}${Math.round(abs)} ms`;
  if (abs < 59_995) return `${sign}${(abs / 1000).toFixed(2)} s`;
  const seconds = Math.round(abs / 1000);
  if (seconds < 3600) return `${sign}${Math.floor(seconds / 60)} m ${pad(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60 * 48) return `${sign}${Math.floor(minutes / 60)} h ${pad(minutes % 60)} m`;
  return `${sign}${Math.floor(minutes / 1440)} d ${pad(Math.round((minutes % 1440) / 60))} h`;
}

function trimZeros(text: string): string {
  return text.replace(/\.0$/, "");
}

function pad(n: number): string {
  return String(n).padStart(2, "0");
}
