import { getMeta } from "@nightowl/model/api/projects";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { WifiOff } from "lucide-react";
import { useEffect } from "react";
import { call } from "../data/client.ts";
import { useReachable } from "../data/reachability.ts";
import css from "./frame.module.css";

/** Says that the server does not answer, asks again every three seconds, and brings everything back when it does. */
export function UnreachableBanner() {
  const reachable = useReachable();
  const client = useQueryClient();
  const { dataUpdatedAt } = useQuery({
    queryKey: ["reachable"],
    enabled: !reachable,
    retry: false,
    refetchInterval: 3000,
    staleTime: 0,
    queryFn: ({ signal }) => call(getMeta, {}, { signal }),
  });
  useEffect(() => {
    if (dataUpdatedAt > 0)
      void client.invalidateQueries({ predicate: (query) => query.state.status === "error" });
  }, [dataUpdatedAt, client]);
  if (reachable) return null;
  return (
    <div className={css["banner"]} role="status">
      <WifiOff size={14} aria-hidden="true" />
      <span>
        <b>{globalThis.location.host} does not answer.</b> What is shown may be old. Trying again every few
        seconds.
      </span>
    </div>
  );
}
