import { isPattern, rankOf, createSample, type Sample } from "./sample.ts";

/** So many prompts of a wording are kept, and so many characters of them together. */
const MAX_SAMPLES = 40;
/** A pattern that takes the place of prompts is needed no more once there are so many of these. */
const ENOUGH_PROMPTS = 8;
const MAX_CHARS = 256 * 1024;

/**
 * Some of the prompts of a wording: those of lowest rank, which depends on their text alone. Two miners that saw the same
 * prompts in another order keep the same ones.
 */
export class Reservoir {
  readonly #samples: Sample[] = [];
  #chars = 0;

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /** Characters that are kept. */
  get chars(): number {
    return this.#chars;
  }

  /** A call had this text. Returns whether it is a prompt that was not kept before. */
  offer(text: string, timeMs: number): boolean {
    const rank = rankOf(text);
    const last = this.#samples.at(-1);
    if (this.isFull && last && rank > last.rank) return false;
    const known = this.#samples.find((sample) => sample.rank === rank && sample.text === text);
    if (known) {
      known.count += 1;
      known.firstMs = Math.min(known.firstMs, timeMs);
      known.lastMs = Math.max(known.lastMs, timeMs);
      return false;
    }
    const sample = createSample(text, timeMs);
    this.add(sample);
    return this.#samples.includes(sample);
  }

  add(sample: Sample): void {
    const known = this.#samples.find(({ rank, text }) => rank === sample.rank && text === sample.text);
    if (known) {
      if (known === sample) return;
      known.count += sample.count;
      known.firstMs = Math.min(known.firstMs, sample.firstMs);
      known.lastMs = Math.max(known.lastMs, sample.lastMs);
      return;
    }
    const at = this.#samples.findIndex(({ rank }) => rank > sample.rank);
    this.#samples.splice(at < 0 ? this.#samples.length : at, 0, sample);
    this.#chars += sample.text.length;
    while (this.#samples.length > 1 && this.#isOver()) this.#drop();
    const [first] = this.#samples;
    if (first && isPattern(first) && this.#samples.length > ENOUGH_PROMPTS) {
      this.#samples.shift();
      this.#chars -= first.text.length;
    }
  }

  /** Keeps no more than so many characters. */
  shrink(maxChars: number): void {
    while (this.#chars > maxChars) this.#drop();
  }

  #drop(): void {
    this.#chars -= this.#samples.pop()?.text.length ?? 0;
  }

  get isFull(): boolean {
    return this.#samples.length >= MAX_SAMPLES || this.#chars >= MAX_CHARS;
  }

  #isOver(): boolean {
    return this.#samples.length > MAX_SAMPLES || this.#chars > MAX_CHARS;
  }
}
