import { literalLength, type PromptPattern } from "./pattern.ts";

/** One wording of a template: what of it is fixed, and the calls that followed it. */
export interface Wording {
  id: string;
  /** Undefined as long as it is like no template that is known. */
  templateId: string | undefined;
  /** It is known what of it is fixed: it was made of several texts, or was seen often. */
  trusted: boolean;
  pattern: PromptPattern;
  literalLength: number;
  /** Calls that followed it, and the first and last time of them, Unix ms. */
  count: number;
  firstMs: number;
  lastMs: number;
}

export function createWording(given: Omit<Wording, "literalLength">): Wording {
  return { ...given, literalLength: literalLength(given.pattern) };
}

/** Counts a call. */
export function observeCall(wording: Wording, timeMs: number): void {
  wording.count += 1;
  widenTime(wording, timeMs, timeMs);
}

export function widenTime(wording: Wording, firstMs: number, lastMs: number): void {
  if (firstMs < wording.firstMs) wording.firstMs = firstMs;
  if (lastMs > wording.lastMs) wording.lastMs = lastMs;
}
