import { KnownWordings, type MinerChanges } from "./known-wordings.ts";
import { compareWordings, isNear } from "./likeness.ts";
import { isConfirmed } from "./partition-samples.ts";
import { matchLoosely, matchPattern, shapeOf, widestShape, type PromptPattern } from "./pattern.ts";
import { absorbTexts, mostCalled, regroupWordings } from "./regroup-wordings.ts";
import { createSample, tokensOf, type Sample } from "./sample.ts";
import { hashText } from "./tokenise.ts";
import { observeCall, type Wording } from "./wording.ts";

export type { MinerChanges } from "./known-wordings.ts";

export interface MinerOptions {
  /** Goes into every id, so that equal prompts of two projects are two templates. */
  scope: string;
  /** Everything is a wording of this template: the application said so. */
  templateId?: string;
}

/** Seen so often, a text is fixed as it stands. */
const TRUSTED_CALLS = 5;
/** A wording is looked at again after so many prompts that are new among those kept of it; more where few are kept. */
const MIN_FRESH = 4;
const FULL_FRESH = 5;
/** At each of so many looks it is looked at together with the other wordings of its template. */
const FULL_LOOKS = 8;
const MAX_COMPARED = 4;
const MAX_ALIKE = 48;
/** Of so much text that is like no other, only a share is still looked at. */
const DRY_SOME = 1000;
const DRY_MANY = 5000;
/** Templates that wait to be looked at together, of which one is at each call, and some when the changes are taken. */
const MAX_DUE = 256;
const MAX_TAKEN = 16;

/**
 * Finds the templates of prompts, one prompt at a time. A prompt that follows a known pattern costs a search for its fixed
 * texts. Memory is bounded, nothing depends on the clock or on chance, and what was learnt can be carried on (see
 * {@link restore}).
 *
 * Of each wording some prompts are kept, which ones depends on their text alone. From these it is found anew what is fixed and
 * what is filled in (`partition-samples.ts`): when prompts come that follow no pattern, and when some of those kept are new. So
 * a decision that was made on a few prompts does not outlive them, and the order in which prompts come matters
 * little. Wordings that have half of their fixed text in common are versions of one template (`likeness.ts`). What is
 * learnt late changes what was said early; the changes are told, so that it can be put right.
 */
export class TemplateMiner {
  readonly #only: string | undefined;
  readonly #known: KnownWordings;
  readonly #due: Wording[][] = [];
  readonly #looks = new WeakMap<Wording, { fresh: number; looks: number }>();
  /** Texts since the last one from which something was learnt. */
  #dry = 0;

  constructor({ scope, templateId }: MinerOptions) {
    this.#only = templateId;
    this.#known = new KnownWordings(scope);
  }

