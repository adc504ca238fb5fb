import { hashRun } from "./align-tokens.ts";
import { findWordings, isSurelyFilledIn } from "./find-wordings.ts";
import { matchPattern, type PromptPattern } from "./pattern.ts";
import { isPattern, patternOfSample, rolesOf, tokensOf, type Sample } from "./sample.ts";
import {
  countEdgeWords,
  countFixedWords,
  dropAmidValues,
  findSkeleton,
  fixesLine,
  gapIn,
  type Range,
  skeletonOfPattern,
  type Skeleton,
} from "./skeleton.ts";

/** What must be fixed of a pattern that is made of many prompts, or of few. */
const MIN_SAMPLES = 3;
const MIN_CALLS = 5;
const MIN_WORDS = 3;
const SOME_WORDS = 5;
const ENOUGH_WORDS = 8;
const ENOUGH_SHARE = 0.3;
const MANY_SAMPLES = 8;
/** A template begins or ends with words: what stands elsewhere alone is of documents. */
const MIN_EDGE_WORDS = 2;
/** A group of fewer says little of what is filled in: there, what was seen in the whole counts. */
const FEW_SAMPLES = 8;
/** Single words that prompts have in common are chance. */
const WORDED_RUN = 3;
const MAX_DEPTH = 40;

/**
 * Groups of samples of which each is one wording with other values filled in, as far as it is known what is wording. Samples that are
 * like no others are in none. The result depends on the samples alone.
 *
 * @param fairRank see {@link findWordings}.
 */
export function partitionSamples(samples: readonly Sample[], fairRank = Infinity): Skeleton[] {
  const byRoles = new Map<string, Sample[]>();
  for (const sample of samples) {
    const roles = rolesOf(sample);
    byRoles.set(roles, [...(byRoles.get(roles) ?? []), sample]);
  }
  const found: Skeleton[] = [];
  for (const group of byRoles.values())
    for (const part of byPattern(group)) partition(part, new Map(), 0, found, fairRank);
  return found;
}

/** What follows a pattern that was made of many prompts is one wording with it, and what does not is none. */
function byPattern(samples: readonly Sample[]): Sample[][] {
  const patterns = samples.filter((sample) => isPattern(sample) && sample.count >= MANY_SAMPLES);
  patterns.sort((a, b) => b.text.length - a.text.length);
  const parts = patterns.map((sample) => ({ pattern: patternOfSample(sample), members: [sample] }));
  const others: Sample[] = [];
  for (const sample of samples) {
    if (patterns.includes(sample)) continue;
    const home = parts.find(({ pattern }) => matchPattern(pattern, sample.text));
    (home?.members ?? others).push(sample);
  }
  return [...parts.map(({ members }) => members), others].filter(({ length }) => length > 0);
}

/** True when samples follow a pattern, and nothing that is open in it looks fixed or worded: looking closer would find nothing else. */
export function isConfirmed(pattern: PromptPattern, samples: readonly Sample[]): boolean {
  const skeleton = skeletonOfPattern(pattern, samples);
  if (!skeleton) return false;
  for (let gap = 0; gap <= skeleton.segments.length; gap++)
    if (hasCommonEdge(skeleton, gap) || findWordings(skeleton, gap)) return false;
  return true;
}

/** What is filled in begins or ends with the same words in all of many samples. */
function hasCommonEdge(skeleton: Skeleton, gap: number): boolean {
  const { samples } = skeleton;
  if (samples.length < FEW_SAMPLES) return false;
  const runs = { start: new Set<number>(), end: new Set<number>() };
  for (const [i, sample] of samples.entries()) {
    const { from, to } = gapIn(skeleton, gap, i);
    if (to - from < WORDED_RUN) return false;
    const { hashes } = tokensOf(sample);
    runs.start.add(hashRun(hashes, from, WORDED_RUN));
    runs.end.add(hashRun(hashes, to - WORDED_RUN, WORDED_RUN));
    if (runs.start.size > 1 && runs.end.size > 1) return false;
  }
  return true;
}

function partition(
  samples: readonly Sample[],
  open: ReadonlyMap<Sample, Range[]>,
  depth: number,
  found: Skeleton[],
  fairRank: number,
): void {
  const skeleton = findSkeleton(samples, samples.length < FEW_SAMPLES ? open : undefined);
  if (samples.length === 1) {
    if (isFixed(samples[0] as Sample)) found.push(skeleton);
    return;
  }
  const gaps = depth < MAX_DEPTH ? skeleton.segments.length : -1;
  for (let gap = 0; gap <= gaps; gap++) {
    const wordings = findWordings(skeleton, gap, fairRank);
    if (!wordings) continue;
    const known = withFilledIn(open, skeleton, gap);
    for (const group of [...wordings.groups, wordings.rest])
      if (group.length > 0)
        partition(
          group.map((i) => samples[i] as Sample),
          known,
          depth + 1,
          found,
          fairRank,
        );
    return;
  }
  const isFew = samples.length < FEW_SAMPLES && !samples.some(isFixed);
  const certain = isFew ? dropAmidValues(skeleton) : skeleton;
  if (keepsEnough(certain)) found.push(certain);
}

function isFixed(sample: Sample): boolean {
  return isPattern(sample) || sample.count >= MIN_CALLS;
}

function withFilledIn(
  open: ReadonlyMap<Sample, Range[]>,
  skeleton: Skeleton,
  except: number,
): Map<Sample, Range[]> {
  const known = new Map(open);
  for (let gap = 0; gap <= skeleton.segments.length; gap++) {
    if (gap === except || !isSurelyFilledIn(skeleton, gap)) continue;
    for (const [i, sample] of skeleton.samples.entries()) {
      const range = gapIn(skeleton, gap, i);
      if (range.to > range.from) known.set(sample, [...(known.get(sample) ?? []), range]);
    }
  }
  return known;
}

function keepsEnough(skeleton: Skeleton): boolean {
  const { samples } = skeleton;
  if (samples.some(isFixed)) return true;
  if (samples.length < MIN_SAMPLES || countEdgeWords(skeleton) < MIN_EDGE_WORDS) return false;
  const words = countFixedWords(skeleton, WORDED_RUN);
  if (words >= ENOUGH_WORDS) return true;
  if (samples.length >= MANY_SAMPLES && (words >= SOME_WORDS || (words > 1 && fixesLine(skeleton))))
    return true;
  if (words < MIN_WORDS) return false;
  const tokens = samples.reduce((sum, sample) => sum + tokensOf(sample).hashes.length, 0);
  return words >= (tokens / samples.length) * ENOUGH_SHARE;
}
