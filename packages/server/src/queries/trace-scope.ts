import type { Filter } from "@nightowl/model/filter/filter";
import { parseFilter } from "@nightowl/model/filter/parse-filter";
import type { TraceScope } from "../store/where.ts";
import { QueryInputError } from "./query-input-error.ts";
import { parseTimeRange, type TimeRangeInput } from "./time-range.ts";

/** What the list, the totals and the neighbours of a trace are asked about, as the contract has it. */
export interface TraceScopeInput extends TimeRangeInput {
  project: string;
  filter?: string | undefined;
}

/** @throws {QueryInputError} for a filter or a time that cannot be read. */
export function readTraceScope(input: TraceScopeInput): TraceScope {
  return {
    project: input.project,
    ...parseTimeRange(input),
    filter: input.filter === undefined ? undefined : readFilter(input.filter),
  };
}

function readFilter(text: string): Filter {
  const { filter, error } = parseFilter(text);
  if (filter) return filter;
  throw new QueryInputError(
    "bad_request",
    `The filter cannot be read at character ${error.position + 1}: ${error.message}.`,
    'Filters look like: status:error latency:>2s -user:loadtest "exact words" @http.route:/ask',
  );
}
