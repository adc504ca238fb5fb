import { alignTokens } from "./align-tokens.ts";
import { matchPattern, type PromptPattern } from "./pattern.ts";
import { isWord } from "./tokenise.ts";
import { textBetween, tokensOf, VARIABLE_HASH, type Sample } from "./sample.ts";

/** Tokens from…to of a sample. */
export interface Range {
  from: number;
  to: number;
}

/** What several prompts have in common, in the tokens of one of them, and where in each of them it is. */
export interface Skeleton {
  samples: readonly Sample[];
  /** The place in `samples` of the one whose tokens it is told in. */
  base: number;
  /** Runs of tokens that every sample has, in order. Between two of them, samples differ. */
  segments: Range[];
  /** For each sample and token of the base: where it is in the sample. */
  places: Int32Array[];
}

const LONG_GAP = 6;
const SHORT_GAP = 24;

/**
 * Tokens that all of the samples have, in the same order. Those that a few texts are bound to have in common by chance,
 * a mark or a small word beside a long gap, are left out.
 *
 * @param open for each sample the parts that are known to be filled in, of which nothing is taken.
 */
export function findSkeleton(samples: readonly Sample[], open?: ReadonlyMap<Sample, Range[]>): Skeleton {
  let base = 0;
  for (const i of samples.keys()) if (sizeOf(samples[i]) < sizeOf(samples[base])) base = i;
  const own = samples[base] as Sample;
  const { hashes } = tokensOf(own);
  const isOpen = new Uint8Array(hashes.length);
  for (const { from, to } of open?.get(own) ?? []) isOpen.fill(1, from, to);
  let common: number[] = [];
  for (let i = 0; i < hashes.length; i++) if (hashes[i] !== VARIABLE_HASH && !isOpen[i]) common.push(i);
  const places = samples.map(() => new Int32Array(hashes.length).fill(-1));
  // Short ones first: what is left to compare with the long ones is little then.
  const order = [...samples.keys()].sort((a, b) => sizeOf(samples[a]) - sizeOf(samples[b]) || a - b);
  for (const index of order) {
    const place = places[index] as Int32Array;
    if (index === base) for (const i of common) place[i] = i;
    else common = alignCommon(own, common, samples[index] as Sample, place);
  }
  const skeleton = { samples, base, segments: toSegments(common, places), places };
  if (samples.length > 2) skeleton.segments = fillGaps(skeleton, isOpen);
  skeleton.segments = dropChance(skeleton);
  skeleton.segments = dropMarks(skeleton);
  return skeleton;
}

/**
 * The skeleton of samples that follow a pattern: that of the pattern, without comparing them. Undefined where one of them does not
 * follow it token by token.
 */
export function skeletonOfPattern(pattern: PromptPattern, samples: readonly Sample[]): Skeleton | undefined {
  const ranges = samples.map((sample) => literalRanges(pattern, sample));
  const [own] = ranges;
  if (!own) return undefined;
  const length = own.at(-1)?.to ?? 0;
  const places: Int32Array[] = [];
  for (const other of ranges) {
    const place = new Int32Array(length).fill(-1);
    for (const [i, { from, to }] of own.entries()) {
      const there = other?.[i];
      if (!there || there.to - there.from !== to - from) return undefined;
      for (let at = from; at < to; at++) place[at] = there.from + at - from;
    }
    places.push(place);
  }
  return { samples, base: 0, segments: own.filter(({ from, to }) => to > from), places };
}

/** The tokens of a sample that are fixed in a pattern. */
function literalRanges(pattern: PromptPattern, sample: Sample): Range[] | undefined {
  const values = matchPattern(pattern, sample.text);
  if (!values) return undefined;
  const { starts } = tokensOf(sample);
  const ranges: Range[] = [];
  let at = 0;
  let value = 0;
  for (const piece of pattern) {
    const to = at + (typeof piece === "string" ? piece : (values[value++] as string)).length;
    if (typeof piece === "string") ranges.push({ from: firstFrom(starts, at), to: firstFrom(starts, to) });
    at = to;
  }
  return ranges;
}

