import { GROUP_SORTS, type GroupSort } from "@nightowl/model/api/sessions";
import { validateListSearch, type ListSearch } from "./search-state.ts";

/** What the pages of sessions and of users keep in their addresses. */
export interface GroupSearch extends Pick<ListSearch, "range" | "from" | "to" | "filter"> {
  sort?: GroupSort;
  order?: "asc";
}

/** Reads an address; a value that makes no sense is dropped, never an error. */
export function validateGroupSearch(raw: Record<string, unknown>): GroupSearch {
  const { sort: _sort, order, live: _live, ...rest } = validateListSearch(raw);
  const sort = GROUP_SORTS.find((name) => name === raw["sort"]);
  return {
    ...rest,
    ...(sort === undefined || sort === "last" ? {} : { sort }),
    ...(order === undefined ? {} : { order }),
  };
}

/** The address with another sort; the same again turns the order round. */
export function withSort(search: GroupSearch, next: GroupSort): GroupSearch {
  const { sort = "last", order, ...rest } = search;
  const flipped = next === sort && order !== "asc";
  return {
    ...rest,
    ...(next === "last" ? {} : { sort: next }),
    ...(flipped ? { order: "asc" as const } : {}),
  };
}
