import { QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiCallError } from "@nightowl/model/client/create-client";
import { reportReachable, reportUnreachable } from "./reachability.ts";

/** The page's one query cache. A refusal (4xx) is final; anything else is tried once more. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ApiCallError && error.code === "unreachable") reportUnreachable();
      },
      onSuccess: reportReachable,
    }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        refetchOnWindowFocus: false,
        // The server is usually on this machine: the browser's idea of "offline" says nothing about it.
        networkMode: "always",
        retryDelay: 400,
        retry: (failures, error) =>
          failures < 1 && !(error instanceof ApiCallError && error.status >= 400 && error.status < 500),
      },
    },
  });
}
