import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import { useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { mergeTraces } from "../../data/merge-traces.ts";
import { traceListKey, useLiveHead, type TraceListQuery } from "../../data/use-traces.ts";

type Pages = InfiniteData<{ data: TraceSummary[]; nextCursor: string | null }, string>;

/**
 * Brings new and changed traces into the cached list. At the top they come in at once; further down only
 * rows that are there already change, and `pending` counts the new ones until `accept` lets them in.
 */
export function useLiveRows({
  project,
  query,
  rows,
  enabled,
  isAtTop,
  onGap,
}: {
  project: string;
  query: TraceListQuery;
  rows: TraceSummary[];
  enabled: boolean;
  isAtTop: () => boolean;
  /** More came than can be laid over the list: it must be read anew. */
  onGap: () => void;
}): { pending: number; gap: boolean; accept: () => void } {
  const client = useQueryClient();
  const known = useMemo(() => new Map(rows.map((row) => [row.traceId, row])), [rows]);
  const latest = useRef({ known, isAtTop, onGap });
  useEffect(() => {
    latest.current = { known, isAtTop, onGap };
  });
  const { data: head } = useLiveHead({
    project,
    from: query.from,
    filter: query.filter,
    enabled,
    isKnown: (traceId) => latest.current.known.has(traceId),
  });
  const fresh = useMemo(
    () => (enabled ? (head?.rows ?? []).filter((row) => !known.has(row.traceId)) : []),
    [enabled, head, known],
  );
  const gap = enabled && head?.gap === true && fresh.length === head.rows.length;
  const key = JSON.stringify(query);

  const lay = (newer: TraceSummary[]) => {
    if (newer.length === 0) return;
    const byId = new Map(newer.map((row) => [row.traceId, row]));
    client.setQueryData<Pages>(traceListKey(project, query), (cached) => {
      if (cached === undefined) return cached;
      const merged = mergeTraces(
        cached.pages.flatMap((page) => page.data),
        byId,
      );
      return {
        pages: [{ data: merged, nextCursor: cached.pages.at(-1)?.nextCursor ?? null }],
        pageParams: [""],
      };
    });
  };
  const accept = () => (gap ? onGap() : lay(fresh));

  useEffect(() => {
    if (!enabled || head === undefined) return;
    const changed = head.rows.filter((row) => {
      const before = known.get(row.traceId);
      return before !== undefined && JSON.stringify(before) !== JSON.stringify(row);
    });
    if (!latest.current.isAtTop()) lay(changed);
    else if (gap) latest.current.onGap();
    else lay([...changed, ...fresh]);
    // `lay` is made anew each time; what it depends on is here.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [client, enabled, head, known, fresh, gap, project, key]);

  return { pending: fresh.length, gap, accept };
}
