/** A part of one list that stands where a part of the other does: `a[aFrom…aTo)` against `b[bFrom…bTo)`. */
export interface Region {
  aFrom: number;
  aTo: number;
  bFrom: number;
  bTo: number;
}

/** Up to this many comparisons the longest common subsequence is found exactly; beyond, from rare runs. */
const EXACT_CELLS = 40_000;
const RUN = 4;

/**
 * For each token of `a` the token of `b` that it is, or -1; in order. Tokens are given as hashes; negative ones are never
 * equal to anything. Linear for long lists: those are cut where both have the same rare run of tokens.
 */
export function alignTokens(a: readonly number[], b: readonly number[]): Int32Array {
  const pairs = new Int32Array(a.length).fill(-1);
  const work: Region[] = [{ aFrom: 0, aTo: a.length, bFrom: 0, bTo: b.length }];
  for (let region = work.pop(); region; region = work.pop()) {
    let { aFrom, aTo, bFrom, bTo } = region;
    while (aFrom < aTo && bFrom < bTo && same(a, aFrom, b, bFrom)) pairs[aFrom++] = bFrom++;
    while (aFrom < aTo && bFrom < bTo && same(a, aTo - 1, b, bTo - 1)) pairs[--aTo] = --bTo;
    if (aFrom === aTo || bFrom === bTo) continue;
    if ((aTo - aFrom) * (bTo - bFrom) <= EXACT_CELLS) {
      alignExactly(a, b, { aFrom, aTo, bFrom, bTo }, pairs);
      continue;
    }
    const anchors = findAnchors(a, b, { aFrom, aTo, bFrom, bTo });
    let [fromA, fromB] = [aFrom, bFrom];
    for (const [atA, atB] of anchors) {
      if (atA < fromA || atB < fromB) continue;
      work.push({ aFrom: fromA, aTo: atA, bFrom: fromB, bTo: atB });
      for (let i = 0; i < RUN; i++) pairs[atA + i] = atB + i;
      [fromA, fromB] = [atA + RUN, atB + RUN];
    }
    if (anchors.length > 0) work.push({ aFrom: fromA, aTo, bFrom: fromB, bTo });
  }
  return pairs;
}

/**
 * {@link alignTokens} of prompts: where both have the same messages, each is aligned with its own. `aMarks` and `bMarks` are
 * the places of the tokens that begin a message.
 */
export function alignMessages(
  a: readonly number[],
  b: readonly number[],
  aMarks: readonly number[],
  bMarks: readonly number[],
): Int32Array {
  const isAlike =
    aMarks.length === bMarks.length && aMarks.every((mark, i) => a[mark] === b[bMarks[i] as number]);
  if (!isAlike || aMarks.length < 2) return alignTokens(a, b);
  const pairs = new Int32Array(a.length).fill(-1);
  for (const [i, aFrom] of aMarks.entries()) {
    const bFrom = bMarks[i] as number;
    const part = alignTokens(
      a.slice(aFrom, aMarks[i + 1] ?? a.length),
      b.slice(bFrom, bMarks[i + 1] ?? b.length),
    );
    for (const [at, partner] of part.entries()) if (partner >= 0) pairs[aFrom + at] = bFrom + partner;
  }
  return pairs;
}

function same(a: readonly number[], i: number, b: readonly number[], j: number): boolean {
  return a[i] === b[j] && (a[i] as number) >= 0;
}

function alignExactly(a: readonly number[], b: readonly number[], region: Region, pairs: Int32Array): void {
  const { aFrom, aTo, bFrom, bTo } = region;
  const width = bTo - bFrom + 1;
  const lengths = new Uint16Array((aTo - aFrom + 1) * width);
  for (let i = aTo - aFrom - 1; i >= 0; i--) {
    for (let j = width - 2; j >= 0; j--) {
      const at = i * width + j;
      lengths[at] = same(a, aFrom + i, b, bFrom + j)
        ? (lengths[at + width + 1] as number) + 1
        : Math.max(lengths[at + width] as number, lengths[at + 1] as number);
    }
  }
  let i = 0;
  let j = 0;
  while (i < aTo - aFrom && j < width - 1) {
    const at = i * width + j;
    if (same(a, aFrom + i, b, bFrom + j)) pairs[aFrom + i++] = bFrom + j++;
    else if ((lengths[at + width] as number) >= (lengths[at + 1] as number)) i++;
    else j++;
  }
}

/** Runs that occur once in each part, in the longest order that both agree on. */
function findAnchors(a: readonly number[], b: readonly number[], region: Region): [number, number][] {
  const inA = uniqueRuns(a, region.aFrom, region.aTo);
  const inB = uniqueRuns(b, region.bFrom, region.bTo);
  const pairs: [number, number][] = [];
  for (const [run, atA] of inA) {
    const atB = inB.get(run);
    if (atA >= 0 && atB !== undefined && atB >= 0) pairs.push([atA, atB]);
  }
  pairs.sort((x, y) => x[0] - y[0]);
  return longestIncreasing(pairs);
}

/** The place of each run of tokens; -1 of those that occur again. */
function uniqueRuns(tokens: readonly number[], from: number, to: number): Map<number, number> {
  const runs = new Map<number, number>();
  for (let i = from; i + RUN <= to; i++) {
    const run = hashRun(tokens, i, RUN);
    if (run >= 0) runs.set(run, runs.has(run) ? -1 : i);
  }
  return runs;
}

/** One number for `length` tokens; -1 where one of them equals nothing. */
export function hashRun(tokens: readonly number[], from: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < from + length; i++) {
    const token = tokens[i] as number;
    if (token < 0) return -1;
    hash = Math.imul(hash ^ token, 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  }
  return hash >>> 0;
}

function longestIncreasing(pairs: [number, number][]): [number, number][] {
  const tails: number[] = [];
  const before = new Int32Array(pairs.length).fill(-1);
  for (const [index, [, value]] of pairs.entries()) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[tails[middle] as number]?.[1] as number) < value) low = middle + 1;
      else high = middle;
    }
    if (low > 0) before[index] = tails[low - 1] as number;
    tails[low] = index;
  }
  const chain: [number, number][] = [];
  for (let at = tails.at(-1) ?? -1; at >= 0; at = before[at] as number)
    chain.push(pairs[at] as [number, number]);
  return chain.reverse();
}

/** The parts in which the two lists differ, in order; of a pure insertion one side is empty. */
export function regionsOf(pairs: Int32Array, bLength: number): Region[] {
  const regions: Region[] = [];
  let aFrom = 0;
  let bFrom = 0;
  const close = (aTo: number, bTo: number): void => {
    if (aTo > aFrom || bTo > bFrom) regions.push({ aFrom, aTo, bFrom, bTo });
  };
  for (let i = 0; i < pairs.length; i++) {
    const partner = pairs[i] as number;
    if (partner < 0) continue;
    close(i, partner);
    aFrom = i + 1;
    bFrom = partner + 1;
  }
  close(pairs.length, bLength);
  return regions;
}

/** Number of tokens that the two have in common, in runs of at least `minRun`; only those of `a` that `counts` takes. */
export function countCommon(
  pairs: Int32Array,
  minRun = 3,
  counts: (index: number) => boolean = () => true,
): number {
  let common = 0;
  let from = 0;
  for (let i = 1; i <= pairs.length; i++) {
    const before = pairs[i - 1] as number;
    if (i < pairs.length && before >= 0 && pairs[i] === before + 1) continue;
    if (before >= 0 && i - from >= minRun) for (let at = from; at < i; at++) if (counts(at)) common += 1;
    from = i;
  }
  return common;
}
