import { fractionAt, type TimeWindow } from "./waterfall-scale.ts";

/**
 * One span's bar on the timeline, in fractions of the timeline's width (0–1).
 * `undefined` from {@link barOf} means that the span lies outside the window.
 */
export interface Bar {
  left: number;
  width: number;
  /** The span began before the window, or ends after it: the bar's end is drawn open. */
  cutLeft: boolean;
  cutRight: boolean;
  /** Where the first token came, when that lies in the window. */
  firstToken?: number;
  label: LabelPlace;
}

/**
 * Where the duration stands: after the bar, before it, or on it. `at` is a fraction of the timeline's
 * width: the left edge of a label after or on the bar, the right edge of one before it.
 */
export type LabelPlace = { side: "after" | "before" | "inside" | "none"; at: number };

/** What {@link barOf} needs of a span: milliseconds after the trace's start. */
export interface BarSpan {
  startMs: number;
  endMs: number;
  firstTokenMs?: number;
}

/** Advance of one character of the 11 px mono type, and the room between bar and label, in px. */
const LABEL_CHARACTER_PX = 6.7;
const LABEL_GAP_PX = 6;

/** Width in px that a label of this text takes, with its gap. */
export function labelWidthPx(text: string): number {
  return text.length * LABEL_CHARACTER_PX + LABEL_GAP_PX;
}

/**
 * Lays one span's bar and its label out.
 * The label stands after the bar where there is room, else before it, else on the bar where it fits;
 * a bar that fills the timeline and is too narrow for its label gets none.
 */
export function barOf(span: BarSpan, window: TimeWindow, widthPx: number, label: string): Bar | undefined {
  const from = fractionAt(window, span.startMs);
  const to = fractionAt(window, Math.max(span.startMs, span.endMs));
  if (to < 0 || from > 1) return undefined;
  const left = Math.max(0, from);
  const width = Math.min(1, to) - left;
  const bar: Bar = {
    left,
    width,
    cutLeft: from < 0,
    cutRight: to > 1,
    label: placeLabel(left, width, widthPx, labelWidthPx(label)),
  };
  if (span.firstTokenMs !== undefined) {
    const first = fractionAt(window, span.startMs + span.firstTokenMs);
    if (first >= 0 && first <= 1) bar.firstToken = first;
  }
  return bar;
}

/** See {@link barOf}; all but the px figures are fractions of the width. */
export function placeLabel(left: number, width: number, widthPx: number, labelPx: number): LabelPlace {
  if (!(widthPx > 0)) return { side: "none", at: 0 };
  const need = labelPx / widthPx;
  if (1 - (left + width) >= need) return { side: "after", at: left + width };
  if (left >= need) return { side: "before", at: left };
  if (width >= need) return { side: "inside", at: left };
  return { side: "none", at: left };
}
