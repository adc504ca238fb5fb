import { joinPattern, literalLength, type PromptPattern } from "./pattern.ts";
import { Reservoir } from "./reservoir.ts";
import { createSample, sampleOfPattern, tokensOf, type Sample } from "./sample.ts";
import { fingerprint } from "./tokenise.ts";
import { createWording, type Wording } from "./wording.ts";
import { WordingIndex } from "./wording-index.ts";

/** What changed since the last look, for whoever keeps it. */
export interface MinerChanges {
  /** New, or of another pattern or template; each once. */
  wordings: Set<Wording>;
  /** Wordings that turned out to be others: by id, the id that took their place. */
  merged: Map<string, string>;
  /** Templates likewise. */
  mergedTemplates: Map<string, string>;
  /** Wordings that turned out to be of another template, or of one at last. */
  moved: Set<Wording>;
  /** Wordings some of whose calls follow another one: their prompts are to be looked up again. */
  split: Set<string>;
}

const MAX_SIBLINGS = 64;
const MAX_LOOSE = 512;
/** Beyond this many wordings, those go that were not seen for the longest time. */
const MAX_WORDINGS = 4_096;
/** Characters of prompts that are kept, of all wordings together; see {@link Reservoir} for one. */
export const MAX_KEPT_CHARS = 16 * 1024 * 1024;
/** When there are too many, so much of them stays. */
const KEPT_SHARE = 0.75;
const MAX_IDS = 20_000;

/** The wordings of a project: by template, by what they begin with, and with some prompts of each. */
export class KnownWordings {
  readonly index = new WordingIndex();
  readonly #scope: string;
  readonly #templates = new Map<string, Set<Wording>>();
  /** Of no template yet, the oldest first. */
  readonly #loose = new Set<Wording>();
  /** Texts that were seen, and of which it is not known what is fixed: of a template or of none. */
  readonly #waiting = new Set<Wording>();
  readonly #reservoirs = new Map<Wording, Reservoir>();
  readonly #patternSamples = new WeakMap<PromptPattern, Sample>();
  /** Ids that were given, the oldest first. */
  readonly #ids = new Set<string>();
  #keptChars = 0;
  #changes = noChanges();

  constructor(scope: string) {
    this.#scope = scope;
  }

  get changes(): MinerChanges {
    return this.#changes;
  }

  takeChanges(): MinerChanges {
    const changes = this.#changes;
    this.#changes = noChanges();
    return changes;
  }

  /** Characters of prompts that are kept. */
  get keptChars(): number {
    return this.#keptChars;
  }

