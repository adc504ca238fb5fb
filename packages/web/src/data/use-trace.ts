import { getSpan } from "@nightowl/model/api/spans";
import { getTrace, locateTrace, neighbourTraces, searchTrace } from "@nightowl/model/api/traces";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { call } from "./client.ts";

/** A trace: its summary and every span as a waterfall row. */
export function traceQuery(project: string, traceId: string) {
  return queryOptions({
    queryKey: ["trace", project, traceId],
    // Comparing 50,000 spans with those of the last answer, field by field, costs more than drawing them anew.
    structuralSharing: false,
    queryFn: ({ signal }) => call(getTrace, { params: { project, traceId } }, { signal }),
  });
}

/** One whole span; `full` asks for values of any size. Idle while `spanId` is undefined. */
export function useSpan(project: string, traceId: string, spanId: string | undefined, full = false) {
  return useQuery({
    queryKey: ["span", project, traceId, spanId, full],
    enabled: spanId !== undefined,
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      call(getSpan, { params: { project, traceId, spanId: spanId ?? "" }, query: { full } }, { signal }),
  });
}

/** Ids of the spans that contain `text`; idle while it is empty. */
export function useTraceSearch(project: string, traceId: string, text: string) {
  return useQuery({
    queryKey: ["trace-search", project, traceId, text],
    enabled: text.trim() !== "",
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call(searchTrace, { params: { project, traceId }, query: { text: text.trim() } }, { signal }),
  });
}

/** The newer and the older trace under the list's range and filter. */
export function useNeighbours(
  project: string,
  traceId: string,
  query: { from?: string; to?: string; filter?: string },
) {
  return useQuery({
    queryKey: ["neighbours", project, traceId, query],
    queryFn: ({ signal }) => call(neighbourTraces, { params: { project, traceId }, query }, { signal }),
  });
}

/** The projects that hold a trace; an unknown id gives `[]`, not an error. */
export function locateQuery(traceId: string) {
  return queryOptions({
    queryKey: ["locate", traceId],
    staleTime: 0,
    queryFn: async ({ signal }) => {
      try {
        return (await call(locateTrace, { params: { traceId } }, { signal })).projects;
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "not_found") return [];
        throw error;
      }
    },
  });
}
