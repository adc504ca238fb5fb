import { isRecord, setOwn } from "./record.ts";

/** Positions beyond this are not believed: a hostile `…messages.4000000000.…` must cost nothing. */
export const MAX_INDEX = 9_999;

/** Dotted keys with more segments than this stay one key below it. */
const MAX_SEGMENTS = 16;

/** A level of the tree while it grows; a class of its own, to tell it from a value that is an object. */
class Branch {
  [segment: string]: unknown;
}

/**
 * Flattened keys → the tree they came from: `a.b`, `a.0.c` → `{a: …}`. A level whose keys are all
 * numbers becomes a list in **numeric** order without gaps. A key that is both a value and a parent
 * keeps its children.
 */
export function unflatten(entries: Iterable<readonly [string, unknown]>): unknown {
  const planter = new Planter();
  for (const [key, value] of entries) planter.plant(key, value);
  return grow(planter.root);
}

/** Puts values into a tree. Keys of one branch mostly come one after the other, so it remembers the last one. */
class Planter {
  readonly root = new Branch();
  #path = "";
  #branch: Branch | undefined;

  plant(key: string, value: unknown): void {
    const dot = key.lastIndexOf(".");
    if (this.#branch !== undefined && dot === this.#path.length - 1 && key.startsWith(this.#path)) {
      setLeaf(this.#branch, key.slice(dot + 1), value);
      return;
    }
    this.#branch = plant(this.root, key, value);
    this.#path = dot === -1 ? "" : key.slice(0, dot + 1);
  }
}

/** Returns the branch that the key's last segment lies on; `undefined` where the key has too many segments. */
function plant(root: Branch, key: string, value: unknown): Branch | undefined {
  let branch = root;
  let start = 0;
  for (let depth = 1; depth < MAX_SEGMENTS; depth++) {
    const dot = key.indexOf(".", start);
    if (dot === -1) break;
    const segment = key.slice(start, dot);
    start = dot + 1;
    const child = Object.hasOwn(branch, segment) ? branch[segment] : undefined;
    if (child instanceof Branch) {
      branch = child;
      continue;
    }
    const grown = new Branch();
    setOwn(branch, segment, grown);
    branch = grown;
  }
  const last = start === 0 ? key : key.slice(start);
  setLeaf(branch, last, value);
  return last.includes(".") ? undefined : branch;
}

/** A key that is both a value and a parent keeps its children. */
function setLeaf(branch: Branch, segment: string, value: unknown): void {
  if (!(Object.hasOwn(branch, segment) && branch[segment] instanceof Branch)) setOwn(branch, segment, value);
}

function grow(value: unknown): unknown {
  if (!(value instanceof Branch)) return value;
  const keys = Object.keys(value);
  // The language lists positions first, in numeric order: when the last key is one, all are.
  const last = keys.at(-1);
  if (last !== undefined && indexOf(last) !== undefined) return keys.map((key) => grow(value[key]));
  const grown: Record<string, unknown> = {};
  for (const key of keys) setOwn(grown, key, grow(value[key]));
  return grown;
}

/** A JSON object written with dotted keys (`{"message.role": …}`) in its nested form; others come back as they are. */
export function undot(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const keys = Object.keys(value);
  return keys.some((key) => key.includes(".")) ? unflatten(Object.entries(value)) : value;
}

/** A position as the language counts them: a whole number below 2^32 - 1, without leading zeros. */
function indexOf(segment: string): number | undefined {
  const first = segment.charCodeAt(0);
  if (!(first >= 48 && first <= 57) || segment.length > 10) return undefined;
  const index = Number(segment);
  return Number.isInteger(index) && index < 2 ** 32 - 1 && String(index) === segment ? index : undefined;
}

/** A list that came as indexed keys, as a whole, or as both. */
export interface ReadList {
  items: unknown[];
  /** Keys whose position is beyond {@link MAX_INDEX}: not read. */
  ignored: string[];
  /** Which of the entries were read into `items`, by their position among them. */
  read: number[];
}

/**
 * Joins the two ways to send a list: `whole` (already opened, or `undefined`) and `entries` of indexed
 * keys (`0.message.role`). Indexed keys win item by item; order is numeric, gaps are closed.
 * Keys that do not begin with a number are not part of the list and are left alone.
 */
export function joinList(
  whole: unknown[] | undefined,
  entries: readonly (readonly [string, unknown])[],
): ReadList {
  const list: ReadList = { items: whole ?? [], ignored: [], read: [] };
  if (entries.length === 0) return list;
  const planter = new Planter();
  const { root } = planter;
  for (let position = 0; position < entries.length; position++) {
    const [key, value] = entries[position] as readonly [string, unknown];
    const dot = key.indexOf(".");
    const segment = dot === -1 ? key : key.slice(0, dot);
    const index = indexOf(segment);
    if (index === undefined || index > MAX_INDEX) {
      if (/^\d+$/.test(segment)) list.ignored.push(key);
      continue;
    }
    list.read.push(position);
    planter.plant(key, value);
  }
  if (whole === undefined) {
    list.items = Object.values(root).map(grow);
    return list;
  }
  const items = new Map<number, unknown>(whole.map((item, index) => [index, item]));
  for (const [index, item] of Object.entries(root)) items.set(Number(index), grow(item));
  list.items = [...items].sort(([a], [b]) => a - b).map(([, item]) => item);
  return list;
}
