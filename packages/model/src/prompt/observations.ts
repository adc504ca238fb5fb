import { tokenise } from "./tokenise.ts";

/** What was seen in one place of a prompt, in little memory: its values while they are few, and how its texts begin and end. */
export interface Observations {
  /** By value; undefined when there were more than are kept, so that it surely varies. */
  values: Map<string, ValueCount> | undefined;
  seen: number;
  /** Lines that the latest values ended with, and began with, and how often. Only of values with several lines. */
  lastLines: Map<string, number>;
  firstLines: Map<string, number>;
  linesSeen: number;
}

export interface ValueCount {
  count: number;
  firstMs: number;
  lastMs: number;
}

const KEPT_VALUES = 12;
const KEPT_VALUE_CHARS = 4000;
/** Lines are counted among so many values, then anew. */
export const LINE_WINDOW = 32;

export function createObservations(): Observations {
  return { values: new Map(), seen: 0, lastLines: new Map(), firstLines: new Map(), linesSeen: 0 };
}

export function observeValue(observations: Observations, value: string, timeMs: number): void {
  observations.seen += 1;
  if (observations.values) {
    const known = observations.values.get(value);
    if (known) {
      known.count += 1;
      known.firstMs = Math.min(known.firstMs, timeMs);
      known.lastMs = Math.max(known.lastMs, timeMs);
    } else if (observations.values.size < KEPT_VALUES && value.length <= KEPT_VALUE_CHARS) {
      observations.values.set(value, { count: 1, firstMs: timeMs, lastMs: timeMs });
    } else observations.values = undefined;
  }
  if (observations.linesSeen === LINE_WINDOW) {
    observations.linesSeen = 0;
    observations.lastLines.clear();
    observations.firstLines.clear();
  }
  observations.linesSeen += 1;
  const first = value.indexOf("\n");
  if (first < 0) return;
  countLine(observations.lastLines, value.slice(value.lastIndexOf("\n") + 1));
  countLine(observations.firstLines, value.slice(0, first));
}

function countLine(lines: Map<string, number>, line: string): void {
  if (line.length < 8 || line.length > 400) return;
  lines.set(line, (lines.get(line) ?? 0) + 1);
}

/** How values that stand in one place differ: what is filled in anew, or what was worded anew. */
export interface PlaceValue extends ValueCount {
  text: string;
}

const SHORT_TOKENS = 4;
/** Values that nobody writes into a prompt by hand. */
const TYPED =
  /^\W*(\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d\d:\d\d(:\d\d)?|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}|https?:\/\/\S+|\S+@\S+\.\w+)\W*$/i;

/**
 * True when the values look filled in. Short ones do when there are three for a few calls, many at all, or when two come
 * and go at the same time; long ones when nearly each is new. Otherwise they are wordings, as far as is known.
 */
export function looksFilledIn(values: readonly PlaceValue[]): boolean {
  const calls = values.reduce((sum, { count }) => sum + count, 0);
  const distinct = values.length;
  if (distinct < 2) return false;
  if (values.every(({ text }) => TYPED.test(text.trim()))) return true;
  const isShort = values.every(({ text }) => isShortText(text));
  if (!isShort) return distinct >= 5 && calls <= distinct * 2;
  return distinct >= 6 || (distinct >= 3 && calls <= distinct * 4) || comeAndGo(values);
}

export function isShortText(text: string): boolean {
  const value = text.trim();
  return (
    value.length <= 64 && !value.includes("\n") && tokenise(value, SHORT_TOKENS + 1).length <= SHORT_TOKENS
  );
}

/** Two values with a few calls each whose times lie within each other: a wording that was replaced does not come back. */
function comeAndGo(values: readonly PlaceValue[]): boolean {
  const [a, b] = values.filter(({ count }) => count >= 2).sort((x, y) => y.count - x.count);
  if (!a || !b || a.count < 3) return false;
  const bothMs = Math.min(a.lastMs, b.lastMs) - Math.max(a.firstMs, b.firstMs);
  const longestMs = Math.max(a.lastMs - a.firstMs, b.lastMs - b.firstMs);
  return bothMs > 0 && bothMs >= longestMs * 0.25;
}
