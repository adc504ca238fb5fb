import type { TreeNode } from "@nightowl/model/trace/build-tree";
import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { useTraceSearch } from "../../../data/use-trace.ts";
import { matchSpans } from "../../../view/waterfall-sub.ts";
import type { TraceModel } from "../trace-model.ts";
import { useAddressState, type TraceAddress } from "../use-trace-address.ts";

/** The server is asked when the typing rests this long. */
const REST_MS = 250;

export interface Find {
  text: string;
  setText: (text: string) => void;
  /** Spans that match, or undefined while nothing is sought. */
  matches: ReadonlySet<string> | undefined;
  /** The same in the waterfall's order. */
  nodes: TreeNode[];
  /** The server is still looking through the payloads. */
  pending: boolean;
  /** The payloads could not be searched; what the page itself knows still was. */
  failed: boolean;
}

/** Finds text in the trace: in what the rows show at once, and in everything else through the server. */
export function useFind(model: TraceModel, address: TraceAddress): Find {
  const [text = "", setText] = useAddressState(address, "find");
  const quick = useDeferredValue(text);
  const rested = useRested(text.trim(), REST_MS);
  const { data, isFetching, isError, isPlaceholderData } = useTraceSearch(
    model.project,
    model.traceId,
    rested,
  );
  const deep = rested === "" || isPlaceholderData ? undefined : data?.spanIds;
  const matches = useMemo(() => {
    if (quick.trim() === "") return undefined;
    const found = matchSpans(model.tree.nodes, quick);
    if (quick.trim() === rested) for (const spanId of deep ?? []) found.add(spanId);
    return found;
  }, [quick, rested, deep, model]);
  const nodes = useMemo(
    () => (matches === undefined ? [] : model.tree.nodes.filter((node) => matches.has(node.span.spanId))),
    [matches, model],
  );
  const pending = text.trim() !== "" && (isFetching || text.trim() !== rested);
  return { text, setText, matches, nodes, pending, failed: isError };
}

function useRested(value: string, restMs: number): string {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), value === "" ? 0 : restMs);
    return () => clearTimeout(timer);
  }, [value, restMs]);
  return rested;
}
