import { hashRun } from "./align-tokens.ts";
import { tokensOf, type Sample } from "./sample.ts";
import type { Range } from "./skeleton.ts";

/** Samples, as indexes, by a run of tokens that they have, and each in one group only. */
export interface Covering {
  groups: { members: number[]; tokens: number }[];
  rest: number[];
  /** Of the samples that have these runs, the share that had none of those before. */
  exclusive: number;
}

/** A text is known by its first and last tokens, in runs of three. */
const FIRST_TOKENS = 48;
const LAST_TOKENS = 24;
const RUN = 3;
const MIN_SAMPLES = 3;
const EMPTY = -2;

/**
 * The runs of tokens that most samples have in a part of theirs, then those that most of the others have, and so on.
 *
 * @param maxGroups when more are needed, the covering is of no use and undefined.
 */
export function coverSamples(
  samples: readonly Sample[],
  parts: readonly Range[],
  maxGroups: number,
  minCover: number,
): Covering | undefined {
  const features = sharedRuns(samples, parts);
  const isOpen = new Uint8Array(samples.length).fill(1);
  const left = features.map(({ members }) => members.length);
  const groups: Covering["groups"] = [];
  let taken = 0;
  let claimed = 0;
  for (;;) {
    let best = -1;
    for (const [i, count] of left.entries()) {
      if (count < MIN_SAMPLES || count < (left[best] ?? 0)) continue;
      if (
        best < 0 ||
        count > (left[best] as number) ||
        isSooner(features[i] as Shared, features[best] as Shared)
      )
        best = i;
    }
    const found = features[best];
    if (!found) break;
    if (groups.length === maxGroups) return undefined;
    // The largest group comes first: where it is small, not even as many as may be make up enough.
    if (groups.length === 0 && found.members.length * maxGroups < samples.length * minCover) return undefined;
    const members = found.members.filter((i) => isOpen[i] === 1);
    groups.push({ members, tokens: RUN - 1 + countHaving(features, members) });
    taken += members.length;
    claimed += found.members.length;
    for (const i of members) isOpen[i] = 0;
    for (const [i, feature] of features.entries())
      if ((left[i] as number) >= MIN_SAMPLES) left[i] = countOpen(feature.members, isOpen);
  }
  const rest = samples.map((_, i) => i).filter((i) => isOpen[i] === 1);
  return { groups, rest, exclusive: claimed === 0 ? 0 : taken / claimed };
}

/** A run of tokens, and the samples that have it. */
interface Shared {
  run: number;
  members: number[];
}

function isSooner(a: Shared, b: Shared): boolean {
  return a.members.length < b.members.length || (a.members.length === b.members.length && a.run < b.run);
}

function countOpen(members: readonly number[], isOpen: Uint8Array): number {
  let count = 0;
  for (const i of members) count += isOpen[i] as number;
  return count;
}

function countHaving(features: readonly Shared[], members: readonly number[]): number {
  let count = 0;
  for (const { members: all } of features) {
    if (all.length < members.length) continue;
    let at = 0;
    for (const i of all) if (i === members[at]) at += 1;
    if (at === members.length) count += 1;
  }
  return count;
}

/** Runs that at least three samples have; those at the edges of the parts have a token of what is fixed beside them. */
function sharedRuns(samples: readonly Sample[], parts: readonly Range[]): Shared[] {
  // Most runs are of one sample, which is noted without a list.
  const owners = new Map<number, number | number[]>();
  const add = (run: number, index: number): void => {
    const known = owners.get(run);
    if (known === undefined) owners.set(run, index);
    else if (typeof known !== "number") {
      if (known.at(-1) !== index) known.push(index);
    } else if (known !== index) owners.set(run, [known, index]);
  };
  for (const [index, { from, to }] of parts.entries()) {
    if (from === to) {
      add(EMPTY, index);
      continue;
    }
    const { hashes } = tokensOf(samples[index] as Sample);
    const first = Math.max(0, from - 1);
    const last = Math.min(hashes.length, to + 1);
    const firstTo = Math.min(last, first + FIRST_TOKENS);
    for (let i = first; i + RUN <= firstTo; i++) add(hashRun(hashes, i, RUN), index);
    const lastFrom = Math.max(firstTo - RUN + 1, last - LAST_TOKENS);
    for (let i = lastFrom; i + RUN <= last; i++) add(hashRun(hashes, i, RUN), index);
  }
  owners.delete(-1);
  const shared: Shared[] = [];
  for (const [run, members] of owners)
    if (typeof members !== "number" && members.length >= MIN_SAMPLES) shared.push({ run, members });
  return shared;
}
