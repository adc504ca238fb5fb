import { DOCUMENT_SORTS, QUERY_ORDERS } from "@nightowl/model/api/retrieval";
import { validateListSearch, type ListSearch } from "./search-state.ts";

export type QueryOrder = (typeof QUERY_ORDERS)[number];
export type DocumentSort = (typeof DOCUMENT_SORTS)[number];

/** What the Retrieval page keeps in its address: the range and filter of the lists, and what its lists show. */
export interface RetrievalSearch extends Pick<ListSearch, "range" | "from" | "to" | "filter"> {
  /** Name of the one that lists and scores are about; absent: all. */
  retriever?: string;
  /** Absent: those with the lowest top score. */
  queries?: Exclude<QueryOrder, "worst">;
  /** Absent: those that were never used. */
  documents?: Exclude<DocumentSort, "unused">;
  /** Key of the document that is open. */
  document?: string;
}

/** Reads an address; a value that makes no sense is dropped, never an error. */
export function validateRetrievalSearch(raw: Record<string, unknown>): RetrievalSearch {
  const { range, from, to, filter } = validateListSearch(raw);
  const search: RetrievalSearch = {
    ...(range === undefined ? {} : { range }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(filter === undefined ? {} : { filter }),
  };
  const { retriever, document } = raw;
  if (typeof retriever === "string" && retriever !== "") search.retriever = retriever.slice(0, 300);
  if (typeof document === "string" && /^[0-9a-f]{16}$/.test(document)) search.document = document;
  if (raw["queries"] === "best" || raw["queries"] === "empty") search.queries = raw["queries"];
  if (raw["documents"] === "hits" || raw["documents"] === "rank") search.documents = raw["documents"];
  return search;
}
