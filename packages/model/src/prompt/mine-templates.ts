import { countCommon, hashRun, regionsOf } from "./align-tokens.ts";
import { generalise, type Generalisation, type Member } from "./generalise.ts";
import { createObservations, observeValue } from "./observations.ts";
import {
  literalLength,
  matchLoosely,
  matchPattern,
  shapeOf,
  variablesOf,
  widestShape,
  type PromptPattern,
} from "./pattern.ts";
import { maySplit, splitWording } from "./split-wording.ts";
import { fingerprint, hashText, isWord } from "./tokenise.ts";
import {
  alignPrompts,
  appendPiece,
  countWords,
  createWording,
  observeCall,
  patternOfTokens,
  SKETCH_RUN,
  tokensOf,
  widenTime,
  type TokenList,
  type Wording,
} from "./wording.ts";
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
  /** Wordings some of whose calls follow one that says more: their prompts are to be looked up again. */
  split: Set<string>;
}

export interface MinerOptions {
  /** Goes into every id, so that equal prompts of two projects are two templates. */
  scope: string;
  /** Everything is a wording of this template: the application said so. */
  templateId?: string;
}

/** Seen so often, a text is fixed as it stands. */
const TRUSTED_CALLS = 5;
const LIKE = 0.5;
const MAX_COMPARED = 4;
const MAX_SIBLINGS = 48;
const MAX_WORDINGS = 64;
const MAX_LOOSE = 512;
/** Of so much text that is like no other, only a share is still looked at. */
const DRY_SOME = 1000;
const DRY_MANY = 5000;

/**
 * Finds the templates of prompts, one prompt at a time. A prompt that follows a known pattern costs a search for its fixed
 * texts; only others are compared, in tokens. Memory is bounded, nothing depends on the clock or on chance, and what was
 * learnt can be carried on (see {@link restore}).
 *
 * A new text is at first a wording of its own. Wordings that look like fillings of one pattern become one
 * (`generalise.ts`), and a wording whose variable turns out to hold sentences that recur becomes several
 * (`split-wording.ts`). Wordings that have half of their fixed text in common are versions of one template. What is
 * learnt late changes what was said early; the changes are told, so that it can be put right.
 */
export class TemplateMiner {
  readonly #scope: string;
  readonly #only: string | undefined;
  readonly #templates = new Map<string, Set<Wording>>();
  /** Wordings of no template yet, the oldest first. */
  readonly #loose = new Set<Wording>();
  readonly #index = new WordingIndex();
  readonly #tokens = new WeakMap<PromptPattern, TokenList>();
  /** Texts since the last one from which something was learnt. */
  #dry = 0;
  #changes = noChanges();

  constructor({ scope, templateId }: MinerOptions) {
    this.#scope = scope;
    this.#only = templateId;
  }

  /**
   * The wording that a prompt follows, learning from it; it may be of no template yet. Undefined for text that is like
   * nothing seen before, where there is too much of that to look at each.
   *
   * @param text of `promptTextOf`. @param timeMs start of the call, Unix ms.
   */
  assign(text: string, timeMs: number): Wording | undefined {
    if (text === "") return undefined;
    const found = this.find(text);
    if (!found) return this.#learn(text, timeMs);
    const { wording, values } = found;
    observeCall(wording, values, timeMs);
    if (wording.trusted && maySplit(wording)) this.#split(wording);
    if (!isMilestone(wording.count)) return wording;
    if (!wording.trusted) this.#trust(wording);
    this.#absorb(wording);
    this.#review(wording);
    return this.find(text)?.wording;
  }

  /** The wording that a prompt follows, and the values in it, without learning. */
  find(text: string): { wording: Wording; values: string[] } | undefined {
    return this.#index.match(text);
  }

