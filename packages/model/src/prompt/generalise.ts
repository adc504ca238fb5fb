import { countCommon, regionsOf, type Region } from "./align-tokens.ts";
import { isShortText, looksFilledIn, type PlaceValue } from "./observations.ts";
import { nameVariable, uniqueName } from "./name-variable.ts";
import { patternMessages, shapeOf, widestShape, type PromptPattern, type Variable } from "./pattern.ts";
import {
  alignPrompts,
  appendPiece,
  countWords,
  patternOfTokens,
  type TokenList,
  type Wording,
} from "./wording.ts";

export interface Member {
  wording: Wording;
  tokens: TokenList;
}

export interface Generalisation {
  pattern: PromptPattern;
  /** The wordings that it stands for. */
  members: Wording[];
}

/** What must be fixed of a pattern that is made of many texts, or of few. */
const MIN_WORDS = 3;
const SOME_WORDS = 5;
const ENOUGH_WORDS = 8;
const ENOUGH_SHARE = 0.3;
const MANY_MEMBERS = 8;
/** How many of the nearest others say how near one must be. */
const NEAREST = 4;
const EDGE_TOKENS = 64;
const LONG_TOKENS = 4;
/** What stands in fewer than this share of the calls, and not in so many of them, is no text of a template. */
const MIN_SHARE = 0.25;
const MIN_LACKING = 8;

/**
 * The one pattern of which some wordings, `target` among them, are fillings; undefined as long as nothing shows that
 * they are. Wordings that differ in what looks worded by hand are kept apart: of those only the ones that read as the
 * target does are taken.
 */
export function generalise(target: Member, others: readonly Member[]): Generalisation | undefined {
  const all = align(target, others);
  let group = nearestOf(all);
  for (;;) {
    if (group.length === 0) return undefined;
    const places = joinShared(target, group, all, placesOf(target, group));
    const worded = longestPlace(places.filter((place) => !isFilledIn(target, group, place)));
    if (worded) {
      const own = textOf(target.tokens, worded.from, worded.to);
      const alike = group.filter((other) => textAt(other, worded) === own);
      if (alike.length === group.length) return undefined;
      group = alike;
      continue;
    }
    if (!keepsEnough(target, group, places)) return undefined;
    return { pattern: buildPattern(target, group, places), members: group.map(({ wording }) => wording) };
  }
}

interface AlignedMember extends Member {
  pairs: Int32Array;
  regions: Region[];
  common: number;
}

function longestPlace(places: readonly Place[]): Place | undefined {
  return places.reduce<Place | undefined>((a, b) => (a && a.to - a.from >= b.to - b.from ? a : b), undefined);
}

interface Place {
  from: number;
  to: number;
}

function align(target: Member, others: readonly Member[]): AlignedMember[] {
  const roles = rolesOf(target.tokens);
  const aligned = others
    .filter(({ tokens }) => rolesOf(tokens) === roles)
    .map((other) => {
      const pairs = alignPrompts(target.tokens, other.tokens);
      return {
        ...other,
        pairs,
        regions: regionsOf(pairs, other.tokens.hashes.length),
        common: countAtEdges(pairs),
      };
    });
  return aligned.sort((a, b) => b.common - a.common);
}

function nearestOf(all: readonly AlignedMember[]): AlignedMember[] {
  const reference = all[Math.min(NEAREST, all.length) - 1]?.common ?? 0;
  return all.filter(({ common }) => common > 0 && common >= reference * 0.8);
}

/**
 * Documents come again in other prompts: what a few have in common beside a long place, and most of those that begin as the
 * target does have not, is a part of that place.
 */
