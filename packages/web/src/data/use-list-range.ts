import { useMemo } from "react";
import { anchorMsOf } from "./list-memory.ts";
import { rangeOf, type ListSearch } from "./search-state.ts";
import { defaultRange, type TimeRange } from "./time-range.ts";
import { useProjects } from "./use-projects.ts";

/**
 * The range that an address means: its own, or the default for the project. `anchorMs` is the instant that
 * a relative one is counted from: it stays while the list stands as it is, also on the way to a trace and back.
 * `range` is undefined until the project is known.
 */
export function useListRange(
  project: string,
  search: ListSearch,
): { range: TimeRange | undefined; anchorMs: number } {
  const { range, from, to, filter, sort, order } = search;
  // A new view is counted from the moment it is opened.
  const anchorMs = useMemo(
    () => anchorMsOf(project, { range, from, to, filter, sort, order } as ListSearch),
    [project, range, from, to, filter, sort, order],
  );
  const { data, isError } = useProjects();
  const lastTraceNs = data?.find(({ name }) => name === project)?.lastTraceNs;
  const asked = rangeOf(search);
  if (asked !== undefined) return { range: asked, anchorMs };
  if (data === undefined && !isError) return { range: undefined, anchorMs };
  return { range: { range: defaultRange(lastTraceNs, anchorMs) }, anchorMs };
}
