import { buildPattern } from "./build-pattern.ts";
import type { KnownWordings } from "./known-wordings.ts";
import { partitionSamples } from "./partition-samples.ts";
import { joinPattern, matchPattern, type PromptPattern } from "./pattern.ts";
import { isPattern, sampleOfPattern, tokensOf, type Sample } from "./sample.ts";
import { findSkeleton, type Skeleton } from "./skeleton.ts";
import { createWording, widenTime, type Wording } from "./wording.ts";

/** So many samples are looked at together, of so many tokens: more would be a pause. */
const MAX_POOL = 64;
const MAX_POOL_TOKENS = 40_000;

/** A pattern that was found, how many of its samples are of which wording, and the wording that it is from now on. */
interface Found {
  skeleton: Skeleton;
  pattern: PromptPattern;
  from: Map<Wording, number>;
  wording: Wording | undefined;
}

/**
 * Finds anew of which wordings the prompts are that are kept of some. Each keeps its id where most of its prompts are.
 * Returns the wordings that they are of now; empty where nothing is known of any.
 */
export function regroupWordings(known: KnownWordings, wordings: readonly Wording[]): Wording[] {
  const owners = poolOf(known, wordings);
  const found = partitionSamples([...owners.keys()], fairRankOf(owners)).map((skeleton): Found => {
    const from = new Map<Wording, number>();
    for (const sample of skeleton.samples) {
      const owner = owners.get(sample) as Wording;
      from.set(owner, (from.get(owner) ?? 0) + 1);
    }
    return { skeleton, pattern: [], from, wording: undefined };
  });
  for (const each of found) each.pattern = patternOf(known, each, owners, found);
  const [only, ...others] = wordings;
  if (found.length === 0) return only && others.length === 0 ? giveUp(known, only) : [];
  const [first] = found;
  const isSame =
    found.length === 1 && others.length === 0 && only?.trusted && isEqual(only.pattern, first?.pattern);
  return isSame ? [only] : replace(known, wordings, found);
}

/** What all prompts of a group have in common, and those too that were not looked at and are of no other group. */
function patternOf(
  known: KnownWordings,
  { skeleton, from }: Found,
  owners: ReadonlyMap<Sample, Wording>,
  found: readonly Found[],
): PromptPattern {
  const pattern = buildPattern(skeleton);
  const whole = [...from.keys()].filter(
    (owner) => found.filter((other) => other.from.has(owner)).length === 1,
  );
  const others = whole
    .flatMap((owner) => known.samplesOf(owner))
    .filter((sample) => !owners.has(sample) && !matchPattern(pattern, sample.text));
  return others.length === 0 ? pattern : buildPattern(findSkeleton([...skeleton.samples, ...others]));
}

/** Some prompts of each wording, those first that most likely stay. */
function poolOf(known: KnownWordings, wordings: readonly Wording[]): Map<Sample, Wording> {
  const owners = new Map<Sample, Wording>();
  let tokens = 0;
  for (let at = 0; owners.size < MAX_POOL && tokens < MAX_POOL_TOKENS; at++) {
    const before = owners.size;
    for (const wording of wordings) {
      const sample = known.samplesOf(wording)[at];
      if (!sample || tokens >= MAX_POOL_TOKENS) continue;
      owners.set(sample, wording);
      tokens += tokensOf(sample).hashes.length;
    }
    if (owners.size === before) break;
  }
  return owners;
}

/** Up to this rank, all prompts of these wordings are among them. */
function fairRankOf(owners: ReadonlyMap<Sample, Wording>): number {
  const highest = new Map<Wording, number>();
  const calls = new Map<Wording, number>();
  for (const [{ rank, count }, owner] of owners) {
    highest.set(owner, Math.max(highest.get(owner) ?? 0, rank));
    calls.set(owner, (calls.get(owner) ?? 0) + count);
  }
  let fairRank = Infinity;
  for (const [owner, rank] of highest) {
    if ((calls.get(owner) as number) < owner.count) fairRank = Math.min(fairRank, rank);
  }
  return fairRank;
}

