import { stringifySearch, type ListSearch } from "./search-state.ts";

/** What is kept of a list while the reader is on another page, so that coming back finds it as it was. */
export interface ListPlace {
  /** The instant that relative ranges are counted from: the same one finds the loaded rows in the cache. */
  anchorMs: number;
  traceId?: string;
  scrollTop: number;
}

/** So long a place is good for: after that a list is opened anew. */
export const PLACE_KEPT_MS = 30 * 60_000;

const places = new Map<string, ListPlace & { keptAtMs: number }>();

function key(project: string, search: ListSearch): string {
  const { live: _live, ...rest } = search;
  return `${project}${stringifySearch(rest)}`;
}

export function rememberPlace(project: string, search: ListSearch, place: ListPlace): void {
  places.set(key(project, search), { ...place, keptAtMs: Date.now() });
}

export function placeOf(project: string, search: ListSearch): ListPlace | undefined {
  const place = places.get(key(project, search));
  return place !== undefined && Date.now() - place.keptAtMs < PLACE_KEPT_MS ? place : undefined;
}

/** The instant that this view's relative range is counted from. */
export function anchorMsOf(project: string, search: ListSearch): number {
  return placeOf(project, search)?.anchorMs ?? Date.now();
}
