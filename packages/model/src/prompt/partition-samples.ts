import { findWordings, isSurelyFilledIn } from "./find-wordings.ts";
import type { PromptPattern } from "./pattern.ts";
import { isPattern, rolesOf, tokensOf, type Sample } from "./sample.ts";
import {
  countEdgeWords,
  countFixedWords,
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
 */
export function partitionSamples(samples: readonly Sample[]): Skeleton[] {
  const byRoles = new Map<string, Sample[]>();
  for (const sample of samples) {
    const roles = rolesOf(sample);
    byRoles.set(roles, [...(byRoles.get(roles) ?? []), sample]);
  }
  const found: Skeleton[] = [];
  for (const group of byRoles.values()) partition(group, new Map(), 0, found);
  return found;
}

/** True when samples follow a pattern, and nothing that is open in it looks worded: looking closer would find nothing else. */
export function isConfirmed(pattern: PromptPattern, samples: readonly Sample[]): boolean {
  const skeleton = skeletonOfPattern(pattern, samples);
  if (!skeleton) return false;
  for (let gap = 0; gap <= skeleton.segments.length; gap++) if (findWordings(skeleton, gap)) return false;
  return true;
}

function partition(
  samples: readonly Sample[],
  open: ReadonlyMap<Sample, Range[]>,
  depth: number,
  found: Skeleton[],
): void {
  const skeleton = findSkeleton(samples, samples.length < FEW_SAMPLES ? open : undefined);
  if (samples.length === 1) {
    if (isFixed(samples[0] as Sample)) found.push(skeleton);
    return;
  }
  const gaps = depth < MAX_DEPTH ? skeleton.segments.length : -1;
  for (let gap = 0; gap <= gaps; gap++) {
    const wordings = findWordings(skeleton, gap);
    if (!wordings) continue;
    const known = withFilledIn(open, skeleton, gap);
    for (const group of [...wordings.groups, wordings.rest])
      if (group.length > 0)
        partition(
          group.map((i) => samples[i] as Sample),
          known,
          depth + 1,
          found,
        );
    return;
  }
  if (keepsEnough(skeleton)) found.push(skeleton);
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