  /**
   * The wording that a prompt follows, learning from it; it may be of no template yet. Undefined for text that is like
   * nothing seen before, where there is too much of that to look at each.
   *
   * @param text of `promptTextOf`. @param timeMs start of the call, Unix ms.
   */
  assign(text: string, timeMs: number): Wording | undefined {
    if (text === "") return undefined;
    this.#lookAtDue();
    const wording = this.#known.index.match(text)?.wording;
    if (!wording) return this.#learn(text, timeMs);
    observeCall(wording, timeMs);
    const isNew = this.#known.offer(wording, text, timeMs);
    if (wording.trusted ? !isNew || !this.#isLook(wording) : wording.count !== TRUSTED_CALLS) return wording;
    this.#lookAgain(wording);
    return this.#known.index.match(text)?.wording ?? wording;
  }

  /** The wording that a prompt follows, and the values in it, without learning. */
  find(text: string): { wording: Wording; values: string[] } | undefined {
    return this.#known.index.match(text);
  }

  /** All wordings, those of no template among them. */
  wordings(): Iterable<Wording> {
    return this.#known.all();
  }

  /** Characters of prompts that are kept to learn from. */
  get keptChars(): number {
    return this.#known.keptChars;
  }

  /** Goes on with wordings that an earlier miner had. */
  restore(wordings: Iterable<Wording>): void {
    this.#known.restore(wordings);
  }

  takeChanges(): MinerChanges {
    for (let i = 0; i < MAX_TAKEN && this.#due.length > 0; i++) this.#lookAtDue();
    return this.#known.takeChanges();
  }

  #learn(text: string, timeMs: number): Wording | undefined {
    if (this.#dry > DRY_SOME && hashText(text) % (this.#dry > DRY_MANY ? 64 : 8) !== 0) return undefined;
    const known = this.#known;
    const sample = createSample(text, timeMs);
    const home = this.#nearest(sample);
    const widened = home && widenPattern(home.pattern, text);
    if (widened) return this.#widen(home, widened, sample);
    const wording = known.addText(sample, home?.templateId ?? this.#only);
    const siblings = known.ofTemplate(wording.templateId);
    const waiting = siblings.filter(({ trusted }) => !trusted).length;
    const isFound = isProgress(waiting) && this.#regroup(siblings);
    if (!isFound) {
      const alike = known.index.atEdges(tokensOf(sample), MAX_ALIKE).filter((other) => other !== wording);
      if (alike.length >= 2 && isProgress(alike.length + 1)) this.#regroup([wording, ...alike]);
    }
    const found = known.index.match(text)?.wording ?? wording;
    this.#dry = found === wording && !home ? this.#dry + 1 : 0;
    return found;
  }

  /** The trusted wording of whose fixed text most is in this one, if that is half of it. */
  #nearest(text: Sample): Wording | undefined {
    let best: { wording: Wording; score: number } | undefined;
    for (const wording of this.#known.index.nearest(tokensOf(text), MAX_COMPARED)) {
      const score = isNear(this.#known.patternOf(wording), text);
      if (score > (best?.score ?? 0)) best = { wording, score };
    }
    return best?.wording;
  }

  /** The same wording, of which a value turned out to be of several words. */
  #widen(wording: Wording, pattern: PromptPattern, sample: Sample): Wording {
    wording.pattern = pattern;
    observeCall(wording, sample.firstMs);
    this.#known.keep(wording, sample);
    this.#known.changes.wordings.add(wording);
    absorbTexts(this.#known, wording);
    return wording;
  }

  /** What was seen since the last look may show more. */
  #lookAgain(wording: Wording): void {
    const { trusted, pattern, templateId } = wording;
    if (!trusted) {
      this.#regroup([wording]);
      return;
    }
    const looks = this.#looks.get(wording)?.looks ?? 0;
    const all = !this.#known.isFull(wording) || looks % FULL_LOOKS === 0;
    const siblings = all ? this.#known.ofTemplate(templateId) : [wording];
    const others = [...new Set([...siblings, ...this.#overlapping(wording)])];
    if (others.length > 1) this.#regroup(others);
    else if (!isConfirmed(pattern, this.#known.samplesOf(wording))) this.#regroup([wording]);
    else this.#join(wording);
  }

  /** True when a share of the prompts that are kept of a wording is new since the last look. */
  #isLook(wording: Wording): boolean {
    const seen = this.#looks.get(wording) ?? { fresh: 0, looks: 0 };
    seen.fresh += 1;
    this.#looks.set(wording, seen);
    const kept = this.#known.samplesOf(wording).length;
    if (seen.fresh < (this.#known.isFull(wording) ? FULL_FRESH : Math.max(MIN_FRESH, kept >> 1)))
      return false;
    seen.fresh = 0;
    seen.looks += 1;
    return true;
  }

  /** Wordings that the prompts of this one follow too, or theirs this one: one of them may have too much fixed. */
  #overlapping(wording: Wording): Wording[] {
    const known = this.#known;
    const samples = known.samplesOf(wording);
    const [first] = samples;
    if (!first) return [];
    const follow = (some: readonly Sample[], { pattern }: Wording): boolean =>
      some.every(({ text }) => matchPattern(pattern, text));
    const wider = known.index.alsoMatching(first.text, wording).filter((other) => follow(samples, other));
    const narrower = known.index
      .beginningAs(first.text)
      .filter((other) => other !== wording && follow(known.samplesOf(other), wording));
    return [...wider, ...narrower].slice(0, MAX_COMPARED);
  }

  #lookAtDue(): void {
    const due = this.#due.shift();
    if (!due) return;
    const ids = new Set(due.map(({ templateId }) => templateId));
    this.#regroup(
      [...ids].flatMap((templateId) => this.#known.ofTemplate(templateId)),
      false,
    );
  }

  /** Returns whether something is known of any of them. */
  #regroup(wordings: readonly Wording[], mayJoin = true): boolean {
    const found = regroupWordings(this.#known, wordings);
    if (this.#only !== undefined) return found.length > 0;
    if (found.length > 1 || found.some(({ templateId }) => templateId === undefined)) this.#sortOut(found);
    if (mayJoin) for (const wording of found) this.#join(wording);
    return found.length > 0;
  }

  /** Puts wordings that were looked at together into the templates that they are of. */
  #sortOut(wordings: readonly Wording[]): void {
    const parts: Wording[][] = [];
    for (const wording of wordings) {
      const like = parts.filter((part) =>
        part.some((other) => this.#compare(wording, other) === "one template"),
      );
      for (const part of like) parts.splice(parts.indexOf(part), 1);
      parts.push([wording, ...like.flat()]);
    }
    parts.sort((a, b) => callsOf(b) - callsOf(a));
    const taken = new Set<string>();
    for (const part of parts) {
      const free = part.filter(({ templateId }) => templateId !== undefined && !taken.has(templateId));
      const id = mostCalled(free)?.templateId ?? this.#known.newTemplateId(mostCalled(part) as Wording);
      taken.add(id);
      for (const wording of part) this.#known.move(wording, id);
    }
  }

  /** Joins a wording's template with that of one much like it: that with more calls stays. Soon they are looked at together. */
  #join(wording: Wording): void {
    const known = this.#known;
    const { templateId } = wording;
    if (this.#only !== undefined || templateId === undefined) return;
    for (const other of known.index.nearest(tokensOf(known.patternOf(wording)), MAX_COMPARED * 2)) {
      if (other.templateId === undefined || other.templateId === templateId) continue;
      const likeness = this.#compare(wording, other);
      if (likeness === "unlike") continue;
      if (this.#due.length < MAX_DUE) this.#due.push([wording, other]);
      if (likeness === "unclear") return;
      const [own, others] = [known.ofTemplate(templateId), known.ofTemplate(other.templateId)];
      const isLarger = callsOf(own) >= callsOf(others);
      const [into, from] = isLarger ? [templateId, other.templateId] : [other.templateId, templateId];
      for (const each of isLarger ? others : own) known.move(each, into);
      known.changes.mergedTemplates.set(from, into);
      return;
    }
  }

  #compare(a: Wording, b: Wording): ReturnType<typeof compareWordings> {
    const [ofA, ofB] = [a, b].map((wording) => ({
      pattern: this.#known.patternOf(wording),
      samples: this.#known.samplesOf(wording),
    })) as [Parameters<typeof compareWordings>[0], Parameters<typeof compareWordings>[1]];
    return compareWordings(ofA, ofB);
  }
}

/** 1, 2, 3, 4, 6, 8, 12, 16, 24, … */
function isProgress(count: number): boolean {
  const isPower = (n: number): boolean => n > 0 && (n & (n - 1)) === 0;
  return isPower(count) || (count % 3 === 0 && isPower(count / 3));
}

/** The pattern, a word's variable in it made a line's where a text needs it; undefined where the text lacks more. */
function widenPattern(pattern: PromptPattern, text: string): PromptPattern | undefined {
  const values = matchLoosely(pattern, text);
  if (!values) return undefined;
  let index = -1;
  let fits = true;
  const widened = pattern.map((piece) => {
    if (typeof piece === "string") return piece;
    index += 1;
    const shape = widestShape(piece.shape, shapeOf(values[index] as string));
    if (shape !== piece.shape && shape === "block") fits = false;
    return { ...piece, shape };
  });
  return fits ? widened : undefined;
}

function callsOf(wordings: readonly Wording[]): number {
  return wordings.reduce((sum, { count }) => sum + count, 0);
}