  /** All wordings, those of no template among them. */
  *wordings(): Iterable<Wording> {
    for (const wordings of this.#templates.values()) yield* wordings;
    yield* this.#loose;
  }

  /** Goes on with wordings that an earlier miner had. */
  restore(wordings: Iterable<Wording>): void {
    for (const wording of wordings) this.#add(wording);
  }

  takeChanges(): MinerChanges {
    const changes = this.#changes;
    this.#changes = noChanges();
    return changes;
  }

  #learn(text: string, timeMs: number): Wording | undefined {
    if (this.#dry > DRY_SOME && hashText(text) % (this.#dry > DRY_MANY ? 64 : 8) !== 0) return undefined;
    const tokens = tokensOf([text]);
    const home = this.#nearest(tokens);
    const widened = home && widenPattern(home.wording.pattern, text);
    if (widened) return this.#widen(home.wording, widened, text, timeMs);
    const pattern = home ? carryVariables(home, tokens) : [text];
    const wording = createWording({
      id: `v${fingerprint(`${this.#scope}\n${text}`)}`,
      templateId: home?.wording.templateId ?? this.#only,
      trusted: false,
      pattern,
      count: 0,
      firstMs: timeMs,
      lastMs: timeMs,
      observations: variablesOf(pattern).map(createObservations),
    });
    observeCall(wording, matchLoosely(pattern, text) ?? [], timeMs);
    this.#add(wording);
    this.#changes.wordings.add(wording);
    const result = this.#review(wording);
    this.#dry = result === wording ? this.#dry + 1 : 0;
    return result;
  }

  /** The same wording, whose variable holds more than was thought. */
  #widen(wording: Wording, pattern: PromptPattern, text: string, timeMs: number): Wording {
    this.#index.remove(wording);
    wording.pattern = pattern;
    this.#index.add(wording, this.#tokensOf(wording));
    this.#changes.wordings.add(wording);
    observeCall(wording, matchPattern(pattern, text) ?? [], timeMs);
    this.#absorb(wording);
    return wording;
  }

  /** The trusted wording of whose fixed text most is in this one, if that is half of it. */
  #nearest(text: TokenList): Near | undefined {
    let best: (Near & { score: number }) | undefined;
    for (const wording of this.#index.nearest(runsOf(text), MAX_COMPARED)) {
      const member = this.#memberOf(wording);
      const pairs = alignPrompts(member.tokens, text);
      const common = countCommonWords(member.tokens, pairs);
      const fixed = countTelling(member.tokens);
      if (fixed === 0 || !isLike(common, fixed) || goesOn(member.tokens, text)) continue;
      const likeness = common / fixed;
      // Of two that are equally like it, the one with more that is fixed says more.
      const score = likeness + Math.min(common, 1000) / 1000;
      if (!best || score > best.score) best = { ...member, pairs, score };
    }
    return best;
  }

  /** Looks again at a wording among those that may be of one pattern with it. Returns the one that its calls now follow. */
  #review(wording: Wording): Wording {
    const { templateId } = wording;
    const siblings = templateId === undefined ? [] : [...(this.#templates.get(templateId) ?? [])];
    const loose = this.#index
      .atEdges(this.#tokensOf(wording), MAX_SIBLINGS)
      .filter((other) => other.templateId === undefined);
    const others = [...new Set([...siblings.slice(-MAX_SIBLINGS), ...loose])].filter(
      (other) => other !== wording,
    );
    const peers = others.filter(({ trusted }) => trusted === wording.trusted);
    const found = this.#generalise(wording, peers) ?? this.#generalise(wording, others);
    const result = found ? this.#merge([wording, ...found.members], found.pattern) : wording;
    this.#limit(result);
    if (found) return this.#review(result);
    return result.trusted ? this.#generalFor(result) : result;
  }

  /**
   * Of two wordings of which one is the other with more text between two of its variables, that text is what some documents
   * have in common, if calls of both come and go at the same time.
   */
  #generalFor(wording: Wording): Wording {
    for (const other of this.#templates.get(wording.templateId ?? "") ?? []) {
      if (other === wording || !other.trusted || !comeAndGoTogether(wording, other)) continue;
      const [general, special] =
        wording.literalLength < other.literalLength ? [wording, other] : [other, wording];
      if (hasMoreBetween(general.pattern, special.pattern))
        return this.#review(this.#merge([general, special], general.pattern));
    }
    return wording;
  }

  #generalise(wording: Wording, others: readonly Wording[]): Generalisation | undefined {
    return generalise(
      this.#memberOf(wording),
      others.map((other) => this.#memberOf(other)),
    );
  }

  /** Makes one wording of several. The one with most calls keeps its id. */
  #merge(members: readonly Wording[], pattern: PromptPattern): Wording {
    const [keeper, ...others] = [...members].sort(
      (a, b) => b.count - a.count || a.firstMs - b.firstMs || (a.id < b.id ? -1 : 1),
    ) as [Wording, ...Wording[]];
    const parts = [keeper, ...others].map((part) => ({ ...part }));
    const home = members.find((member) => member.trusted)?.templateId;
    const templateId = home ?? members.find((member) => member.templateId !== undefined)?.templateId;
    for (const member of members) this.#remove(member);
    keeper.pattern = pattern;
    keeper.literalLength = literalLength(pattern);
    keeper.observations = variablesOf(pattern).map(createObservations);
    if (keeper.templateId !== templateId) this.#changes.moved.add(keeper);
    keeper.templateId = templateId;
    keeper.trusted = true;
    for (const other of others) {
      keeper.count += other.count;
      widenTime(keeper, other.firstMs, other.lastMs);
      this.#changes.merged.set(other.id, keeper.id);
    }
    for (const part of parts) carryObservations(keeper, part);
    this.#add(keeper);
    this.#changes.wordings.add(keeper);
    this.#settle(keeper, home !== undefined);
    this.#absorb(keeper);
    return keeper;
  }