/** A pattern that its prompts turned out not to have in common goes: they wait for others like them. */
function giveUp(known: KnownWordings, wording: Wording): Wording[] {
  const samples = [...known.samplesOf(wording)];
  const [first, ...rest] = samples;
  if (!wording.trusted || !first || samples.some(isPattern)) return [];
  known.remove(wording);
  wording.trusted = false;
  wording.pattern = [first.text];
  wording.literalLength = first.text.length;
  known.add(wording, [first]);
  known.changes.wordings.add(wording);
  known.changes.split.add(wording.id);
  for (const sample of rest) if (!known.index.match(sample.text)) known.addText(sample, wording.templateId);
  return [];
}

function replace(known: KnownWordings, wordings: readonly Wording[], found: readonly Found[]): Wording[] {
  nameFound(known, found);
  const counts = new Map(wordings.map((wording) => [wording, wording.count]));
  const samples = wordings.map((wording): [Wording, Sample[]] => [wording, [...known.samplesOf(wording)]]);
  const isGone = (wording: Wording): boolean =>
    found.some(({ from }) => from.has(wording)) && !found.some((each) => each.wording === wording);
  const gone = new Set(wordings.filter(isGone));
  const home = mostCalled(wordings.filter(({ templateId }) => templateId !== undefined))?.templateId;
  for (const wording of gone) known.remove(wording);
  const kept = found.map((each) => takePattern(known, each, home));
  const parted = new Set<Wording>();
  for (const [wording, count] of counts) {
    const into = found.flatMap(({ from }, i) => {
      const share = from.get(wording);
      return share === undefined ? [] : [{ target: kept[i] as Wording, share }];
    });
    passOn(known, wording, count, into, gone.has(wording));
    if (into.length > 1) for (const { target } of into) parted.add(target);
  }
  distribute(known, samples, gone);
  const left = kept.filter((wording, i) => !mergeEmpty(known, wording, found[i] as Found));
  for (const wording of parted) readTimes(known, wording);
  for (const wording of left) absorbTexts(known, wording);
  return left;
}

/** A pattern of which all prompts follow another one more closely is none. Returns whether it went. */
function mergeEmpty(known: KnownWordings, wording: Wording, { skeleton }: Found): boolean {
  const kept = known.samplesOf(wording);
  const prompts = skeleton.samples.filter((sample) => !isPattern(sample));
  if (prompts.length === 0 || !kept.every(isPattern)) return false;
  const targets = new Set(prompts.map(({ text }) => known.index.match(text)?.wording));
  const [into] = targets;
  if (targets.size > 1 || !into?.trusted || into === wording) return false;
  known.remove(wording);
  into.count += wording.count;
  widenTime(into, wording.firstMs, wording.lastMs);
  known.changes.merged.set(wording.id, into.id);
  known.changes.wordings.add(into);
  return true;
}

/** Each pattern gets the wording that it has most calls of, and each wording one pattern at most. */
function nameFound(known: KnownWordings, found: readonly Found[]): void {
  const pairs = found.flatMap((each) =>
    [...each.from].map(([wording, share]) => ({
      each,
      wording,
      calls: (wording.count * share) / Math.min(known.samplesOf(wording).length, MAX_POOL),
    })),
  );
  pairs.sort(
    (a, b) =>
      Number(b.wording.trusted) - Number(a.wording.trusted) ||
      b.calls - a.calls ||
      a.wording.firstMs - b.wording.firstMs ||
      (a.wording.id < b.wording.id ? -1 : 1),
  );
  const taken = new Set<Wording>();
  for (const { each, wording } of pairs) {
    if (each.wording || taken.has(wording)) continue;
    each.wording = wording;
    taken.add(wording);
  }
}

