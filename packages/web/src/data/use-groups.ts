import { getSession, listSessions, listUsers, type GroupSort } from "@nightowl/model/api/sessions";
import { useInfiniteQuery } from "@tanstack/react-query";
import { call } from "./client.ts";

export interface GroupQuery {
  from?: string;
  to?: string;
  filter?: string;
  sort: GroupSort;
  order: "asc" | "desc";
}

const PAGE = 200;

/** Sessions or users of a project, page by page. */
export function useGroups<K extends "sessions" | "users">(
  kind: K,
  project: string,
  query: GroupQuery,
  enabled: boolean,
) {
  const route = kind === "sessions" ? listSessions : listUsers;
  return useInfiniteQuery({
    enabled,
    queryKey: [kind, project, query],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      call(
        route,
        {
          params: { project },
          query: { ...query, limit: PAGE, ...(pageParam === "" ? {} : { cursor: pageParam }) },
        },
        { signal },
      ),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: (previous, before) => (before?.queryKey[1] === project ? previous : undefined),
  });
}

/** A session's turns, page by page; each page repeats the session's totals. */
export function useSession(project: string, sessionId: string) {
  return useInfiniteQuery({
    queryKey: ["session", project, sessionId],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      call(
        getSession,
        {
          params: { project, sessionId },
          query: { limit: 50, ...(pageParam === "" ? {} : { cursor: pageParam }) },
        },
        { signal },
      ),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
}
