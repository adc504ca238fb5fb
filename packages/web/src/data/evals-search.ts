import { OUTCOMES, type Outcome } from "@nightowl/model/api/correlates";
import { validateListSearch, type ListSearch } from "./search-state.ts";

/** What the Evals page keeps in its address. */
export interface EvalsSearch extends Pick<ListSearch, "range" | "from" | "to" | "filter"> {
  /** Dimension of the rows. Absent: prompt versions. */
  by?: string;
  /** The evaluation that the rows are sorted by, worst first. Absent: the most frequent one. */
  name?: string;
  /** What is bad, for the values that go with it. Absent: the evaluation that is sorted by. */
  outcome?: Exclude<Outcome, "eval">;
  /** A label of that evaluation which is bad. Absent: its low scores are. */
  label?: string;
}

/** Reads an address; a value that makes no sense is dropped, never an error. */
export function validateEvalsSearch(raw: Record<string, unknown>): EvalsSearch {
  const { sort: _sort, order: _order, live: _live, ...rest } = validateListSearch(raw);
  const outcome = OUTCOMES.find((each) => each !== "eval" && each === raw["outcome"]);
  return {
    ...rest,
    ...(typeof raw["by"] === "string" && raw["by"] !== "" ? { by: raw["by"] } : {}),
    ...(typeof raw["name"] === "string" && raw["name"] !== "" ? { name: raw["name"] } : {}),
    ...(typeof raw["label"] === "string" && raw["label"] !== "" ? { label: raw["label"] } : {}),
    ...(outcome === undefined ? {} : { outcome: outcome as Exclude<Outcome, "eval"> }),
  };
}