function takePattern(
  known: KnownWordings,
  { wording, pattern, from }: Found,
  home: string | undefined,
): Wording {
  if (wording) {
    if (wording.trusted && isEqual(wording.pattern, pattern)) return wording;
    // Calls that followed the pattern till now may not follow the new one.
    if (!matchPattern(pattern, joinPattern(wording.pattern))) known.changes.split.add(wording.id);
    known.changePattern(wording, pattern);
    return wording;
  }
  const owners = [...from.keys()];
  const added = createWording({
    id: `v${known.newId(joinPattern(pattern))}`,
    templateId: home,
    trusted: true,
    pattern,
    count: 0,
    firstMs: Math.min(...owners.map(({ firstMs }) => firstMs)),
    lastMs: Math.max(...owners.map(({ lastMs }) => lastMs)),
  });
  known.add(added, []);
  known.changes.wordings.add(added);
  return added;
}

/** A wording's calls are of those that its prompts are of, in the same shares. */
function passOn(
  { changes }: KnownWordings,
  wording: Wording,
  count: number,
  into: readonly { target: Wording; share: number }[],
  isGone: boolean,
): void {
  const all = into.reduce((sum, { share }) => sum + share, 0);
  let heir = into[0];
  for (const part of into) {
    if (heir && part.share > heir.share) heir = part;
    const { target, share } = part;
    if (target === wording) continue;
    const calls = Math.round((count * share) / all);
    target.count += calls;
    if (!isGone) wording.count = Math.max(0, wording.count - calls);
    if (into.length === 1) widenTime(target, wording.firstMs, wording.lastMs);
    changes.wordings.add(target);
  }
  if (isGone && heir) changes.merged.set(wording.id, heir.target.id);
  if (into.length > 1) changes.split.add(isGone && heir ? heir.target.id : wording.id);
}

/** Prompts go where they are found now; those that are found nowhere wait for others like them. */
function distribute(
  known: KnownWordings,
  samples: readonly [Wording, Sample[]][],
  gone: ReadonlySet<Wording>,
): void {
  for (const [wording] of samples) if (!gone.has(wording)) known.forgetSamples(wording);
  for (const [wording, list] of samples) {
    for (const sample of list) {
      const found = known.index.match(sample.text)?.wording;
      if (found) known.keep(found, sample);
      else if (!isPattern(sample)) {
        known.addText(sample, wording.templateId);
        wording.count = Math.max(0, wording.count - sample.count);
        if (!gone.has(wording)) known.changes.split.add(wording.id);
      } else if (!gone.has(wording)) known.keep(wording, sample);
    }
  }
  for (const [wording] of samples)
    if (!gone.has(wording) && known.samplesOf(wording).length === 0)
      known.keep(wording, sampleOfPattern(wording.pattern, wording));
}

/** When a wording was called, as far as its prompts tell: what was known before was of several. */
function readTimes(known: KnownWordings, wording: Wording): void {
  const samples = known.samplesOf(wording);
  if (samples.length === 0 || samples.some(isPattern)) return;
  wording.firstMs = Math.min(...samples.map(({ firstMs }) => firstMs));
  wording.lastMs = Math.max(...samples.map(({ lastMs }) => lastMs));
  known.changes.wordings.add(wording);
}

/** Texts that wait and follow a pattern, now that it is known, are of its wording. */
export function absorbTexts(known: KnownWordings, keeper: Wording): void {
  for (const other of known.waiting()) {
    if (other === keeper) continue;
    const text = joinPattern(other.pattern);
    if (!matchPattern(keeper.pattern, text)) continue;
    const into = known.index.matchTrusted(text) ?? keeper;
    const samples = [...known.samplesOf(other)];
    known.remove(other);
    into.count += other.count;
    widenTime(into, other.firstMs, other.lastMs);
    for (const sample of samples) known.keep(into, sample);
    known.changes.merged.set(other.id, into.id);
    known.changes.wordings.add(into);
  }
}

export function mostCalled(wordings: readonly Wording[]): Wording | undefined {
  return [...wordings].sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1))[0];
}

function isEqual(a: PromptPattern | undefined, b: PromptPattern | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
