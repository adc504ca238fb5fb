import { hashRun } from "./align-tokens.ts";
import { matchPattern } from "./pattern.ts";
import { sketchOf, type TokenList, type Wording } from "./wording.ts";

/** Prompts are told apart by so many of their first characters. */
const KEY_CHARS = 24;
const HEAD_TOKENS = 4;
const TAIL_TOKENS = 3;

interface Entry {
  start: string;
  sketch: Set<number>;
  edges: number[];
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
  readonly #byEdge = new Map<number, Set<Wording>>();
  readonly #entries = new Map<Wording, Entry>();

  add(wording: Wording, tokens: TokenList): void {
    const [first] = wording.pattern;
    const start = typeof first === "string" && first.length >= KEY_CHARS ? first.slice(0, KEY_CHARS) : "";
    const sketch = wording.trusted ? sketchOf(tokens) : new Set<number>();
    const edges = wording.trusted ? [] : edgesOf(tokens);
    this.#entries.set(wording, { start, sketch, edges });
    const list = this.#byStart.get(start) ?? [];
    const at = list.findIndex((other) => other.literalLength < wording.literalLength);
    list.splice(at < 0 ? list.length : at, 0, wording);
    this.#byStart.set(start, list);
    for (const run of sketch) addTo(this.#byRun, run, wording);
    for (const edge of edges) addTo(this.#byEdge, edge, wording);
  }

  remove(wording: Wording): void {
    const entry = this.#entries.get(wording);
    if (!entry) return;
    this.#entries.delete(wording);
    const list = this.#byStart.get(entry.start);
    list?.splice(list.indexOf(wording), 1);
    if (list?.length === 0) this.#byStart.delete(entry.start);
    for (const run of entry.sketch) removeFrom(this.#byRun, run, wording);
    for (const edge of entry.edges) removeFrom(this.#byEdge, edge, wording);
  }

  /** Of the wordings whose pattern the text follows the one that has most of it fixed. */
  match(text: string): { wording: Wording; values: string[] } | undefined {
    const exact = matchFirst(this.#byStart.get(text.slice(0, KEY_CHARS)), text);
    const loose = matchFirst(this.#byStart.get(""), text);
    if (!exact || !loose) return exact ?? loose;
    return loose.wording.literalLength > exact.wording.literalLength ? loose : exact;
  }

  /** Up to `limit` trusted wordings that share runs with a text, those first of whose runs it has the largest share. */
  nearest(runs: ReadonlySet<number>, limit: number): Wording[] {
    const votes = new Map<Wording, number>();
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

  /** Up to `limit` untrusted wordings that begin or end as the text does, the latest ones. */
  atEdges(tokens: TokenList, limit: number): Wording[] {
    const found = new Set<Wording>();
    for (const edge of edgesOf(tokens)) {
      const room = limit - found.size;
      if (room > 0)
        for (const wording of [...(this.#byEdge.get(edge) ?? [])].slice(-room)) found.add(wording);
    }
    return [...found];
  }
}

/** Of the first tokens and of the last ones, where they are fixed. */
function edgesOf({ hashes }: TokenList): number[] {
  const edges: number[] = [];
  if (hashes.length >= HEAD_TOKENS) edges.push(hashRun(hashes, 0, HEAD_TOKENS));
  if (hashes.length >= HEAD_TOKENS + TAIL_TOKENS)
    edges.push(hashRun(hashes, hashes.length - TAIL_TOKENS, TAIL_TOKENS));
  return edges.filter((edge) => edge >= 0);
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
  const wordings = map.get(key);
  if (wordings) wordings.add(wording);
  else map.set(key, new Set([wording]));
}

function removeFrom(map: Map<number, Set<Wording>>, key: number, wording: Wording): void {
  const wordings = map.get(key);
  wordings?.delete(wording);
  if (wordings?.size === 0) map.delete(key);
}
