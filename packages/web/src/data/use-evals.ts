import { findCorrelates, type Outcome } from "@nightowl/model/api/correlates";
import { runQuery } from "@nightowl/model/api/query";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { call } from "./client.ts";

interface Window {
  from?: string;
  to?: string;
  filter?: string;
}

/** Every evaluation's mean by the values of one dimension, the worst first by the first of them. */
export function useEvalMatrix(
  project: string,
  { by, names, window }: { by: string; names: readonly string[]; window: Window | undefined },
) {
  return useQuery({
    queryKey: ["eval-matrix", project, by, names, window],
    enabled: window !== undefined && names.length > 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call(
        runQuery,
        {
          params: { project },
          body: {
            of: "calls",
            measures: [...names.map((name) => `eval:${name}`), "count", "error_rate", "cost"],
            by: [by],
            sort: `eval:${names[0] ?? ""}`,
            order: "asc",
            limit: 100,
            ...window,
          },
        },
        { signal },
      ),
  });
}

/** Which values go with what is bad. */
export function useCorrelates(
  project: string,
  {
    outcome,
    name,
    label,
    window,
  }: { outcome: Outcome; name: string | undefined; label: string | undefined; window: Window | undefined },
) {
  return useQuery({
    queryKey: ["correlates", project, outcome, name, label, window],
    enabled: window !== undefined && (outcome !== "eval" || name !== undefined),
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call(
        findCorrelates,
        {
          params: { project },
          query: {
            outcome,
            ...(outcome === "eval" && name !== undefined ? { name } : {}),
            ...(outcome === "eval" && label !== undefined ? { label } : {}),
            ...window,
          },
        },
        { signal },
      ),
  });
}