function joinShared(
  target: Member,
  group: readonly AlignedMember[],
  all: readonly AlignedMember[],
  places: Place[],
): Place[] {
  const [first] = places;
  if (!first || first.from < 2) return places;
  const alike = all.filter(({ pairs }) => pairs[0] === 0 && pairs[first.from - 1] === first.from - 1);
  const isShared = (from: number, to: number): boolean => {
    let having = 1;
    let lacking = 0;
    for (const { pairs, wording } of alike) {
      let matched = 0;
      for (let i = from; i < to; i++) if ((pairs[i] as number) >= 0) matched += 1;
      if (matched * 2 > to - from) having += wording.count;
      else lacking += wording.count;
    }
    return lacking >= MIN_LACKING && having < (having + lacking) * MIN_SHARE;
  };
  const joined: Place[] = [];
  for (const place of places) {
    const last = joined.at(-1);
    const isBeside = last && isLongPlace(last, group) && isLongPlace(place, group);
    const crosses =
      last && target.tokens.texts.slice(last.to, place.from).some((text) => text.startsWith("\u0001"));
    if (last && isBeside && !crosses && isShared(last.to, place.from)) last.to = place.to;
    else joined.push({ ...place });
  }
  return joined;
}

function isLongPlace(place: Place, group: readonly AlignedMember[]): boolean {
  if (place.to - place.from > LONG_TOKENS) return true;
  return group.some((member) => {
    const [from, to] = rangeAt(member, place);
    return to - from > LONG_TOKENS;
  });
}

/** Prompts of other messages are of another pattern. */
function rolesOf({ texts }: TokenList): string {
  return texts.filter((text) => text.startsWith("\u0001")).join("");
}

/** What a template fixes stands at the edges of a text sooner than in the middle, where documents are that others may share. */
function countAtEdges(pairs: Int32Array): number {
  if (pairs.length <= EDGE_TOKENS * 2) return countCommon(pairs, 2);
  return countCommon(pairs.subarray(0, EDGE_TOKENS), 2) + countCommon(pairs.subarray(-EDGE_TOKENS), 2);
}

/** Where the group differs from the target, in the target's tokens; what touches is one place. */
function placesOf(target: Member, group: readonly AlignedMember[]): Place[] {
  const intervals = group.flatMap(({ regions }) =>
    regions.map(({ aFrom, aTo }) => ({ from: aFrom, to: aTo })),
  );
  intervals.sort((a, b) => a.from - b.from || a.to - b.to);
  const places: Place[] = [];
  for (const { from, to } of intervals) {
    const last = places.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else places.push({ from, to });
  }
  return joinChance(target.tokens, places, (place) => isLongPlace(place, group));
}

/**
 * Beside a long place, a mark or a small word alone is chance, as are a number or marks that begin its line and the
 * mark that ends it.
 */
function joinChance(tokens: TokenList, places: Place[], isLong: (place: Place) => boolean): Place[] {
  const joined: Place[] = [];
  for (const place of places) {
    const last = joined.at(-1);
    if (last && (isLong(last) || isLong(place)) && isChance(tokens, last.to, place.from)) last.to = place.to;
    else joined.push({ ...place });
  }
  for (const place of joined) {
    if (!isLong(place)) continue;
    for (let count = 1; count <= 2; count++) {
      const lead = tokens.texts.slice(Math.max(0, place.from - count), place.from).join("");
      if (!LEAD.test(lead) || !startsLine(tokens, place.from - count)) continue;
      place.from -= count;
      break;
    }
    if (/^[?.!…]\s*$/.test(tokens.texts[place.to] ?? "") && endsLine(tokens, place.to)) place.to += 1;
  }
  return joined;
}

/** A number or marks that may begin a line of any text. */
const LEAD = /^(\d+[.)]|[^\p{L}\p{N}\s\p{Cc}<:]{1,2})[^\S\n]*$/u;

function startsLine(tokens: TokenList, at: number): boolean {
  const before = tokens.texts[at - 1];
  return before === undefined || before.includes("\n") || before.startsWith("\u0001");
}

function endsLine(tokens: TokenList, at: number): boolean {
  const after = tokens.texts[at + 1];
  return after === undefined || after.startsWith("\u0001") || (tokens.texts[at] as string).includes("\n");
}