  *all(): Iterable<Wording> {
    for (const wordings of this.#templates.values()) yield* wordings;
    yield* this.#loose;
  }

  waiting(): Wording[] {
    return [...this.#waiting];
  }

  ofTemplate(templateId: string | undefined): Wording[] {
    return templateId === undefined ? [] : [...(this.#templates.get(templateId) ?? [])];
  }

  samplesOf(wording: Wording): readonly Sample[] {
    return this.#reservoirs.get(wording)?.samples ?? [];
  }

  /** A wording's pattern, for comparing. */
  patternOf(wording: Wording): Sample {
    const [own] = this.samplesOf(wording);
    if (!wording.trusted && own) return own;
    let sample = this.#patternSamples.get(wording.pattern);
    if (!sample)
      this.#patternSamples.set(wording.pattern, (sample = sampleOfPattern(wording.pattern, wording)));
    return sample;
  }

  /** Wordings that were known before, without their prompts: their patterns take the place of these. */
  restore(wordings: Iterable<Wording>): void {
    for (const wording of wordings) {
      const { trusted, pattern, firstMs, count } = wording;
      const sample = trusted
        ? sampleOfPattern(pattern, wording)
        : { ...createSample(joinPattern(pattern), firstMs), count };
      this.#ids.add(wording.id.slice(1));
      this.add(wording, [sample]);
    }
  }

  add(wording: Wording, samples: Iterable<Sample>): void {
    const { templateId } = wording;
    const wordings = templateId === undefined ? this.#loose : (this.#templates.get(templateId) ?? new Set());
    wordings.add(wording);
    if (templateId !== undefined) this.#templates.set(templateId, wordings);
    if (!wording.trusted) this.#waiting.add(wording);
    this.#reservoirs.set(wording, new Reservoir());
    for (const sample of samples) this.keep(wording, sample);
    this.index.add(wording, tokensOf(this.patternOf(wording)));
  }

  /** A text by itself, of which it is not known what is fixed. */
  addText(sample: Sample, templateId: string | undefined): Wording {
    const { text, count, firstMs, lastMs } = sample;
    const id = `v${this.newId(text)}`;
    const wording = createWording({
      id, templateId, trusted: false, pattern: [text], count, firstMs, lastMs,
    }); // prettier-ignore
    this.add(wording, [sample]);
    this.changes.wordings.add(wording);
    this.#makeRoom(wording);
    return wording;
  }

  remove(wording: Wording): void {
    const { templateId } = wording;
    this.#loose.delete(wording);
    if (templateId !== undefined) {
      const wordings = this.#templates.get(templateId);
      wordings?.delete(wording);
      if (wordings?.size === 0) this.#templates.delete(templateId);
    }
    this.#keptChars -= this.#reservoirs.get(wording)?.chars ?? 0;
    this.#reservoirs.delete(wording);
    this.#waiting.delete(wording);
    this.index.remove(wording);
  }

  /** Gives a wording another pattern, of which it is known what is fixed; its prompts stay. */
  changePattern(wording: Wording, pattern: PromptPattern): void {
    const samples = [...this.samplesOf(wording)];
    this.remove(wording);
    wording.pattern = pattern;
    wording.literalLength = literalLength(pattern);
    wording.trusted = true;
    this.add(wording, samples);
    this.changes.wordings.add(wording);
  }

  move(wording: Wording, templateId: string): void {
    if (wording.templateId === templateId) return;
    const samples = [...this.samplesOf(wording)];
    this.remove(wording);
    wording.templateId = templateId;
    this.add(wording, samples);
    this.changes.mergedTemplates.delete(templateId);
    this.changes.moved.add(wording);
    this.changes.wordings.add(wording);
  }

  /** Keeps a prompt of a wording, if its rank is among the lowest. */
  keep(wording: Wording, sample: Sample): void {
    this.#withReservoir(wording, (reservoir) => reservoir.add(sample));
  }

  /** A call of the wording had this text. Returns whether it is kept, and was not before. */
  offer(wording: Wording, text: string, timeMs: number): boolean {
    return this.#withReservoir(wording, (reservoir) => reservoir.offer(text, timeMs)) ?? false;
  }

  /** It keeps as many prompts as may be: others take the place of some. */
  isFull(wording: Wording): boolean {
    return this.#reservoirs.get(wording)?.isFull ?? false;
  }

  forgetSamples(wording: Wording): void {
    this.#keptChars -= this.#reservoirs.get(wording)?.chars ?? 0;
    this.#reservoirs.set(wording, new Reservoir());
  }

  /** From the text, so that equal prompts have equal ids after a restart; another one where that was given away. */
  newId(text: string): string {
    let id = fingerprint(`${this.#scope}\n${text}`);
    while (this.#ids.has(id)) id = fingerprint(id);
    this.#ids.add(id);
    for (const oldest of this.#ids) {
      if (this.#ids.size <= MAX_IDS) break;
      this.#ids.delete(oldest);
    }
    return id;
  }

  newTemplateId({ id }: Wording): string {
    const own = id.slice(1);
    return `t${this.#templates.has(`t${own}`) ? this.newId(own) : own}`;
  }

  #withReservoir<T>(wording: Wording, change: (reservoir: Reservoir) => T): T | undefined {
    const reservoir = this.#reservoirs.get(wording);
    if (!reservoir) return undefined;
    const before = reservoir.chars;
    const result = change(reservoir);
    this.#keptChars += reservoir.chars - before;
    if (this.#keptChars > MAX_KEPT_CHARS) this.#trim();
    return result;
  }

  /** Wordings that keep more than their share keep less; then texts go of which nothing is known, the oldest first. */
  #trim(): void {
    const most = MAX_KEPT_CHARS * KEPT_SHARE;
    const share = most / this.#reservoirs.size;
    for (const [{ trusted }, reservoir] of this.#reservoirs) {
      if (!trusted) continue;
      const before = reservoir.chars;
      reservoir.shrink(share);
      this.#keptChars += reservoir.chars - before;
    }
    for (const wording of this.#waiting) {
      if (this.#keptChars <= most) break;
      this.remove(wording);
    }
  }

  /** What nothing came of makes room. */
  #makeRoom(latest: Wording): void {
    const siblings = this.ofTemplate(latest.templateId);
    if (siblings.length > MAX_SIBLINGS) this.remove(leastOf(siblings, latest, ({ count }) => count));
    const [oldest] = this.#loose;
    if (this.#loose.size > MAX_LOOSE && oldest) this.remove(oldest);
    if (this.#reservoirs.size > MAX_WORDINGS)
      this.remove(leastOf([...this.#reservoirs.keys()], latest, ({ lastMs }) => lastMs));
  }
}

function leastOf(wordings: readonly Wording[], except: Wording, by: (wording: Wording) => number): Wording {
  return wordings.filter((wording) => wording !== except).reduce((a, b) => (by(b) < by(a) ? b : a));
}

function noChanges(): MinerChanges {
  return {
    wordings: new Set(),
    merged: new Map(),
    mergedTemplates: new Map(),
    moved: new Set(),
    split: new Set(),
  };
}