  #trust(wording: Wording): void {
    if (wording.count < TRUSTED_CALLS) return;
    this.#remove(wording);
    wording.trusted = true;
    this.#add(wording);
    this.#changes.wordings.add(wording);
    this.#settle(wording, false);
  }

  /** Finds the template of a wording of which it is now known what is fixed: that of one much like it, or a new one. */
  #settle(wording: Wording, wasTrusted: boolean): void {
    if (this.#only !== undefined) return this.#move(wording, this.#only);
    const tokens = this.#tokensOf(wording);
    const own = countTelling(tokens);
    let home = wasTrusted ? wording.templateId : undefined;
    for (const other of this.#index.nearest(runsOf(tokens), MAX_COMPARED * 2)) {
      if (other === wording || other.templateId === undefined || other.templateId === home) continue;
      const otherTokens = this.#tokensOf(other);
      const common = countCommonWords(otherTokens, alignPrompts(otherTokens, tokens));
      if (!isLike(common, Math.max(own, countTelling(otherTokens)))) continue;
      if (home === undefined) home = other.templateId;
      else home = this.#join(home, other.templateId);
    }
    this.#move(wording, home ?? `t${wording.id.slice(1)}`);
  }

  /** Makes one template of two. Returns the one that stays: that with more calls. */
  #join(a: string, b: string): string {
    const [into, from] = this.#callsOf(a) >= this.#callsOf(b) ? [a, b] : [b, a];
    for (const wording of this.#templates.get(from) ?? []) this.#move(wording, into);
    this.#changes.mergedTemplates.set(from, into);
    return into;
  }

  #move(wording: Wording, templateId: string): void {
    if (wording.templateId === templateId) return;
    this.#remove(wording);
    wording.templateId = templateId;
    this.#add(wording);
    this.#changes.moved.add(wording);
    this.#changes.wordings.add(wording);
  }

  /** Texts seen once or twice that turn out to be fillings of a pattern, and wordings that have come to be the same. */
  #absorb(keeper: Wording): void {
    const siblings = this.#templates.get(keeper.templateId ?? "") ?? [];
    const own = joinTexts(keeper.pattern);
    for (const other of [...siblings, ...this.#loose]) {
      if (other === keeper) continue;
      const text = joinTexts(other.pattern);
      if (other.count > 2 && text !== own) continue;
      const widened = widenPattern(keeper.pattern, text);
      if (!widened) continue;
      keeper.pattern = widened;
      this.#changes.wordings.add(keeper);
      this.#remove(other);
      keeper.count += other.count;
      widenTime(keeper, other.firstMs, other.lastMs);
      carryObservations(keeper, other);
      this.#changes.merged.set(other.id, keeper.id);
    }
  }

  #split(wording: Wording): void {
    const patterns = splitWording(wording);
    if (patterns.length === 0) return;
    for (const pattern of patterns) {
      const id = `v${fingerprint(`${this.#scope}\n${joinTexts(pattern)}`)}`;
      if ([...this.wordings()].some((other) => other.id === id)) continue;
      const part = createWording({
        id,
        templateId: wording.templateId,
        trusted: true,
        pattern,
        count: 0,
        firstMs: wording.firstMs,
        lastMs: wording.lastMs,
        observations: variablesOf(pattern).map(createObservations),
      });
      this.#add(part);
      this.#changes.wordings.add(part);
    }
    wording.observations = wording.observations.map(() => createObservations());
    this.#changes.split.add(wording.id);
  }

  /** What nothing came of makes room. */
  #limit(keep: Wording): void {
    const wordings = this.#templates.get(keep.templateId ?? "");
    if (wordings && wordings.size > MAX_WORDINGS) {
      const least = [...wordings]
        .filter((other) => other !== keep)
        .reduce((a, b) => (b.count < a.count ? b : a));
      this.#remove(least);
    }
    const [oldest] = this.#loose;
    if (this.#loose.size > MAX_LOOSE && oldest) this.#remove(oldest);
  }

  #callsOf(templateId: string): number {
    let calls = 0;
    for (const { count } of this.#templates.get(templateId) ?? []) calls += count;
    return calls;
  }

  #add(wording: Wording): void {
    const { templateId } = wording;
    const wordings = templateId === undefined ? this.#loose : (this.#templates.get(templateId) ?? new Set());
    wordings.add(wording);
    if (templateId !== undefined) this.#templates.set(templateId, wordings);
    this.#index.add(wording, this.#tokensOf(wording));
  }

  #remove(wording: Wording): void {
    const { templateId } = wording;
    this.#loose.delete(wording);
    if (templateId !== undefined) {
      const wordings = this.#templates.get(templateId);
      wordings?.delete(wording);
      if (wordings?.size === 0) this.#templates.delete(templateId);
    }
    this.#index.remove(wording);
  }

  #memberOf(wording: Wording): Member {
    return { wording, tokens: this.#tokensOf(wording) };
  }

  #tokensOf({ pattern }: Wording): TokenList {
    let tokens = this.#tokens.get(pattern);
    if (!tokens) this.#tokens.set(pattern, (tokens = tokensOf(pattern)));
    return tokens;
  }
}

