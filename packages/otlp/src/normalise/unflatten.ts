import { isRecord } from "./record.ts";

/** Positions beyond this are not believed: a hostile `…messages.4000000000.…` must cost nothing. */
export const MAX_INDEX = 9_999;

/** Dotted keys with more segments than this stay one key below it. */
const MAX_SEGMENTS = 16;

interface Branch {
  children: Map<string, Branch>;
  value: unknown;
}

function newBranch(): Branch {
  return { children: new Map(), value: undefined };
}

/**
 * Flattened keys → the tree they came from: `a.b`, `a.0.c` → `{a: …}`. A level whose keys are all
 * numbers becomes a list in **numeric** order without gaps. A key that is both a value and a parent
 * keeps its children.
 */
export function unflatten(entries: Iterable<readonly [string, unknown]>): unknown {
  const root = newBranch();
  for (const [key, value] of entries) {
    const segments = key.split(".");
    if (segments.length > MAX_SEGMENTS)
      segments.splice(MAX_SEGMENTS, Infinity, segments.slice(MAX_SEGMENTS).join("."));
    let branch = root;
    for (const segment of segments) {
      let child = branch.children.get(segment);
      if (child === undefined) branch.children.set(segment, (child = newBranch()));
      branch = child;
    }
    branch.value = value;
  }
  return grow(root);
}

function grow(branch: Branch): unknown {
  if (branch.children.size === 0) return branch.value;
  const byIndex: [number, unknown][] = [];
  for (const [segment, child] of branch.children) {
    const index = indexOf(segment);
    if (index === undefined) {
      return Object.fromEntries([...branch.children].map(([key, item]) => [key, grow(item)]));
    }
    byIndex.push([index, grow(child)]);
  }
  return byIndex.sort(([a], [b]) => a - b).map(([, item]) => item);
}

/** A JSON object written with dotted keys (`{"message.role": …}`) in its nested form; others come back as they are. */
export function undot(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const keys = Object.keys(value);
  return keys.some((key) => key.includes(".")) ? unflatten(Object.entries(value)) : value;
}

function indexOf(segment: string): number | undefined {
  if (segment.length > 15 || !/^\d+$/.test(segment)) return undefined;
  return Number(segment);
}

/** A list that came as indexed keys, as a whole, or as both. */
export interface ReadList {
  items: unknown[];
  /** Keys whose position is beyond {@link MAX_INDEX}: not read. */
  ignored: string[];
  /** Keys (without prefix) that were read into `items`. */
  read: string[];
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
  const byIndex = new Map<number, [string, unknown][]>();
  for (const entry of entries) {
    const [key, value] = entry;
    const dot = key.indexOf(".");
    const index = indexOf(dot === -1 ? key : key.slice(0, dot));
    if (index === undefined) continue;
    if (index > MAX_INDEX) {
      list.ignored.push(key);
      continue;
    }
    list.read.push(key);
    const rest = dot === -1 ? "" : key.slice(dot + 1);
    const item = byIndex.get(index);
    if (item === undefined) byIndex.set(index, [[rest, value]]);
    else item.push([rest, value]);
  }
  const items = new Map<number, unknown>((whole ?? []).map((item, index) => [index, item]));
  for (const [index, item] of byIndex) {
    const nested = item.filter(([rest]) => rest !== "");
    items.set(index, nested.length > 0 ? unflatten(nested) : item[0]?.[1]);
  }
  list.items = [...items].sort(([a], [b]) => a - b).map(([, item]) => item);
  return list;
}