function isChance({ texts, variables }: TokenList, from: number, to: number): boolean {
  let letters = 0;
  let words = 0;
  for (let i = from; i < to; i++) {
    const text = texts[i] as string;
    if (variables[i] || text.startsWith("\u0001")) return false;
    if (!/\p{L}/u.test(text)) continue;
    words += 1;
    letters += text.trim().length;
  }
  if (words === 0) return to - from <= 4;
  return words === 1 && letters <= 4 && to - from <= 2 && !(texts[to - 1] as string).startsWith(":");
}

/** The member's tokens that stand in a place. What is right and left of it is the same in both. */
function rangeAt(member: AlignedMember, { from, to }: Place): [number, number] {
  const start = from === 0 ? 0 : (member.pairs[from - 1] as number) + 1;
  const end = to >= member.pairs.length ? member.tokens.hashes.length : (member.pairs[to] as number);
  return [start, end];
}

function textAt(member: AlignedMember, place: Place): string {
  return textOf(member.tokens, ...rangeAt(member, place));
}

/** A variable is a mark in a text, of a line or of a block. */
const LINE_MARK = "\u0003";
const BLOCK_MARK = "\u0004";

/** The fixed text, and marks for variables. */
function textOf(tokens: TokenList, from: number, to: number): string {
  let text = "";
  for (let i = from; i < to; i++) text += markOf(tokens.variables[i]) ?? tokens.texts[i];
  return text;
}

function markOf(variable: Variable | undefined): string | undefined {
  return variable && (variable.shape === "block" ? BLOCK_MARK : LINE_MARK);
}

function hasVariable({ text }: PlaceValue): boolean {
  return text.includes(LINE_MARK) || text.includes(BLOCK_MARK);
}

function isFilledIn(target: Member, group: readonly AlignedMember[], place: Place): boolean {
  const values = new Map<string, PlaceValue>();
  const add = ({ count, firstMs, lastMs }: Wording, text: string): void => {
    const known = values.get(text);
    if (!known) values.set(text, { text, count, firstMs, lastMs });
    else {
      known.count += count;
      known.firstMs = Math.min(known.firstMs, firstMs);
      known.lastMs = Math.max(known.lastMs, lastMs);
    }
  };
  add(target.wording, textOf(target.tokens, place.from, place.to));
  for (const member of group) add(member.wording, textAt(member, place));
  const all = [...values.values()];
  // Another message is no value.
  if (all.some(({ text }) => text.includes("\u0001"))) return false;
  const open = all.filter(hasVariable);
  if (open.length === 0) return looksFilledIn(all);
  // Some have a variable here already: if nothing but that, then the others are values that it did not hold till now.
  if (!open.every(isBare))
    return (
      open.length === all.length &&
      open.every(isNearlyBare) &&
      looksFilledIn(all.map(withoutVariables)) &&
      all.length > 2
    );
  const filled = all.filter((value) => !hasVariable(value));
  const lines = filled.filter(({ text }) => text.trim().includes("\n")).length;
  const holdsLines = lines === 0 || lines >= 3 || open.some(({ text }) => text.includes(BLOCK_MARK));
  return holdsLines && filled.every(({ count, text }) => count <= 2 || isShortText(text));
}

/** A variable with a word or two beside it, which are part of its value where there are many such. */
function isNearlyBare(value: PlaceValue): boolean {
  return isShortText(withoutVariables(value).text);
}

function withoutVariables(value: PlaceValue): PlaceValue {
  return { ...value, text: value.text.replaceAll(LINE_MARK, "").replaceAll(BLOCK_MARK, "") };
}

/** Variables, and nothing beside them that anybody words: a mark, a number, a small word between two of them. */
function isBare(value: PlaceValue): boolean {
  const fixed = withoutVariables(value).text;
  if (fixed.length > 16 || fixed.includes(":")) return false;
  const words = fixed.match(/\p{L}{2,}/gu) ?? [];
  const variables = value.text.length - fixed.length;
  return words.length === 0 || (words.length === 1 && variables > 1 && (words[0] as string).length <= 4);
}