interface Near extends Member {
  /** From the wording's tokens to the text's. */
  pairs: Int32Array;
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

/** After 5, 8, 16, 32, … calls: what was seen since may show more. */
function isMilestone(count: number): boolean {
  return count === TRUSTED_CALLS || (count >= 8 && (count & (count - 1)) === 0);
}

/** Words in common, but for those that documents may have in common. */
function countCommonWords(tokens: TokenList, pairs: Int32Array): number {
  const isTelling = tellingTokens(tokens);
  return countCommon(pairs, 3, (index) => isTelling[index] === true && isWord(tokens.texts[index] as string));
}

function countTelling(tokens: TokenList): number {
  const isTelling = tellingTokens(tokens);
  return tokens.texts.reduce((sum, text, i) => sum + (isTelling[i] && isWord(text) ? 1 : 0), 0);
}

/** False for what stands between two blocks of one message, and for variables. */
function tellingTokens({ texts, variables }: TokenList): boolean[] {
  const telling = texts.map((_, i) => variables[i] === undefined);
  let block = -1;
  for (const [i, text] of texts.entries()) {
    const variable = variables[i];
    if (text.startsWith("\u0001") || (variable && variable.shape !== "block")) block = -1;
    else if (variable) {
      if (block >= 0) telling.fill(false, block, i);
      block = i;
    }
  }
  return telling;
}

function comeAndGoTogether(a: Wording, b: Wording): boolean {
  if (Math.min(a.count, b.count) < 3) return false;
  const bothMs = Math.min(a.lastMs, b.lastMs) - Math.max(a.firstMs, b.firstMs);
  return bothMs > 0 && bothMs >= Math.max(a.lastMs - a.firstMs, b.lastMs - b.firstMs) * 0.25;
}

/** True where one pattern is the other, with more text between variables that stand in the place of one of its blocks. */
function hasMoreBetween(general: PromptPattern, special: PromptPattern): boolean {
  const values = matchPattern(general, joinTexts(special));
  return (
    values !== undefined &&
    values.every((value) => value === "\u0000" || (value.startsWith("\u0000") && value.endsWith("\u0000")))
  );
}

/** True where a text begins with the wording's fixed first message and then says much more in its own: another prompt. */
function goesOn(wording: TokenList, text: TokenList): boolean {
  const end = firstMessageEnd(wording);
  if (wording.variables.slice(0, end).some((variable) => variable !== undefined)) return false;
  return countWords(text, 0, firstMessageEnd(text)) > countWords(wording, 0, end) * 2;
}

function firstMessageEnd({ texts }: TokenList): number {
  const next = texts.findIndex((text, i) => i > 0 && text.startsWith("\u0001"));
  return next < 0 ? texts.length : next;
}

/** Half of the fixed words in common is alike; of a few words it must be nearly all. */
function isLike(common: number, fixed: number): boolean {
  return common >= Math.max(3, fixed * Math.max(LIKE, 1 - fixed / 20));
}

function runsOf({ hashes }: TokenList): Set<number> {
  const runs = new Set<number>();
  for (let i = 0; i + SKETCH_RUN <= hashes.length; i++) {
    const run = hashRun(hashes, i, SKETCH_RUN);
    if (run >= 0) runs.add(run);
  }
  return runs;
}

/** The text as a pattern: where the wording nearest to it has variables, and the text has something that fits, so has it. */
function carryVariables({ tokens, pairs }: Near, text: TokenList): PromptPattern {
  const pattern: PromptPattern = [];
  let at = 0;
  for (const { aFrom, aTo, bFrom, bTo } of regionsOf(pairs, text.hashes.length)) {
    for (const piece of patternOfTokens(text, at, bFrom)) appendPiece(pattern, piece);
    const own = patternOfTokens(tokens, aFrom, aTo);
    const given = patternOfTokens(text, bFrom, bTo);
    const carries = own.some((piece) => typeof piece !== "string") && matchPattern(own, joinTexts(given));
    for (const piece of carries ? own : given) appendPiece(pattern, piece);
    at = bTo;
  }
  for (const piece of patternOfTokens(text, at, text.texts.length)) appendPiece(pattern, piece);
  return pattern;
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

/** A pattern as a text that other patterns can be matched with: no text has what stands for a variable. */
function joinTexts(pattern: PromptPattern): string {
  return pattern.map((piece) => (typeof piece === "string" ? piece : "\u0000")).join("");
}

const CARRIED_CALLS = 32;

/** What was known of a wording's variables, for the one that took its place. */
function carryObservations(keeper: Wording, part: Wording): void {
  const { pattern, observations, count, firstMs, lastMs } = part;
  if (pattern.length === 1 && typeof pattern[0] === "string") {
    for (const [i, value] of (matchLoosely(keeper.pattern, pattern[0]) ?? []).entries()) {
      const into = keeper.observations[i];
      if (!into) continue;
      for (let n = 0; n < Math.min(count, CARRIED_CALLS); n++)
        observeValue(into, value, n === 0 ? firstMs : lastMs);
    }
    return;
  }
  const variables = variablesOf(keeper.pattern);
  for (const [i, { name }] of variablesOf(pattern).entries()) {
    const known = observations[i];
    const into = keeper.observations[variables.findIndex((variable) => variable.name === name)];
    if (!known || !into) continue;
    into.seen = Math.max(into.seen, known.seen);
    if (!known.values) into.values = undefined;
    for (const [value, seen] of known.values ?? []) {
      for (let n = 0; n < Math.min(seen.count, CARRIED_CALLS); n++)
        observeValue(into, value, n === 0 ? seen.firstMs : seen.lastMs);
    }
  }
}
