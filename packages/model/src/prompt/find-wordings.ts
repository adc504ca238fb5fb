import { hashRun } from "./align-tokens.ts";
import { coverSamples } from "./cover-samples.ts";
import { textBetween, tokensOf, VARIABLE, type Sample } from "./sample.ts";
import { countFixedWords, gapIn, textOfSegment, type Range, type Skeleton } from "./skeleton.ts";
import { orderInTime } from "./times.ts";
import { isWord } from "./tokenise.ts";

/** Samples by what stands in one gap, as indexes: each group was worded otherwise. `rest` is of none of the groups. */
export interface Wordings {
  groups: number[][];
  rest: number[];
}

/** A gap of which every text is this short holds a value, or a wording of a few words. */
const SHORT_TOKENS = 6;
const SHORT_CHARS = 64;
/** So many different values are no wordings. */
const MANY_VALUES = 6;
/** Fewer tokens in a row are chance. */
const RUN = 3;
const MIN_SAMPLES = 3;
/** Of so few it cannot be told whether some words are filled in: most often they are. */
const FEW_SAMPLES = 8;
/** What so many tokens of a wording are, and of one of several templates that have a few words in common. */
const MIN_TOKENS = 5;
const MIN_OWN_TOKENS = 8;
/** Wordings of one place, together, are nearly all that stands there, and few. */
const MIN_COVER = 0.85;
const MIN_EXCLUSIVE = 0.9;
const MAX_WORDINGS = 4;
const MAX_TEMPLATES = 12;
/** A text beside a variable that some calls have is a wording if they are so many, or came after the others. */
const MIN_SHARE = 0.2;
const MIN_MIXED = 6;
/** Of many texts beside a value, some are bound to lie apart in time by chance; of messages that begin alike most. */
const RARE_BESIDE = Math.log(20_000);
const RARE_MESSAGE = Math.log(1_000_000);
const MIN_LINES = 8;
const MIN_WORDS = 3;
const SENTENCE_MARK = /^[.!?。！？]+ *$/;
const SENTENCE_END = /\n|^[.!?。！？]+\s*$/;

/** Values that nobody writes into a prompt by hand. */
const TYPED =
  /^\W*(\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d\d:\d\d(:\d\d)?|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}|https?:\/\/\S+|\S+@\S+\.\w+)\W*$/i;

/**
 * The wordings that stand in a gap; undefined where it is filled in.
 *
 * @param fairRank up to this rank all prompts are there: only among these a share of them says something.
 */
export function findWordings(skeleton: Skeleton, gap: number, fairRank = Infinity): Wordings | undefined {
  const place = new Gap(skeleton, gap, fairRank);
  if (place.isOpen) return undefined;
  if (place.isShort) return shortWordings(place);
  return coveringWordings(place) ?? wordingBeside(place) ?? linesAmongLine(place);
}

/** True when the gap is surely filled in: with values that are many, or of a kind that nobody words. */
export function isSurelyFilledIn(skeleton: Skeleton, gap: number): boolean {
  const place = new Gap(skeleton, gap, Infinity);
  return place.isOpen || new Set(place.texts).size >= MANY_VALUES || place.isTyped;
}

class Gap {
  readonly skeleton: Skeleton;
  readonly ranges: Range[];
  readonly texts: string[];
  readonly #gap: number;

  readonly #fairRank: number;

  constructor(skeleton: Skeleton, gap: number, fairRank: number) {
    this.skeleton = skeleton;
    this.#fairRank = fairRank;
    this.#gap = gap;
    this.ranges = skeleton.samples.map((_, i) => gapIn(skeleton, gap, i));
    this.texts = this.ranges.map(({ from, to }, i) => textBetween(this.sample(i), from, to));
  }

  sample(index: number): Sample {
    return this.skeleton.samples[index] as Sample;
  }

  /** The token so many behind the start, or before the end, of a sample's gap; `""` beyond it. */
  tokenAt(index: number, offset: number, side: "start" | "end"): string {
    const { from, to } = this.ranges[index] as Range;
    const at = side === "start" ? from + offset : to - 1 - offset;
    return at < from || at >= to ? "" : textBetween(this.sample(index), at, at + 1);
  }

  samplesOf(indexes: readonly number[]): Sample[] {
    return indexes.map((index) => this.sample(index));
  }