/** The first token that does not begin before a place in the text. */
function firstFrom(starts: Uint32Array, at: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] as number) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The tokens of `common` that the sample has too, whose places are noted; message by message. */
function alignCommon(base: Sample, common: number[], sample: Sample, place: Int32Array): number[] {
  const ownMarks = tokensOf(base).marks;
  const { hashes, marks } = tokensOf(sample);
  const ownHashes = tokensOf(base).hashes;
  const kept: number[] = [];
  let next = 0;
  for (let message = -1; message < ownMarks.length; message++) {
    const ownTo = ownMarks[message + 1] ?? ownHashes.length;
    const part: number[] = [];
    while (next < common.length && (common[next] as number) < ownTo) part.push(common[next++] as number);
    const from = message < 0 ? 0 : (marks[message] as number);
    const to = marks[message + 1] ?? hashes.length;
    const pairs = alignTokens(
      part.map((i) => ownHashes[i] as number),
      hashes.subarray(from, to),
    );
    for (const [at, partner] of pairs.entries()) {
      if (partner < 0) continue;
      const i = part[at] as number;
      place[i] = from + partner;
      kept.push(i);
    }
  }
  return kept;
}

function sizeOf(sample: Sample | undefined): number {
  return sample ? tokensOf(sample).hashes.length : 0;
}

function toSegments(common: readonly number[], places: readonly Int32Array[]): Range[] {
  const segments: Range[] = [];
  for (const i of common) {
    const last = segments.at(-1);
    const follows = last?.to === i && places.every((place) => place[i] === (place[i - 1] as number) + 1);
    if (last && follows) last.to = i + 1;
    else segments.push({ from: i, to: i + 1 });
  }
  return segments;
}

/**
 * Adds tokens that each sample has once in a short gap: comparing one sample after the other may have lost them, where the first
 * ones had more in common by chance.
 */
function fillGaps(skeleton: Skeleton, isOpen: Uint8Array): Range[] {
  const { samples, base, segments, places } = skeleton;
  const { hashes } = tokensOf(samples[base] as Sample);
  const common: number[] = [];
  for (let gap = 0; gap <= segments.length; gap++) {
    const ranges = samples.map((_, i) => gapIn(skeleton, gap, i));
    if (ranges.every(({ from, to }) => to > from && to - from <= SHORT_GAP)) {
      const { from, to } = ranges[base] as Range;
      const next = ranges.map((range) => range.from);
      for (let at = from; at < to; at++) {
        const hash = hashes[at] as number;
        if (hash === VARIABLE_HASH || isOpen[at] === 1) continue;
        const found = samples.map((sample, i) => onlyPlace(sample, ranges[i] as Range, hash));
        if (found.some((place, i) => place < (next[i] as number))) continue;
        for (const [i, place] of found.entries()) {
          (places[i] as Int32Array)[at] = place;
          next[i] = place + 1;
        }
        common.push(at);
      }
    }
    const segment = segments[gap];
    if (segment) for (let at = segment.from; at < segment.to; at++) common.push(at);
  }
  return toSegments(common, places);
}

/** Where a part of a sample has a token; -1 where it has none, or several. */
function onlyPlace(sample: Sample, { from, to }: Range, hash: number): number {
  const part = tokensOf(sample).hashes.subarray(from, to);
  const at = part.indexOf(hash);
  return at >= 0 && at === part.lastIndexOf(hash) ? from + at : -1;
}

/** The part of a sample between the segment before the gap and the one after it; there is a gap at both ends. */
export function gapIn(skeleton: Skeleton, gap: number, index: number): Range {
  const { samples, segments, places } = skeleton;
  const place = places[index] as Int32Array;
  const before = segments[gap - 1];
  const after = segments[gap];
  const from = before ? (place[before.to - 1] as number) + 1 : 0;
  const to = after ? (place[after.from] as number) : tokensOf(samples[index] as Sample).hashes.length;
  return { from, to };
}

