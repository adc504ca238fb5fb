import { isRecord, setOwn } from "./record.ts";

/** Positions beyond this are not believed: a hostile `…messages.4000000000.…` must cost nothing. */
export const MAX_INDEX = 9_999;

/** Dotted keys with more segments than this stay one key below it. */
const MAX_SEGMENTS = 16;

/** A level of the tree while it grows. Its leaves are the positions of their keys. */
class Branch {
  [segment: string]: unknown;
}

/** A tree without its values: where there is a number, the value of the key in this position. */
type Shape = number | Shape[] | { names: string[]; shapes: Shape[] };

/**
 * Flattened keys → the tree they came from: `a.b`, `a.0.c` → `{a: …}`. A level whose keys are all
 * numbers becomes a list in **numeric** order without gaps. A key that is both a value and a parent
 * keeps its children.
 */
export function unflatten(entries: readonly (readonly [string, unknown])[]): unknown {
  const planter = new Planter();
  for (let position = 0; position < entries.length; position++)
    planter.plant((entries[position] as readonly [string, unknown])[0], position);
  return fill(shapeOf(planter.root), (position) => entries[position]?.[1]);
}

/** Plants positions in a tree. Keys of one branch mostly come one after the other, so it remembers the last one. */
class Planter {
  readonly root = new Branch();
  #path = "";
  #branch: Branch | undefined;

  plant(key: string, position: number): void {
    const dot = key.lastIndexOf(".");
    if (this.#branch !== undefined && dot === this.#path.length - 1 && key.startsWith(this.#path)) {
      setLeaf(this.#branch, key.slice(dot + 1), position);
      return;
    }
    this.#branch = plant(this.root, key, position);
    this.#path = dot === -1 ? "" : key.slice(0, dot + 1);
  }
}

/** Returns the branch that the key's last segment lies on; `undefined` where the key has too many segments. */
function plant(root: Branch, key: string, position: number): Branch | undefined {
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
  setLeaf(branch, last, position);
  return last.includes(".") ? undefined : branch;
}

/** A key that is both a value and a parent keeps its children. */
function setLeaf(branch: Branch, segment: string, position: number): void {
  if (!(Object.hasOwn(branch, segment) && branch[segment] instanceof Branch))
    setOwn(branch, segment, position);
}

function shapeOf(grown: unknown): Shape {
  if (!(grown instanceof Branch)) return grown as number;
  const names = Object.keys(grown);
  const shapes = names.map((name) => shapeOf(grown[name]));
  // The language lists positions first, in numeric order: when the last key is one, all are.
  const last = names.at(-1);
  return last !== undefined && indexOf(last) !== undefined ? shapes : { names, shapes };
}

function fill(shape: Shape, valueAt: (position: number) => unknown): unknown {
  if (typeof shape === "number") return valueAt(shape);
  if (Array.isArray(shape)) return shape.map((each) => fill(each, valueAt));
  const { names, shapes } = shape;
  const filled: Record<string, unknown> = {};
  for (let i = 0; i < names.length; i++)
    setOwn(filled, names[i] as string, fill(shapes[i] as Shape, valueAt));
  return filled;
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

/** Indexed keys as a list without its values. */
interface ListShape {
  /** The items' positions in the list, ascending. */
  positions: number[];
  items: Shape[];
  ignored: string[];
  read: string[];
}

/** A list that came as indexed keys, as a whole, or as both. */
export interface ReadList {
  items: unknown[];
  /** Keys without the prefix whose position is beyond {@link MAX_INDEX}: not read. */
  ignored: readonly string[];
  /** The keys that were read into `items`. */
  read: readonly string[];
}

/**
 * Joins the two ways to send a list: `whole` (already opened, or `undefined`) and indexed `keys` with a prefix of so
 * many characters (`list.0.message.role`). Indexed keys win item by item; order is numeric, gaps are closed.
 * Keys that do not go on with a number are not part of the list and are left alone. What keys mean is remembered by
 * their array, which nobody may change.
 */
export function joinList(
  whole: unknown[] | undefined,
  keys: readonly string[],
  prefixLength: number,
  valueOf: (key: string) => unknown,
): ReadList {
  if (keys.length === 0) return { items: whole ?? [], ignored: [], read: [] };
  let shape = remembered.get(keys);
  if (shape === undefined) remembered.set(keys, (shape = listShapeOf(keys, prefixLength)));
  const { positions, items, ignored, read } = shape;
  const valueAt = (position: number) => valueOf(keys[position] as string);
  const given = items.map((item) => fill(item, valueAt));
  if (whole === undefined) return { items: given, ignored, read };
  const joined = new Map<number, unknown>(whole.map((item, index) => [index, item]));
  for (const [i, position] of positions.entries()) joined.set(position, given[i]);
  return { items: [...joined].sort(([a], [b]) => a - b).map(([, item]) => item), ignored, read };
}

const remembered = new WeakMap<readonly string[], ListShape>();

function listShapeOf(keys: readonly string[], prefixLength: number): ListShape {
  const shape: ListShape = { positions: [], items: [], ignored: [], read: [] };
  const planter = new Planter();
  for (const [position, whole] of keys.entries()) {
    const key = whole.slice(prefixLength);
    const dot = key.indexOf(".");
    const segment = dot === -1 ? key : key.slice(0, dot);
    const index = indexOf(segment);
    if (index === undefined || index > MAX_INDEX) {
      if (/^\d+$/.test(segment)) shape.ignored.push(key);
      continue;
    }
    shape.read.push(whole);
    planter.plant(key, position);
  }
  for (const [index, item] of Object.entries(planter.root)) {
    shape.positions.push(Number(index));
    shape.items.push(shapeOf(item));
  }
  return shape;
}