  /** How many of these there are of which all of a rank are there. */
  countFair(indexes: readonly number[]): number {
    let count = 0;
    for (const index of indexes) if (this.sample(index).rank <= this.#fairRank) count += 1;
    return count;
  }

  /** Known to be filled in. */
  get isOpen(): boolean {
    return this.texts.some((text) => text.includes(VARIABLE));
  }

  get isShort(): boolean {
    return this.ranges.every(
      ({ from, to }, i) => to - from <= SHORT_TOKENS && (this.texts[i] as string).length <= SHORT_CHARS,
    );
  }

  get isTyped(): boolean {
    return this.texts.every((text) => TYPED.test(text.trim()));
  }

  /** Few words are fixed, and a sentence goes on in the gap: what follows may be of several templates that begin alike. */
  get isThin(): boolean {
    if (countFixedWords(this.skeleton, RUN) >= MIN_OWN_TOKENS) return false;
    const before = this.skeleton.segments[this.#gap - 1];
    if (!before) return true;
    const last = textOfSegment(this.skeleton, { from: before.to - 1, to: before.to });
    if (!this.#isMark(before.to - 1)) return !/\n\s*$/.test(last);
    return countFixedWords({ ...this.skeleton, segments: [before] }) === 0;
  }

  /** It is all of a user's message. */
  get isMessage(): boolean {
    return this.isFirst && this.isLast && this.role === "user";
  }

  /** It goes to the end of its message. */
  get isLast(): boolean {
    const after = this.skeleton.segments[this.#gap];
    return !after || this.#isMark(after.from);
  }

  get isFirst(): boolean {
    const before = this.skeleton.segments[this.#gap - 1];
    return !before || this.#isMark(before.to - 1);
  }

  get role(): string {
    for (let i = this.#gap - 1; i >= 0; i--) {
      const text = textOfSegment(this.skeleton, this.skeleton.segments[i] as Range);
      const at = text.lastIndexOf("\u0001");
      if (at >= 0) return text.slice(at + 1, text.indexOf("\u0002", at));
    }
    return "";
  }

  #isMark(at: number): boolean {
    return textOfSegment(this.skeleton, { from: at, to: at + 1 }).startsWith("\u0001");
  }
}

/** A few words that are not filled in: there are two or three, and none is known to come again after another one came. */
function shortWordings(place: Gap): Wordings | undefined {
  const byText = new Map<string, number[]>();
  for (const [i, text] of place.texts.entries()) byText.set(text, [...(byText.get(text) ?? []), i]);
  const groups = [...byText.values()].sort((a, b) => b.length - a.length);
  const [first, second] = groups;
  if (!first || !second || groups.length >= MANY_VALUES || place.isTyped) return undefined;
  if (comeAndGo(place, groups)) return undefined;
  const order = orderInTime(place.samplesOf(first), place.samplesOf(second));
  if (order === "unknown" && place.texts.length < FEW_SAMPLES) return undefined;
  if (order === "unknown" && groups.length >= 3 && place.texts.length <= groups.length * 4) return undefined;
  return { groups, rest: [] };
}

/** Of some texts two are called in turn, each more than once: by chance two others may look as if one came after the other. */
function comeAndGo(place: Gap, groups: readonly number[][]): boolean {
  return groups.some((group, i) =>
    groups
      .slice(0, i)
      .some(
        (other) =>
          (i === 1 || group.length > 1) &&
          orderInTime(place.samplesOf(other), place.samplesOf(group)) === "mixed",
      ),
  );
}

/** Texts of which one or another stands here in nearly each sample. */
function coveringWordings(place: Gap): Wordings | undefined {
  const { isThin } = place;
  const samples = place.skeleton.samples;
  const most = place.isLast && place.role === "system" ? MAX_TEMPLATES : MAX_WORDINGS;
  const covering = coverSamples(samples, place.ranges, isThin ? Infinity : most, MIN_COVER);
  if (!covering || covering.groups.length === 0 || covering.exclusive < MIN_EXCLUSIVE) return undefined;
  const { groups, rest } = covering;
  if (groups.length === 1 && rest.length === 0) return undefined;
  if (!isThin && rest.length > samples.length * (1 - MIN_COVER)) return undefined;
  const kinds = groups.map(({ members, tokens }) => {
    if (new Set(members.map((i) => place.texts[i])).size === 1) return "exact";
    return tokens >= MIN_TOKENS && (isThin || isAtEdge(place, members)) ? "worded" : "filled";
  });
  // A message that is the same again and again was asked again and again.
  if (place.isMessage && kinds.every((kind) => kind === "exact")) return undefined;
  if (!isThin && kinds.includes("filled")) return undefined;
  const isLong = (i: number): boolean => {
    const { from, to } = place.ranges[i] as Range;
    return to - from > SHORT_TOKENS;
  };
  const shorts = groups.filter(({ members }, i) => kinds[i] === "exact" && !isLong(members[0] as number));
  const rivals = [...(shorts[1]?.members ?? []), ...rest];
  // A few words that come and go with others are filled in.
  if (shorts[0] && (shorts.length > 1 || groups.length === 1)) {
    if (orderInTime(place.samplesOf(shorts[0].members), place.samplesOf(rivals)) === "mixed")
      return undefined;
  }
  const worded = groups.filter((_, i) => kinds[i] !== "filled");
  if (worded.length === 0) return undefined;
  const own = new Set(worded.flatMap(({ members }) => members));
  const others = place.ranges.map((_, i) => i).filter((i) => !own.has(i));
  return { groups: worded.map(({ members }) => members), rest: others };
}

/** Values of several lines where nearly all have one: more than the value is there, until it comes again. */
function linesAmongLine(place: Gap): Wordings | undefined {
  const lines: number[] = [];
  const others: number[] = [];
  for (const [i, text] of place.texts.entries()) (text.trim().includes("\n") ? lines : others).push(i);
  if (lines.length === 0 || others.length < MIN_LINES || lines.length > others.length * MIN_SHARE)
    return undefined;
  if (orderInTime(place.samplesOf(lines), place.samplesOf(others)) === "mixed") return undefined;
  return { groups: [others], rest: lines };
}

/**
 * Lines or sentences that some samples have at the beginning or at the end of a gap that is filled in otherwise: they were
 * added to the wording if they came after the others, or if both are many.
 */
function wordingBeside(place: Gap): Wordings | undefined {
  for (const side of ["end", "start"] as const) {
    for (const members of byEdge(place, side)) {
      const own = new Set(members);
      const rest = place.ranges.map((_, i) => i).filter((i) => !own.has(i));
      if (rest.length < 2) continue;
      const [ofMembers, ofRest] = [place.countFair(members), place.countFair(rest)];
      const fewer = Math.min(ofMembers, ofRest);
      const isMany = fewer >= MIN_MIXED && fewer >= (ofMembers + ofRest) * MIN_SHARE && !place.isMessage;
      const rare = place.isMessage ? RARE_MESSAGE : RARE_BESIDE;
      const isApart = orderInTime(place.samplesOf(members), place.samplesOf(rest), rare) === "apart";
      if (!isMany && !isApart) continue;
      if (isWholeSentence(place, members, side, isApart)) return { groups: [members, rest], rest: [] };
    }
  }
  return undefined;
}

/** Samples whose gap begins, or ends, with the same tokens; most first. */
function byEdge(place: Gap, side: "start" | "end"): number[][] {
  const groups = new Map<number, number[]>();
  for (const [index, { from, to }] of place.ranges.entries()) {
    if (to - from < MIN_TOKENS) continue;
    const { hashes } = tokensOf(place.sample(index));
    const key = hashRun(hashes, side === "start" ? from : to - MIN_TOKENS, MIN_TOKENS);
    if (key < 0) continue;
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  }
  return [...groups.values()]
    .filter(({ length }) => length >= MIN_SAMPLES)
    .sort((a, b) => b.length - a.length);
}

/** Number of tokens that all of them have at one edge of the gap. */
function commonAtEdge(place: Gap, members: readonly number[], side: "start" | "end"): number {
  const [first, ...others] = members as [number, ...number[]];
  let length = 0;
  for (;;) {
    const token = place.tokenAt(first, length, side);
    if (token === "" || others.some((other) => place.tokenAt(other, length, side) !== token)) return length;
    length += 1;
  }
}

/** Texts of documents are in common anywhere, wording is where what is fixed ends. */
function isAtEdge(place: Gap, members: readonly number[]): boolean {
  return (["start", "end"] as const).some((side) => commonAtEdge(place, members, side) >= MIN_TOKENS);
}

/**
 * True when what all of them have at the edge is set off from what is filled in by the end of a line or sentence; `within` what they
 * have in common too, whose first part may be the end of a value.
 */
function isWholeSentence(
  place: Gap,
  members: readonly number[],
  side: "start" | "end",
  within: boolean,
): boolean {
  const first = members[0] as number;
  const length = commonAtEdge(place, members, side);
  let words = 0;
  for (let i = 0; i < length; i++) {
    const token = place.tokenAt(first, i, side);
    const isLast = i === length - 1;
    const mark = within || (isLast && side === "start") ? SENTENCE_END : SENTENCE_MARK;
    const ends = (within || isLast) && mark.test(token);
    if (side === "end" && ends && words >= MIN_WORDS) return true;
    if (isWord(token)) words += 1;
    if (side === "start" && ends && words >= MIN_WORDS) return true;
  }
  if (words < MIN_WORDS || side === "start") return false;
  return members.every((index) => {
    const before = place.tokenAt(index, length, side);
    return before === "" || SENTENCE_END.test(before);
  });
}
