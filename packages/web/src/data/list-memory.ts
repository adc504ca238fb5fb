import { stringifySearch, type ListSearch } from "./search-state.ts";

/** What is kept of a list while the reader is on another page, so that coming back finds it as it was. */
export interface ListPlace {
  /** The instant that relative ranges are counted from: the same one finds the loaded rows in the cache. */
  anchorMs: number;
  traceId?: string;
  scrollTop: number;
}

const places = new Map<string, ListPlace>();

function key(project: string, search: ListSearch): string {
  const { live: _live, ...rest } = search;
  return `${project}${stringifySearch(rest)}`;
}

export function rememberPlace(project: string, search: ListSearch, place: ListPlace): void {
  places.set(key(project, search), place);
}

export function placeOf(project: string, search: ListSearch): ListPlace | undefined {
  return places.get(key(project, search));
}

/** The instant that this view's relative range is counted from. */
export function anchorMsOf(project: string, search: ListSearch): number {
  return placeOf(project, search)?.anchorMs ?? Date.now();
}
