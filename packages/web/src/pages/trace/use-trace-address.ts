import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { TraceSearch } from "../../data/search-state.ts";

const ROUTE = "/projects/$project/traces/$traceId";
/** Holding an arrow key down moves the selection many times a second; the address follows when it rests. */
const ADDRESS_REST_MS = 120;

export interface TraceAddress {
  search: TraceSearch;
  /** Sets (or, with `undefined`, removes) parts of the address. `push` makes it a step that Back undoes. */
  change: (next: Partial<Record<keyof TraceSearch, string | undefined>>, push?: boolean) => void;
}

/** What the Trace page keeps in its address, and how to change it. */
export function useTraceAddress(): TraceAddress {
  const search: TraceSearch = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: ROUTE });
  const change = useCallback<TraceAddress["change"]>(
    (next, push = false) => {
      void navigate({
        search: (previous) => ({ ...previous, ...next }) as TraceSearch,
        replace: !push,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return useMemo(() => ({ search, change }), [search, change]);
}

/**
 * One part of the address as state: it changes at once, the address follows when it rests, and what Back or a
 * link puts into the address comes back into the state.
 */
export function useAddressState(
  { search, change }: TraceAddress,
  key: "span" | "find" | "zoom",
): [string | undefined, (value: string | undefined, push?: boolean) => void] {
  const inAddress = search[key];
  const [value, setValue] = useState(inAddress);
  const written = useRef(inAddress);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (inAddress === written.current) return;
    written.current = inAddress;
    clearTimeout(timer.current);
    setValue(inAddress);
  }, [inAddress]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const set = useCallback(
    (next: string | undefined, push = false) => {
      setValue(next);
      clearTimeout(timer.current);
      const write = () => {
        written.current = next === "" ? undefined : next;
        change({ [key]: written.current }, push);
      };
      if (push) write();
      else timer.current = setTimeout(write, ADDRESS_REST_MS);
    },
    [change, key],
  );
  return [value, set];
}
