import { hashRun } from "./align-tokens.ts";
import { matchPattern } from "./pattern.ts";
import type { Tokens } from "./sample.ts";
import type { Wording } from "./wording.ts";

/** Prompts are told apart by so many of their first characters. */
const KEY_CHARS = 24;
const HEAD_TOKENS = [6, 4, 3];
const TAIL_TOKENS = 3;
const MIN_ALIKE = 3;
/** A wording that was made of fewer may have too much of them fixed. */
const FEW_CALLS = 8;
const MAX_TRIED = 64;
/** A text is known again by so many of its runs of three tokens, and by those at its beginning. */
const SKETCH_RUNS = 48;
const FIRST_RUNS = 8;
const SKETCH_RUN = 3;

interface Entry {
  start: string;
  sketch: Set<number>;
  edges: Edges;
}

/**
 * Wordings by what they begin with, for finding the one that a text follows; those that are trusted by runs of their
 * tokens, for finding the one that a text is like; and the others by their first and last tokens, for finding texts that
 * may be of one pattern.
 */
export class WordingIndex {
  /** By their first characters; those that begin with fewer, and a variable, are under `""`. Each list has the most telling first. */
  readonly #byStart = new Map<string, Wording[]>();
  readonly #byRun = new Map<number, Set<Wording>>();
  readonly #byHead = new Map<number, Set<Wording>>();
  readonly #byTail = new Map<number, Set<Wording>>();
  readonly #entries = new Map<Wording, Entry>();

