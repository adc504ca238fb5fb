import { TRACE_SORTS } from "@nightowl/model/api/traces";
import { isRange, type TimeRange } from "./time-range.ts";

export type TraceSort = (typeof TRACE_SORTS)[number];

/**
 * What the Traces page keeps in its address. All values are plain text (no JSON), so that links are
 * short and an id of digits stays text. Absent means the default.
 */
export interface ListSearch {
  /** `15m` … `30d`, `all`. Not together with `from` and `to`. */
  range?: string;
  /** ISO 8601. */
  from?: string;
  to?: string;
  filter?: string;
  sort?: TraceSort;
  order?: "asc";
  /** New traces come in by themselves unless this says no. */
  live?: "0";
}

/** The Trace page's: its own state, and the list's, so that back, previous and next keep the filter. */
export interface TraceSearch extends ListSearch {
  span?: string;
  tab?: string;
  /** A tool's span: the call that it ran is marked in the transcript. */
  call?: string;
  find?: string;
  /** `1`: the critical path is shown. */
  path?: "1";
  /** `ai`: without the spans between the steps of the AI's work. */
  only?: "ai";
  /** The part of the timeline that is shown, ms after the trace's start: `4300-4920`. */
  zoom?: string;
}

/** Reads an address; a value that makes no sense is dropped, never an error. */
export function validateListSearch(raw: Record<string, unknown>): ListSearch {
  const search: ListSearch = {};
  const fromMs = Date.parse(text(raw["from"]));
  const toMs = Date.parse(text(raw["to"]));
  if (fromMs < toMs) {
    search.from = new Date(fromMs).toISOString();
    search.to = new Date(toMs).toISOString();
  } else if (isRange(text(raw["range"]))) {
    search.range = text(raw["range"]);
  }
  const filter = text(raw["filter"]).trim();
  if (filter !== "") search.filter = filter;
  const sort = TRACE_SORTS.find((name) => name === raw["sort"]);
  if (sort !== undefined && sort !== "start") search.sort = sort;
  if (raw["order"] === "asc") search.order = "asc";
  if (raw["live"] === "0") search.live = "0";
  return search;
}

export function validateTraceSearch(raw: Record<string, unknown>): TraceSearch {
  const search: TraceSearch = validateListSearch(raw);
  for (const key of ["span", "call"] as const) {
    const id = text(raw[key]).toLowerCase();
    if (/^[0-9a-f]{16}$/.test(id)) search[key] = id;
  }
  if (raw["path"] === "1") search.path = "1";
  if (raw["only"] === "ai") search.only = "ai";
  if (/^\d+(\.\d+)?-\d+(\.\d+)?$/.test(text(raw["zoom"]))) search.zoom = text(raw["zoom"]);
  for (const key of ["tab", "find"] as const) if (text(raw[key]) !== "") search[key] = text(raw[key]);
  return search;
}

/** The list's half of an address, without the trace's own. */
export function listSearchOf(search: ListSearch): ListSearch {
  return validateListSearch({ ...search });
}

/** The range that an address names, or undefined where it names none. */
export function rangeOf(search: ListSearch): TimeRange | undefined {
  if (search.from !== undefined && search.to !== undefined) {
    return { fromMs: Date.parse(search.from), toMs: Date.parse(search.to) };
  }
  return search.range === undefined ? undefined : { range: search.range };
}

/** Whether new traces come in by themselves: not in a fixed range, nor under another order than newest first. */
export function isLive(search: ListSearch): boolean {
  return (
    search.live === undefined &&
    search.from === undefined &&
    search.sort === undefined &&
    search.order === undefined
  );
}

/** The address with live on; leaves what stands in its way. Or with live off. */
export function withLive(search: ListSearch, live: boolean): ListSearch {
  if (!live) return { ...search, live: "0" };
  const { range, filter } = search;
  return { ...(range === undefined ? {} : { range }), ...(filter === undefined ? {} : { filter }) };
}

/** The part of an address that says which time it is about. */
type RangeSearch = Pick<ListSearch, "range" | "from" | "to">;

/** Only the time of an address: what another page of the same project begins with. */
export function rangeSearch({ range, from, to }: RangeSearch): RangeSearch {
  return {
    ...(range === undefined ? {} : { range }),
    ...(from === undefined || to === undefined ? {} : { from, to }),
  };
}

/** The address of another range: replaces whichever form stood there. */
export function withRange<S extends RangeSearch>(search: S, range: TimeRange): S {
  const { range: _range, from: _from, to: _to, ...rest } = search;
  const next: RangeSearch =
    "range" in range
      ? { range: range.range }
      : { from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() };
  return { ...rest, ...next } as S;
}

/** `?a=1&b=x` → `{a: "1", b: "x"}`. */
export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

/** The reverse; `undefined` and `""` are left out. `:`, `,`, `@`, `/` stay readable in filters. */
export function stringifySearch(search: Record<string, unknown>): string {
  const parts = Object.entries(search)
    .filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([key, value]) => `${encodeURIComponent(key)}=${readable(String(value))}`);
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

/** The address of a trace's page under this list. */
export function tracePath(project: string, traceId: string, search: ListSearch): string {
  return `/projects/${encodeURIComponent(project)}/traces/${traceId}${stringifySearch({ ...search })}`;
}

function readable(value: string): string {
  return encodeURIComponent(value).replace(/%(3A|2C|40|2F)/g, (escaped) => decodeURIComponent(escaped));
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
