/** The time axis of the waterfall. All times are milliseconds after the trace's start, as floats. */

/** The part of the trace that the timeline shows. `startMs < endMs`, both within the trace. */
export interface TimeWindow {
  startMs: number;
  endMs: number;
}

export interface Tick {
  atMs: number;
  label: string;
}

/** A window is never narrower than this, so that zooming has an end: 1 microsecond. */
export const MIN_WINDOW_MS = 0.001;

/** The whole trace as a window. A trace of no length still gets one, so that positions divide by something. */
export function wholeWindow(totalMs: number): TimeWindow {
  return { startMs: 0, endMs: Math.max(totalMs, MIN_WINDOW_MS) };
}

/** True where the window shows (very nearly) the whole trace. */
export function isWhole(window: TimeWindow, totalMs: number): boolean {
  const whole = wholeWindow(totalMs);
  const slack = (whole.endMs - whole.startMs) * 1e-6;
  return window.startMs <= slack && window.endMs >= whole.endMs - slack;
}

/**
 * A window that lies within the trace and is not narrower than {@link MIN_WINDOW_MS}. Ends given the
 * wrong way round are turned; a window that sticks out is moved in before it is shortened; what is not
 * finite gives the whole trace.
 */
export function clampWindow(window: TimeWindow, totalMs: number): TimeWindow {
  const whole = wholeWindow(totalMs);
  if (!Number.isFinite(window.startMs) || !Number.isFinite(window.endMs)) return whole;
  let startMs = Math.min(window.startMs, window.endMs);
  const length = Math.min(whole.endMs, Math.max(MIN_WINDOW_MS, Math.abs(window.endMs - window.startMs)));
  startMs = Math.min(Math.max(0, startMs), whole.endMs - length);
  return { startMs, endMs: startMs + length };
}

/** The window made `factor` times as wide, with the time `atMs` staying where it is on the screen. */
export function zoomWindow(window: TimeWindow, totalMs: number, atMs: number, factor: number): TimeWindow {
  const length = window.endMs - window.startMs;
  const wanted = Math.min(wholeWindow(totalMs).endMs, Math.max(MIN_WINDOW_MS, length * factor));
  const share = length > 0 ? (atMs - window.startMs) / length : 0.5;
  const startMs = atMs - share * wanted;
  return clampWindow({ startMs, endMs: startMs + wanted }, totalMs);
}

/** The window moved by `byMs`, of the same length, stopped at the trace's ends. */
export function panWindow(window: TimeWindow, totalMs: number, byMs: number): TimeWindow {
  const length = window.endMs - window.startMs;
  const startMs = Math.min(
    Math.max(0, window.startMs + byMs),
    Math.max(0, wholeWindow(totalMs).endMs - length),
  );
  return { startMs, endMs: startMs + length };
}

/** One edge of the window dragged to `toMs`; the other stays, and the edges never cross. */
export function dragEdge(
  window: TimeWindow,
  totalMs: number,
  edge: "start" | "end",
  toMs: number,
): TimeWindow {
  const end = wholeWindow(totalMs).endMs;
  if (edge === "start") {
    return {
      startMs: Math.min(Math.max(0, toMs), window.endMs - MIN_WINDOW_MS),
      endMs: window.endMs,
    };
  }
  return { startMs: window.startMs, endMs: Math.max(Math.min(end, toMs), window.startMs + MIN_WINDOW_MS) };
}

/** Where a time lies in the window: 0 at its start, 1 at its end; outside it below 0 or above 1. */
export function fractionAt(window: TimeWindow, timeMs: number): number {
  return (timeMs - window.startMs) / (window.endMs - window.startMs);
}

/** The time at a fraction of the window. */
export function timeAt(window: TimeWindow, fraction: number): number {
  return window.startMs + fraction * (window.endMs - window.startMs);
}

/** The ordinary steps of a decimal axis, and of minutes and hours above it. */
const STEPS_ABOVE_SECOND = [
  1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000,
  7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000,
];

/** The smallest round step (1, 2, 5 × 10ⁿ; clock steps above a second) that is at least `minMs`. */
export function niceStep(minMs: number): number {
  if (!(minMs > 0)) return 1;
  if (minMs > 1000) {
    const clock = STEPS_ABOVE_SECOND.find((step) => step >= minMs);
    if (clock !== undefined) return clock;
    return niceDecimal(minMs / 86_400_000) * 86_400_000;
  }
  return niceDecimal(minMs);
}

function niceDecimal(min: number): number {
  const power = 10 ** Math.floor(Math.log10(min));
  const lead = min / power;
  // 1e-9 forgives what the logarithm rounds: 10 must not become 20.
  const nice = lead <= 1 + 1e-9 ? 1 : lead <= 2 + 1e-9 ? 2 : lead <= 5 + 1e-9 ? 5 : 10;
  return nice * power;
}

/**
 * Ticks at round times, none closer than `minGapPx` to the next. Labels are in one unit for the whole
 * axis, with as many digits as the step needs. A width of 0 gives none.
 */
export function ticksOf(window: TimeWindow, widthPx: number, minGapPx = 84): Tick[] {
  const length = window.endMs - window.startMs;
  if (!(widthPx > 0) || !(length > 0)) return [];
  const step = niceStep((length * Math.min(minGapPx, widthPx)) / widthPx);
  const ticks: Tick[] = [];
  const first = Math.ceil(window.startMs / step - 1e-9);
  const last = Math.floor(window.endMs / step + 1e-9);
  for (let n = first; n <= last; n++) {
    const atMs = n * step;
    ticks.push({ atMs, label: formatTick(atMs, step) });
  }
  return ticks;
}

const DAY_MS = 86_400_000;

/** A tick's label: `0`, `250 µs`, `1.5 s`, `2:30`, `1:02:00`, `3 d`; the unit follows the step. */
export function formatTick(atMs: number, stepMs: number): string {
  if (atMs === 0) return "0";
  if (stepMs < 0.001) return `${trimmed(atMs * 1e6, 0)} ns`;
  if (stepMs < 1) {
    if (Math.abs(atMs) >= 1000) return `${trimmed(atMs / 1000, digitsOf(stepMs / 1000))} s`;
    if (Math.abs(atMs) >= 1) return `${trimmed(atMs, digitsOf(stepMs))} ms`;
    return `${trimmed(atMs * 1000, digitsOf(stepMs * 1000))} µs`;
  }
  if (stepMs < 1000 && Math.abs(atMs) < 1000) return `${trimmed(atMs, 0)} ms`;
  if (Math.abs(atMs) < 60_000 || stepMs < 1000) return `${trimmed(atMs / 1000, digitsOf(stepMs / 1000))} s`;
  if (stepMs >= DAY_MS) return `${Math.round(atMs / DAY_MS)} d`;
  const seconds = Math.round(atMs / 1000);
  const clock = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const hours = Math.floor(seconds / 3600);
  return hours > 0 ? `${hours}:${clock}` : clock.replace(/^0(\d)/, "$1");
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}

/** Digits after the point that a step of this size needs. */
function digitsOf(step: number): number {
  return Math.min(9, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
}

function trimmed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
