import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import { listTraces, suggestValues, traceStats } from "@nightowl/model/api/traces";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { call } from "./client.ts";
import { PLACE_KEPT_MS } from "./list-memory.ts";
import type { TraceSort } from "./search-state.ts";

/** The first answer is small to be quick; scrolling on asks for larger ones. */
const FIRST_PAGE = 100;
const NEXT_PAGE = 500;

export interface TraceListQuery {
  from?: string;
  to?: string;
  filter?: string;
  sort: TraceSort;
  order: "asc" | "desc";
}

export function traceListKey(project: string, query: TraceListQuery) {
  return ["traces", project, query] as const;
}

/** The pages of a list as one array of rows, in order, each trace once. */
export function useTraceList(project: string, query: TraceListQuery, enabled: boolean) {
  const result = useInfiniteQuery({
    enabled,
    queryKey: traceListKey(project, query),
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      call(
        listTraces,
        {
          params: { project },
          query: {
            ...query,
            limit: pageParam === "" ? FIRST_PAGE : NEXT_PAGE,
            ...(pageParam === "" ? {} : { cursor: pageParam }),
          },
        },
        { signal },
      ),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    // Rows are replaced one by one (see mergeTraces); comparing all of them on each page is for nothing.
    structuralSharing: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: PLACE_KEPT_MS,
    // While another filter is on its way the old rows stay, but never those of another project.
    placeholderData: (previous, before) => (before?.queryKey[1] === project ? previous : undefined),
  });
  const rows = useMemo(() => uniqueRows(result.data?.pages.map((page) => page.data) ?? []), [result.data]);
  return { ...result, rows };
}

function uniqueRows(pages: TraceSummary[][]): TraceSummary[] {
  const byId = new Map<string, TraceSummary>();
  for (const page of pages) for (const row of page) byId.set(row.traceId, row);
  return [...byId.values()];
}

/** Totals and histogram of what the list shows. */
export function useTraceStats(
  project: string,
  query: { from?: string; to?: string; filter?: string; buckets: number },
  options: { enabled: boolean; refetchInterval: number | false },
) {
  return useQuery({
    queryKey: ["trace-stats", project, query],
    queryFn: ({ signal }) => call(traceStats, { params: { project }, query }, { signal }),
    ...options,
    placeholderData: (previous, before) => (before?.queryKey[1] === project ? previous : undefined),
  });
}

const HEAD_PAGE = 100;
const HEAD_PAGES = 5;

/**
 * The newest traces, asked for again every two seconds while `enabled` and the tab is visible.
 * `isKnown` says whether the list has a trace already: reading goes on until it meets one. `gap` is true
 * when it met none, so that there are more new traces than were read.
 */
export function useLiveHead({
  project,
  from,
  filter,
  enabled,
  isKnown,
}: {
  project: string;
  from: string | undefined;
  filter: string | undefined;
  enabled: boolean;
  isKnown: (traceId: string) => boolean;
}) {
  return useQuery({
    queryKey: ["traces-head", project, from, filter],
    enabled,
    refetchInterval: 2000,
    refetchIntervalInBackground: false,
    staleTime: 0,
    gcTime: 0,
    queryFn: async ({ signal }) => {
      const rows: TraceSummary[] = [];
      let cursor: string | null = null;
      for (let page = 0; page < HEAD_PAGES; page++) {
        const answer: { data: TraceSummary[]; nextCursor: string | null } = await call(
          listTraces,
          {
            params: { project },
            query: {
              limit: HEAD_PAGE,
              to: new Date(Date.now() + 60_000).toISOString(),
              ...(from === undefined ? {} : { from }),
              ...(filter === undefined ? {} : { filter }),
              ...(cursor === null ? {} : { cursor }),
            },
          },
          { signal },
        );
        rows.push(...answer.data);
        cursor = answer.nextCursor;
        if (cursor === null || answer.data.some((row) => isKnown(row.traceId))) return { rows, gap: false };
      }
      return { rows, gap: true };
    },
  });
}

/** Frequent values of a filter field that start with `prefix`; idle while `field` is undefined. */
export function useSuggestions(project: string, field: string | undefined, prefix: string) {
  return useQuery({
    queryKey: ["suggest", project, field, prefix],
    enabled: field !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    queryFn: ({ signal }) =>
      call(suggestValues, { params: { project }, query: { field: field ?? "", prefix } }, { signal }),
  });
}
