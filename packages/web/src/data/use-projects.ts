import { listProjects, getMeta } from "@nightowl/model/api/projects";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { call } from "./client.ts";

export const projectsQuery = queryOptions({
  queryKey: ["projects"],
  queryFn: ({ signal }) => call(listProjects, {}, { signal }),
  select: (response) => response.data,
});

/** Projects that have traces, the most recently active first. */
export function useProjects(options: { refetchInterval?: number | false } = {}) {
  return useQuery({ ...projectsQuery, ...options });
}

/** What this server is: version, data folder, receivers. */
export function useMeta() {
  return useQuery({
    queryKey: ["meta"],
    queryFn: ({ signal }) => call(getMeta, {}, { signal }),
    staleTime: 60_000,
  });
}

const LAST_PROJECT_KEY = "nightowl.project";

/** Remembers the project that was looked at last in this browser. */
export function rememberProject(project: string): void {
  try {
    localStorage.setItem(LAST_PROJECT_KEY, project);
  } catch {
    // Storage may be forbidden; `/` then opens the most recently active project.
  }
}

export function lastProject(): string | undefined {
  try {
    return localStorage.getItem(LAST_PROJECT_KEY) ?? undefined;
  } catch {
    return undefined;
  }
}
