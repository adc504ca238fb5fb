import { validateListSearch, type ListSearch } from "./search-state.ts";

/** What the Cost page keeps in its address: the range and filter of the lists, and how the cost is divided. */
export interface CostSearch extends Pick<ListSearch, "range" | "from" | "to" | "filter"> {
  /** The dimension; absent: by model. */
  by?: string;
  /** Column of the table, `-` before it for the smallest first; absent: the dearest first. */
  sortBy?: string;
  view?: "prices";
  /** `model` of the price form that is open; with `provider`. Empty text is a form for any model. */
  price?: string;
  provider?: string;
}

/** Reads an address; a value that makes no sense is dropped, never an error. */
export function validateCostSearch(raw: Record<string, unknown>): CostSearch {
  const { range, from, to, filter } = validateListSearch(raw);
  const search: CostSearch = {
    ...(range === undefined ? {} : { range }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(filter === undefined ? {} : { filter }),
  };
  const text = (key: string): string => (typeof raw[key] === "string" ? (raw[key] as string) : "");
  if (text("by") !== "" && text("by") !== "model") search.by = text("by");
  if (/^-?[a-z][a-z0-9_]*$/.test(text("sortBy")) && text("sortBy") !== "cost") search.sortBy = text("sortBy");
  if (raw["view"] === "prices") search.view = "prices";
  if (text("price") !== "") search.price = text("price");
  if (text("provider") !== "") search.provider = text("provider");
  return search;
}