  add(wording: Wording, tokens: Tokens): void {
    const [first] = wording.pattern;
    const start = typeof first === "string" && first.length >= KEY_CHARS ? first.slice(0, KEY_CHARS) : "";
    const sketch = wording.trusted ? sketchOf(tokens) : new Set<number>();
    const edges = edgesOf(tokens);
    this.#entries.set(wording, { start, sketch, edges });
    const list = this.#byStart.get(start) ?? [];
    const at = list.findIndex((other) => other.literalLength < wording.literalLength);
    list.splice(at < 0 ? list.length : at, 0, wording);
    this.#byStart.set(start, list);
    for (const run of sketch) addTo(this.#byRun, run, wording);
    for (const head of edges.heads) addTo(this.#byHead, head, wording);
    addTo(this.#byTail, edges.tail, wording);
  }

  remove(wording: Wording): void {
    const entry = this.#entries.get(wording);
    if (!entry) return;
    this.#entries.delete(wording);
    const list = this.#byStart.get(entry.start);
    list?.splice(list.indexOf(wording), 1);
    if (list?.length === 0) this.#byStart.delete(entry.start);
    for (const run of entry.sketch) removeFrom(this.#byRun, run, wording);
    for (const head of entry.edges.heads) removeFrom(this.#byHead, head, wording);
    removeFrom(this.#byTail, entry.edges.tail, wording);
  }

  /** Of the wordings whose pattern the text follows the one that has most of it fixed. */
  match(text: string): { wording: Wording; values: string[] } | undefined {
    const exact = matchFirst(this.#byStart.get(text.slice(0, KEY_CHARS)), text);
    const loose = matchFirst(this.#byStart.get(""), text);
    if (!exact || !loose) return exact ?? loose;
    return loose.wording.literalLength > exact.wording.literalLength ? loose : exact;
  }

  /** The same among those of which it is known what is fixed. */
  matchTrusted(text: string): Wording | undefined {
    const lists = [this.#byStart.get(text.slice(0, KEY_CHARS)), this.#byStart.get("")];
    const [exact, loose] = lists.map(
      (list) =>
        matchFirst(
          list?.filter(({ trusted }) => trusted),
          text,
        )?.wording,
    );
    if (!exact || !loose) return exact ?? loose;
    return loose.literalLength > exact.literalLength ? loose : exact;
  }

  /** Trusted wordings that the text follows too, beside the one that has most of it fixed. */
  alsoMatching(text: string, except: Wording): Wording[] {
    return this.beginningAs(text).filter(
      (wording) => wording !== except && matchPattern(wording.pattern, text),
    );
  }

  /** Trusted wordings that begin as the text does, or with something that is filled in. */
  beginningAs(text: string): Wording[] {
    const lists = [this.#byStart.get(text.slice(0, KEY_CHARS)) ?? [], this.#byStart.get("") ?? []];
    return lists.flatMap((list) => list.filter(({ trusted }) => trusted).slice(-MAX_TRIED));
  }

  /** Up to `limit` trusted wordings that share runs with a text, those first of whose runs it has the largest share. */
  nearest({ hashes }: Tokens, limit: number): Wording[] {
    const votes = new Map<Wording, number>();
    const runs = new Set<number>();
    for (let i = 0; i + SKETCH_RUN <= hashes.length; i++) runs.add(hashRun(hashes, i, SKETCH_RUN));
    for (const run of runs) {
      for (const wording of this.#byRun.get(run) ?? []) votes.set(wording, (votes.get(wording) ?? 0) + 1);
    }
    const scored = [...votes].map(([wording, count]) => ({
      wording,
      count,
      share: count / (this.#entries.get(wording)?.sketch.size ?? 1),
    }));
    scored.sort((a, b) => b.share - a.share || b.count - a.count || (a.wording.id < b.wording.id ? -1 : 1));
    return scored.slice(0, limit).map(({ wording }) => wording);
  }

  /**
   * Wordings of which little is known, and that begin as the text does, the latest ones; where there are none such, those that end
   * as it does and of which few begin alike.
   */
  atEdges(tokens: Tokens, limit: number): Wording[] {
    const { heads, tail } = edgesOf(tokens);
    for (const head of heads) {
      const alike = [...(this.#byHead.get(head) ?? [])].filter(isWeak);
      if (alike.length >= MIN_ALIKE) return alike.slice(-limit);
    }
    const tails = [...(this.#byTail.get(tail) ?? [])].filter(isWeak).filter((wording) => {
      const own = this.#entries.get(wording)?.edges.heads ?? [];
      return own.every((head) => (this.#byHead.get(head)?.size ?? 0) < MIN_ALIKE);
    });
    return tails.slice(-limit);
  }
}

/** It may turn out to be of others that are like it. */
function isWeak({ trusted, count }: Wording): boolean {
  return !trusted || count < FEW_CALLS;
}

interface Edges {
  heads: number[];
  tail: number;
}

/** Some runs of the fixed tokens, the same ones wherever they stand: what two texts share is likely in both sketches. */
function sketchOf({ hashes }: Tokens): Set<number> {
  const runs: number[] = [];
  const first: number[] = [];
  for (let i = 0; i + SKETCH_RUN <= hashes.length; i++) {
    const run = hashRun(hashes, i, SKETCH_RUN);
    if (run < 0) continue;
    if (first.length < FIRST_RUNS) first.push(run);
    runs.push(run);
  }
  runs.sort((a, b) => a - b);
  return new Set([...first, ...runs.slice(0, SKETCH_RUNS)]);
}

/** Of the first tokens and of the last ones; -1 where they are not fixed. */
function edgesOf({ hashes }: Tokens): Edges {
  const isLong = hashes.length >= TAIL_TOKENS * 2;
  return {
    heads: HEAD_TOKENS.filter((count) => hashes.length >= count).map((count) => hashRun(hashes, 0, count)),
    tail: isLong ? hashRun(hashes, hashes.length - TAIL_TOKENS, TAIL_TOKENS) : -1,
  };
}

function matchFirst(
  wordings: readonly Wording[] | undefined,
  text: string,
): { wording: Wording; values: string[] } | undefined {
  for (const wording of wordings ?? []) {
    const values = matchPattern(wording.pattern, text);
    if (values) return { wording, values };
  }
  return undefined;
}

function addTo(map: Map<number, Set<Wording>>, key: number, wording: Wording): void {
  if (key < 0) return;
  const wordings = map.get(key);
  if (wordings) wordings.add(wording);
  else map.set(key, new Set([wording]));
}

function removeFrom(map: Map<number, Set<Wording>>, key: number, wording: Wording): void {
  const wordings = map.get(key);
  wordings?.delete(wording);
  if (wordings?.size === 0) map.delete(key);
}
