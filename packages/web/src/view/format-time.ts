const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const clockShort = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dayYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** Unix nanoseconds (decimal text) → milliseconds. */
export function msOfNs(ns: string): number {
  return Number(BigInt(ns) / 1_000_000n);
}

/** The full instant with every digit that was sent: `2025-11-21T02:03:17.123456789Z`. Unknown (0): `unknown`. */
export function formatIsoNs(ns: string): string {
  const value = BigInt(ns);
  if (value === 0n) return "unknown";
  const date = new Date(Number(value / 1_000_000n));
  if (Number.isNaN(date.getTime())) return `${ns} ns`;
  const fraction = String(value % 1_000_000_000n).padStart(9, "0");
  return date.toISOString().replace(/\.\d+Z$/, `.${fraction}Z`);
}

/** `02:03:17`, in the reader's time zone. */
export function formatClock(ms: number): string {
  return clock.format(ms);
}

/** `21 Nov`, with the year where it is not the current one. */
export function formatDay(ms: number, nowMs: number): string {
  const sameYear = new Date(ms).getFullYear() === new Date(nowMs).getFullYear();
  return (sameYear ? day : dayYear).format(ms);
}

/** A list's time column: the clock for today, else day and clock: `20 Nov 23:41:09`. */
export function formatListTime(ms: number, nowMs: number): string {
  return sameDay(ms, nowMs) ? clock.format(ms) : `${formatDay(ms, nowMs)} ${clock.format(ms)}`;
}

/** A range of instants: `21 Nov 02:00 – 06:30`, or both days where they differ. */
export function formatSpanOfTime(fromMs: number, toMs: number, nowMs: number): string {
  const time = toMs - fromMs < 120_000 ? clock : clockShort;
  const from = sameDay(fromMs, nowMs) && sameDay(toMs, nowMs) ? "" : `${formatDay(fromMs, nowMs)} `;
  const to = sameDay(fromMs, toMs) ? "" : `${formatDay(toMs, nowMs)} `;
  return `${from}${time.format(fromMs)} – ${to}${time.format(toMs)}`;
}

/** `just now`, `12 s ago`, `4 min ago`, `3 h ago`, `2 days ago`; later than now: `in 4 min`. */
export function formatRelative(ms: number, nowMs: number): string {
  const seconds = Math.round((nowMs - ms) / 1000);
  const abs = Math.abs(seconds);
  if (abs < 5) return "just now";
  const [amount, unit] = relativeUnit(abs);
  const text = unit === "day" ? `${amount} ${amount === 1 ? "day" : "days"}` : `${amount} ${unit}`;
  return seconds < 0 ? `in ${text}` : `${text} ago`;
}

function relativeUnit(seconds: number): [number, string] {
  if (seconds < 60) return [seconds, "s"];
  if (seconds < 3600) return [Math.round(seconds / 60), "min"];
  if (seconds < 86_400) return [Math.round(seconds / 3600), "h"];
  return [Math.round(seconds / 86_400), "day"];
}

function sameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

/**
 * Labels for a time axis: at most `count` instants on round local steps, each with its text
 * (the clock; at midnight or for day steps the day).
 */
export function timeTicks(fromMs: number, toMs: number, count: number): { ms: number; text: string }[] {
  const lengthMs = toMs - fromMs;
  if (lengthMs <= 0 || count < 1) return [];
  const stepMs = TICK_STEPS_MS.find((step) => lengthMs / step <= count) ?? niceDays(lengthMs / count);
  const offsetMs = new Date(fromMs).getTimezoneOffset() * 60_000;
  const ticks: { ms: number; text: string }[] = [];
  for (let ms = Math.ceil((fromMs - offsetMs) / stepMs) * stepMs + offsetMs; ms < toMs; ms += stepMs) {
    ticks.push({ ms, text: tickText(ms, stepMs, toMs) });
  }
  return ticks;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TICK_STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 4, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 4, 7, 14, 30, 91, 182, 365].map((n) => n * DAY),
];

function niceDays(stepMs: number): number {
  return Math.ceil(stepMs / (365 * DAY)) * 365 * DAY;
}

function tickText(ms: number, stepMs: number, nowMs: number): string {
  const date = new Date(ms);
  if (stepMs >= DAY || (date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0)) {
    return formatDay(ms, nowMs);
  }
  return (stepMs < MINUTE ? clock : clockShort).format(ms);
}