export function meanGap(skeleton: Skeleton, gap: number): number {
  let sum = 0;
  for (const index of skeleton.samples.keys()) {
    const { from, to } = gapIn(skeleton, gap, index);
    sum += to - from;
  }
  return sum / skeleton.samples.length;
}

function dropChance(skeleton: Skeleton): Range[] {
  const { segments } = skeleton;
  return segments.filter((segment, i) => {
    if (segment.to - segment.from > 3 || !isWeak(textOfSegment(skeleton, segment))) return true;
    return meanGap(skeleton, i) <= LONG_GAP && meanGap(skeleton, i + 1) <= LONG_GAP;
  });
}

const MARK = /^[.,;!?。，；！？]\s*$/;

/** A mark beside a value that has such marks in it is of the value: the next one may end with another, or with none. */
function dropMarks(skeleton: Skeleton): Range[] {
  const isWithin = (mark: string, gap: number): boolean =>
    skeleton.samples.some((sample, i) => {
      const { from, to } = gapIn(skeleton, gap, i);
      return to - from > 1 && textBetween(sample, from, to).includes(mark);
    });
  return skeleton.segments.flatMap((segment, i) => {
    let { from } = segment;
    const { to } = segment;
    for (; from < to; from++) {
      const token = textOfSegment(skeleton, { from, to: from + 1 });
      if (!MARK.test(token)) break;
      const mark = token.trim();
      if (!isWithin(mark, i) && !(from + 1 === to && isWithin(mark, i + 1))) break;
    }
    return from === to ? [] : [{ from, to }];
  });
}

/** No word of more than four letters, nor the beginning of a message, nor a label. */
function isWeak(text: string): boolean {
  if (text.includes("\u0001") || isLabel(text)) return false;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return letters <= 4;
}

function isLabel(text: string): boolean {
  return /:[*_"'`]*\s*$/.test(text) || /[<[{]\/?\w/.test(text);
}

export function textOfSegment({ samples, base }: Skeleton, { from, to }: Range): string {
  return textBetween(samples[base] as Sample, from, to);
}

/** Without what stands alone in what is filled in, but for labels: a few prompts may have a part of a document in common. */
export function dropAmidValues(skeleton: Skeleton): Skeleton {
  const { segments } = skeleton;
  const kept = segments.filter((segment, i) => {
    const text = textOfSegment(skeleton, segment);
    if (text.includes("\u0001") || isLabel(text)) return true;
    return meanGap(skeleton, i) <= LONG_GAP || meanGap(skeleton, i + 1) <= LONG_GAP;
  });
  return { ...skeleton, segments: kept };
}

/** A whole first line, or message, that is fixed says more than its few words. */
export function fixesLine(skeleton: Skeleton): boolean {
  const [first] = skeleton.segments;
  if (!first || first.from > 0) return false;
  const text = textOfSegment(skeleton, first);
  return text.includes("\n") || text.lastIndexOf("\u0001") > 0;
}

/** Words that are fixed, in runs of at least so many tokens. */
export function countFixedWords(skeleton: Skeleton, minRun = 1): number {
  let words = 0;
  for (const { from, to } of skeleton.segments) {
    if (to - from < minRun) continue;
    for (let i = from; i < to; i++) if (isWord(textOfSegment(skeleton, { from: i, to: i + 1 }))) words += 1;
  }
  return words;
}

/** Fixed words at the very beginning and at the very end. */
export function countEdgeWords(skeleton: Skeleton): number {
  const { samples, base, segments } = skeleton;
  const length = tokensOf(samples[base] as Sample).hashes.length;
  const edges = segments.filter(({ from, to }) => from === 0 || to === length);
  return countFixedWords({ ...skeleton, segments: edges });
}
