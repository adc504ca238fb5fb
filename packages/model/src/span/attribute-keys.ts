import type { Attributes } from "./attributes.ts";

const NO_KEYS: readonly string[] = [];

/** Prefixes whose keys one list remembers: a dialect's prefixes are fixed, and what is made up by a sender is not kept. */
const MAX_PREFIXES = 256;

/** A list of attribute keys, and which of them start how. Answers are remembered: many spans have the same list. */
export class AttributeKeys {
  readonly all: readonly string[];
  /** Keys by their first dotted segment, and by their first two, so that a prefix looks at few keys only. */
  readonly #families = new Map<string, string[]>();
  readonly #groups = new Map<string, string[]>();
  readonly #byPrefix = new Map<string, readonly string[]>();
  readonly #byList = new Map<readonly string[], readonly string[]>();

  constructor(keys: readonly string[]) {
    this.all = keys;
    for (const key of keys) {
      addTo(this.#families, familyOf(key), key);
      addTo(this.#groups, groupOf(key), key);
    }
  }

  has(key: string): boolean {
    return this.#families.get(familyOf(key))?.includes(key) ?? false;
  }

  /** True when some key is in this family: `gen_ai` itself, or `gen_ai.*`. */
  hasFamily(segment: string): boolean {
    return this.#families.has(segment);
  }

  /** Which of these keys are among them, in this order. The answer is remembered by the list, which is to be a constant. */
  among(keys: readonly string[]): readonly string[] {
    let found = this.#byList.get(keys);
    if (found === undefined) {
      found = keys.filter((key) => this.has(key));
      this.#byList.set(keys, found.length === 0 ? NO_KEYS : found);
    }
    return found;
  }

  /** True when some of these keys, a constant, is among them. */
  hasAny(keys: readonly string[]): boolean {
    return this.among(keys).length > 0;
  }

  /** The keys that start with a prefix (which ends with a dot) and go on after it. */
  withPrefix(prefix: string): readonly string[] {
    let found = this.#byPrefix.get(prefix);
    if (found === undefined) {
      found = this.#findPrefix(prefix);
      if (this.#byPrefix.size < MAX_PREFIXES) this.#byPrefix.set(prefix, found);
    }
    return found;
  }

  #findPrefix(prefix: string): readonly string[] {
    const group = groupOf(prefix);
    // A prefix of one segment (`ai.`) is its own group.
    const near = group === prefix ? this.#families.get(familyOf(prefix)) : this.#groups.get(group);
    const found = near?.filter((key) => key.length > prefix.length && key.startsWith(prefix)) ?? NO_KEYS;
    return found.length === 0 ? NO_KEYS : found;
  }
}

function familyOf(key: string): string {
  const dot = key.indexOf(".");
  return dot === -1 ? key : key.slice(0, dot);
}

function groupOf(key: string): string {
  const dot = key.indexOf(".");
  const secondDot = dot === -1 ? -1 : key.indexOf(".", dot + 1);
  return secondDot === -1 ? key : key.slice(0, secondDot);
}

function addTo(lists: Map<string, string[]>, name: string, key: string): void {
  const keys = lists.get(name);
  if (keys === undefined) lists.set(name, [key]);
  else keys.push(key);
}

/** A list of keys as a path in a tree: each step is one more key. */
class Step {
  keys: AttributeKeys | undefined;
  /** The step that was taken last; mostly it is the only one. */
  lastKey: string | undefined;
  lastStep: Step | undefined;
  others: Map<string, Step> | undefined;
}

/**
 * Beyond these all is forgotten, so that no sender fills the memory with lists of its own: a list takes up to 3 kB, a step
 * little more than its key. Whoever has more in use pays for each list anew.
 */
const MAX_LISTS = 20_000;
const MAX_STEPS = 100_000;
/** Longer lists and keys are not remembered. */
const MAX_KEYS = 512;
const MAX_KEY_LENGTH = 256;

let start = new Step();
let stepCount = 0;
let listCount = 0;

/** The keys of these attributes; the same object for every span with the same keys in the same order, while it is remembered. */
export function attributeKeysOf(attributes: Attributes): AttributeKeys {
  const keys = Object.keys(attributes);
  if (keys.length > MAX_KEYS) return new AttributeKeys(keys);
  let step = start;
  for (const key of keys) {
    const next = key === step.lastKey ? step.lastStep : (step.others?.get(key) ?? addStep(step, key));
    if (next === undefined) return new AttributeKeys(keys);
    step = next;
  }
  if (step.keys !== undefined) return step.keys;
  const list = (step.keys = new AttributeKeys(keys));
  if (++listCount > MAX_LISTS) forgetAll();
  return list;
}

/** One more step; `undefined` where the key is too long to be remembered. */
function addStep(from: Step, key: string): Step | undefined {
  if (key.length > MAX_KEY_LENGTH) return undefined;
  if (++stepCount > MAX_STEPS) forgetAll();
  const step = new Step();
  if (from.lastKey === undefined) {
    from.lastKey = key;
    from.lastStep = step;
  } else {
    from.others ??= new Map();
    from.others.set(key, step);
  }
  return step;
}

/** What is still in use is found again soon. */
function forgetAll(): void {
  start = new Step();
  stepCount = 0;
  listCount = 0;
}
