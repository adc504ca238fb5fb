import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { listSearchOf, rangeOf, type TraceSearch } from "../../data/search-state.ts";
import { rangeWindow, windowQuery } from "../../data/time-range.ts";
import { anchorMsOf } from "../../data/list-memory.ts";
import { useNeighbours } from "../../data/use-trace.ts";
import type { TraceModel } from "./trace-model.ts";

export interface NeighbourTraces {
  newer: string | null;
  older: string | null;
  goNewer: () => void;
  goOlder: () => void;
}

/** The traces before and after this one in the list that one came from: its range and filter are in the address. */
export function useNeighbourTraces(model: TraceModel, search: TraceSearch): NeighbourTraces {
  const { project, traceId } = model;
  const { only } = search;
  const navigate = useNavigate();
  const list = useMemo(() => listSearchOf(search), [search]);
  const query = useMemo(() => {
    const range = rangeOf(list);
    const window = range === undefined ? {} : windowQuery(rangeWindow(range, anchorMsOf(project, list)));
    return { ...window, ...(list.filter === undefined ? {} : { filter: list.filter }) };
  }, [list, project]);
  const { data } = useNeighbours(project, traceId, query);
  const newer = data?.newer ?? null;
  const older = data?.older ?? null;
  return useMemo(() => {
    const go = (to: string | null) => {
      if (to === null) return;
      void navigate({
        to: "/projects/$project/traces/$traceId",
        params: { project, traceId: to },
        // How one looks at traces goes along.
        search: only === undefined ? list : { ...list, only },
      });
    };
    return { newer, older, goNewer: () => go(newer), goOlder: () => go(older) };
  }, [list, navigate, newer, older, only, project]);
}
