import { literalWords, rolesOf, textBetween, type Sample } from "./sample.ts";
import { countFixedWords, findSkeleton, gapIn, type Skeleton } from "./skeleton.ts";
import { takeTurns } from "./times.ts";
import { isWord } from "./tokenise.ts";

/** What share of their fixed words two wordings of a template have in common: more where both are called at the same time. */
const LIKE = 0.5;
const LIKE_AT_ONCE = 0.6;
/** Prompts that begin and end alike, with so many words each, differ in what was tried in one place. */
const LIKE_AROUND = 0.4;
const AROUND = 5;
const CHANCE_RUN = 3;
const CONTAINED = 0.8;
const MIN_BESIDE = 2;
/** Of a prompt with so many words, one with more text in one place is another version. */
const MIN_ADDED_TO = 5;
/** Between a wording and a text that may have much filled in, single words are chance. */
const MIN_RUN = 2;

/** A wording: its pattern, and prompts that follow it. */
export interface Known {
  pattern: Sample;
  samples: readonly Sample[];
}

/**
 * Whether two wordings are of one template. A wording that took the place of another may be less like it than two that are
 * called at the same time, which may as well be two prompts that begin alike. It is unclear where one
 * is nearly the other with more text: that may be of documents that a few prompts have in common.
 */
export function compareWordings(a: Known, b: Known): "one template" | "unclear" | "unlike" {
  if (rolesOf(a.pattern) !== rolesOf(b.pattern)) return "unlike";
  const counts = [literalWords(a.pattern), literalWords(b.pattern)];
  const skeleton = findSkeleton([a.pattern, b.pattern]);
  const common = countFixedWords(skeleton);
  const beside = wordsBesidePlace(skeleton);
  const inOnePlace = beside >= MIN_BESIDE;
  if (inOnePlace && common >= Math.max(MIN_ADDED_TO, Math.min(...counts))) return "one template";
  if (isLike(common, Math.max(...counts), leastCommon(a, b, beside))) return "one template";
  return common >= Math.max(2, Math.min(...counts) * CONTAINED) ? "unclear" : "unlike";
}

function leastCommon(a: Known, b: Known, beside: number): number {
  if (beside >= AROUND) return LIKE_AROUND;
  return beside >= MIN_BESIDE || takeTurns(a.samples, b.samples) ? LIKE : LIKE_AT_ONCE;
}

/**
 * When something was added or changed in one place only, the words that both have before it, or behind it where these are fewer:
 * prompts that begin alike only differ to the end. 0 where they differ in more than one place.
 */
function wordsBesidePlace(skeleton: Skeleton): number {
  const parts = { ...skeleton, segments: withoutChance(skeleton) };
  const { segments } = parts;
  const differing: number[] = [];
  for (let gap = 0; gap <= segments.length; gap++) if (differsIn(parts, gap)) differing.push(gap);
  const [place] = differing;
  if (place === undefined || differing.length > 1) return 0;
  return Math.min(
    ...[segments.slice(0, place), segments.slice(place)].map((part) =>
      countFixedWords({ ...parts, segments: part }),
    ),
  );
}

/** Words that two sentences happen to have in common are no place where they are alike. */
function withoutChance(skeleton: Skeleton): Skeleton["segments"] {
  return skeleton.segments.filter(
    ({ from, to }, i) => to - from >= CHANCE_RUN || !differsIn(skeleton, i) || !differsIn(skeleton, i + 1),
  );
}

function differsIn(skeleton: Skeleton, gap: number): boolean {
  return skeleton.samples.some((sample, i) => {
    const { from, to } = gapIn(skeleton, gap, i);
    return isWord(textBetween(sample, from, to));
  });
}

/** True when a text has most of the fixed words of a wording: it may be a wording of the same template. */
export function isNear(wording: Sample, text: Sample): number {
  if (rolesOf(wording) !== rolesOf(text)) return 0;
  const words = literalWords(wording);
  const common = countFixedWords(findSkeleton([wording, text]), MIN_RUN);
  return words > 0 && isLike(common, words, LIKE) ? common / words + Math.min(common, 1000) / 1000 : 0;
}

/** Half of the fixed words in common is alike; of a few words it must be nearly all. */
function isLike(common: number, words: number, share: number): boolean {
  return common >= Math.max(3, words * Math.max(share, 1 - words / 20));
}
