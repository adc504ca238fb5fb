interface Region {
  aFrom: number;
  aTo: number;
  bFrom: number;
  bTo: number;
}

/** Up to this many comparisons the longest common subsequence is found exactly; beyond, from rare runs. */
const EXACT_CELLS = 4_000;
const RUNS = [4, 2, 1];

/**
 * For each token of `a` the token of `b` that it is, or -1; in order. Tokens are given as hashes; negative ones are never
 * equal to anything. Linear for long lists: those are cut where both have the same rare run of tokens.
 */
export function alignTokens(a: ArrayLike<number>, b: ArrayLike<number>): Int32Array {
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
    let anchors: [number, number][] = [];
    let run = 0;
    for (run of RUNS) {
      anchors = findAnchors(a, b, { aFrom, aTo, bFrom, bTo }, run);
      if (anchors.length > 0) break;
    }
    let [fromA, fromB] = [aFrom, bFrom];
    for (const [atA, atB] of anchors) {
      if (atA < fromA || atB < fromB) continue;
      work.push({ aFrom: fromA, aTo: atA, bFrom: fromB, bTo: atB });
      for (let i = 0; i < run; i++) pairs[atA + i] = atB + i;
      [fromA, fromB] = [atA + run, atB + run];
    }
    if (anchors.length > 0) work.push({ aFrom: fromA, aTo, bFrom: fromB, bTo });
  }
  return pairs;
}

function same(a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number): boolean {
  return a[i] === b[j] && (a[i] as number) >= 0;
}

const SCORES = new Uint16Array(EXACT_CELLS * 3);
const GAINS = new Uint8Array(EXACT_CELLS * 2);

/** Of two ways to pair as many tokens, that with longer runs: single small words are equal by chance. */
function alignExactly(a: ArrayLike<number>, b: ArrayLike<number>, region: Region, pairs: Int32Array): void {
  const { aFrom, aTo, bFrom, bTo } = region;
  const rows = aTo - aFrom;
  const width = bTo - bFrom + 1;
  const scores = SCORES.fill(0, 0, (rows + 1) * width);
  const gains = GAINS.fill(0, 0, rows * width);
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = width - 2; j >= 0; j--) {
      const at = i * width + j;
      const skip = Math.max(scores[at + width] as number, scores[at + 1] as number);
      if (!same(a, aFrom + i, b, bFrom + j)) {
        scores[at] = skip;
        continue;
      }
      const follows = i + 1 < rows && j + 2 < width && same(a, aFrom + i + 1, b, bFrom + j + 1);
      const leads = i > 0 && j > 0 && same(a, aFrom + i - 1, b, bFrom + j - 1);
      const gain = 1 + (follows ? 1 : 0) + (leads ? 1 : 0);
      gains[at] = gain;
      scores[at] = Math.max(skip, (scores[at + width + 1] as number) + gain);
    }
  }
  let i = 0;
  let j = 0;
  while (i < rows && j < width - 1) {
    const at = i * width + j;
    const gain = gains[at] as number;
    if (gain > 0 && scores[at] === (scores[at + width + 1] as number) + gain)
      pairs[aFrom + i++] = bFrom + j++;
    else if ((scores[at + width] as number) >= (scores[at + 1] as number)) i++;
    else j++;
  }
}

/** Runs that occur once in each part, in the longest order that both agree on. */
function findAnchors(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { aFrom, aTo, bFrom, bTo }: Region,
  length: number,
): [number, number][] {
  const places = new RunTable(aTo - aFrom);
  for (let i = aFrom; i + length <= aTo; i++) places.addFirst(hashRun(a, i, length), i);
  for (let i = bFrom; i + length <= bTo; i++) places.addSecond(hashRun(b, i, length), i);
  return longestIncreasing(places.pairs());
}

const NONE = -1;
const OFTEN = -2;

/** Where runs stand in two lists, in arrays: a map of numbers would cost most of the time that an alignment takes. */
class RunTable {
  readonly #mask: number;
  readonly #keys: Int32Array;
  readonly #first: Int32Array;
  readonly #second: Int32Array;

  constructor(count: number) {
    const size = 1 << (32 - Math.clz32(count * 2 + 1));
    this.#mask = size - 1;
    this.#keys = new Int32Array(size);
    this.#first = new Int32Array(size).fill(NONE);
    this.#second = new Int32Array(size).fill(NONE);
  }

  addFirst(run: number, place: number): void {
    if (run < 0) return;
    const slot = this.#slotOf(run | 0);
    this.#keys[slot] = run | 0;
    this.#first[slot] = this.#first[slot] === NONE ? place : OFTEN;
  }

  /** Of a run that the first list has not, nothing is noted. */
  addSecond(run: number, place: number): void {
    if (run < 0) return;
    const slot = this.#slotOf(run | 0);
    if (this.#first[slot] === NONE) return;
    this.#second[slot] = this.#second[slot] === NONE ? place : OFTEN;
  }

  /** The places of runs that each list has once, in the order of the first. */
  pairs(): [number, number][] {
    const pairs: [number, number][] = [];
    for (let slot = 0; slot < this.#first.length; slot++) {
      const first = this.#first[slot] as number;
      const second = this.#second[slot] as number;
      if (first >= 0 && second >= 0) pairs.push([first, second]);
    }
    return pairs.sort((x, y) => x[0] - y[0]);
  }

  #slotOf(key: number): number {
    let slot = (key ^ (key >>> 16)) & this.#mask;
    while (this.#first[slot] !== NONE && this.#keys[slot] !== key) slot = (slot + 1) & this.#mask;
    return slot;
  }
}

/** One number for `length` tokens; -1 where one of them equals nothing. */
export function hashRun(tokens: ArrayLike<number>, from: number, length: number): number {
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