function keepsEnough(target: Member, group: readonly AlignedMember[], places: readonly Place[]): boolean {
  let words = countWords(target.tokens);
  for (const { from, to } of places) words -= countWords(target.tokens, from, to);
  if (words >= ENOUGH_WORDS) return true;
  const isMany = group.length + 1 >= MANY_MEMBERS;
  if (isMany && (words >= SOME_WORDS || (words > 1 && fixesLine(target, places)))) return true;
  if (words < MIN_WORDS) return false;
  const average =
    group.reduce((sum, { tokens }) => sum + countWords(tokens), countWords(target.tokens)) /
    (group.length + 1);
  return words >= average * ENOUGH_SHARE;
}

/** A whole first line, or message, that is fixed says more than its few words. */
function fixesLine({ tokens }: Member, [first]: readonly Place[]): boolean {
  return tokens.texts
    .slice(1, first?.from ?? 0)
    .some((text) => text.includes("\n") || text.startsWith("\u0001"));
}

function buildPattern(
  target: Member,
  group: readonly AlignedMember[],
  places: readonly Place[],
): PromptPattern {
  const { tokens } = target;
  const pattern: PromptPattern = [];
  const names = new Set(tokens.variables.flatMap((variable) => variable?.name ?? []));
  let at = 0;
  for (const place of places) {
    for (const piece of patternOfTokens(tokens, at, place.from)) appendPiece(pattern, piece);
    const own = patternOfTokens(tokens, place.from, place.to);
    const all = [own, ...group.map((member) => patternOfTokens(member.tokens, ...rangeAt(member, place)))];
    const texts = all.map((pieces) =>
      pieces.map((piece) => (typeof piece === "string" ? piece : LINE_MARK)).join(""),
    );
    const { lead, trail } = sharedBlank(texts);
    appendPiece(pattern, lead);
    const known = all.flat().find((piece) => typeof piece !== "string");
    const before = pattern.map((piece) => (typeof piece === "string" ? piece : " ")).join("");
    const variable = known ?? nameIn(before, texts, isWholeMessage(tokens, place), names);
    let { shape } = variable;
    for (const piece of all.flat())
      shape = widestShape(shape, typeof piece === "string" ? shapeOf(piece) : piece.shape);
    names.add(variable.name);
    appendPiece(pattern, { name: variable.name, shape });
    appendPiece(pattern, trail);
    at = place.to;
  }
  for (const piece of patternOfTokens(tokens, at, tokens.texts.length)) appendPiece(pattern, piece);
  return pattern;
}

function nameIn(before: string, samples: string[], whole: boolean, taken: ReadonlySet<string>): Variable {
  const role = patternMessages([before]).at(-1)?.role ?? "";
  const name = nameVariable({ before: before.slice(before.lastIndexOf("\u0002") + 1), role, whole, samples });
  return { name: uniqueName(name, taken), shape: "word" };
}

function isWholeMessage(tokens: TokenList, { from, to }: Place): boolean {
  const isStart = (text: string | undefined): boolean => text === undefined || text.startsWith("\u0001");
  return from > 0 && isStart(tokens.texts[from - 1]) && isStart(tokens.texts[to]);
}

/** Blank space that all values begin or end with is no part of them. */
function sharedBlank(texts: readonly string[]): { lead: string; trail: string } {
  const [first = ""] = texts;
  const lead = /^\s*/.exec(first)?.[0] ?? "";
  const trail = /\s*$/.exec(first)?.[0] ?? "";
  const longEnough = texts.every((text) => text.trim() !== "");
  return {
    lead: longEnough && texts.every((text) => text.startsWith(lead)) ? lead : "",
    trail: longEnough && texts.every((text) => text.endsWith(trail)) ? trail : "",
  };
}
