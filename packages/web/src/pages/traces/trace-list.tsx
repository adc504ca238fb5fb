import { parseFilter } from "@nightowl/model/filter/parse-filter";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../components/button.tsx";
import { ErrorPanel } from "../../components/panel.tsx";
import { placeOf, rememberPlace } from "../../data/list-memory.ts";
import {
  listSearchOf,
  parseSearch,
  stringifySearch,
  validateListSearch,
  withRange,
  type ListSearch,
  type TraceSort,
} from "../../data/search-state.ts";
import { rangeWindow, windowQuery, type TimeRange } from "../../data/time-range.ts";
import { useNow } from "../../data/use-now.ts";
import { useTraceList, useTraceStats, type TraceListQuery } from "../../data/use-traces.ts";
import { useWidth } from "../../data/use-width.ts";
import { bucketCountFor } from "../../view/histogram-scale.ts";
import { NothingMatches, UnreadableFilter } from "./no-traces.tsx";
import { Overview } from "./overview.tsx";
import { TableFoot, TraceTable, type TraceTableHandle } from "./trace-table.tsx";
import css from "./trace-table.module.css";
import { useListKeys } from "./use-list-keys.ts";
import { useLiveRows } from "./use-live-rows.ts";

/** How often the totals are asked for while live. */
const STATS_MS = 5000;

/** Totals, histogram and table of one question; also what keys, live tail and coming back do to them. */
export function TraceList({
  project,
  search,
  range,
  anchorMs,
  lastTraceNs,
  live,
  onSearch,
}: {
  project: string;
  search: ListSearch;
  /** Undefined until it is known. */
  range: TimeRange | undefined;
  anchorMs: number;
  lastTraceNs: string | undefined;
  live: boolean;
  onSearch: (search: ListSearch) => void;
}) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const wrapRef = useRef<HTMLDivElement>(null);
  const tableRef = useRef<TraceTableHandle>(null);
  const width = useWidth(wrapRef);
  const nowMs = useNow();
  // After a gap in the live tail the list is read anew from this instant on.
  const [restartMs, setRestartMs] = useState(0);
  const view = stringifySearch({ ...search, live: undefined });
  const place = useMemo(() => placeOf(project, validateListSearch(parseSearch(view))), [project, view]);
  const [selectedId, setSelectedId] = useState(place?.traceId);

  const startMs = Math.max(anchorMs, restartMs);
  const sort = search.sort ?? "start";
  const order = search.order ?? "desc";
  const filtered = search.filter === undefined ? {} : { filter: search.filter };
  const query: TraceListQuery = {
    ...(range === undefined ? {} : windowQuery(rangeWindow(range, startMs))),
    ...filtered,
    sort,
    order,
  };
  const readable = parseFilter(search.filter ?? "").error === undefined;
  const ready = range !== undefined && readable;
  const list = useTraceList(project, query, ready);
  const { rows, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = list;
  const stats = useTraceStats(
    project,
    {
      ...(range === undefined
        ? {}
        : windowQuery(rangeWindow(range, live ? Math.max(nowMs, startMs) : startMs))),
      ...filtered,
      buckets: bucketCountFor(width),
    },
    { enabled: ready && width > 0, refetchInterval: live ? STATS_MS : false },
  );

  const tail = useLiveRows({
    project,
    query,
    rows,
    enabled: live && ready && list.isSuccess && !list.isPlaceholderData,
    isAtTop: () => tableRef.current?.isAtTop() ?? true,
    onGap: () => setRestartMs(Date.now()),
  });

  const leave = useRef({ view, selectedId, startMs });
  useEffect(() => {
    leave.current = { view, selectedId, startMs };
  });
  // What was selected and how far it was scrolled is found again when the reader comes back.
  const keepPlace = useCallback(
    (traceId: string | undefined, scrollTop: number) => {
      const { view: text, startMs: from } = leave.current;
      rememberPlace(project, validateListSearch(parseSearch(text)), {
        anchorMs: from,
        scrollTop,
        ...(traceId === undefined ? {} : { traceId }),
      });
    },
    [project],
  );
  const onSelect = useCallback(
    (traceId: string) => {
      setSelectedId(traceId);
      keepPlace(traceId, tableRef.current?.scrollTop() ?? 0);
    },
    [keepPlace],
  );
  const open = (traceId: string) => {
    keepPlace(traceId, tableRef.current?.scrollTop() ?? 0);
    void navigate({
      to: "/projects/$project/traces/$traceId",
      params: { project, traceId },
      search: listSearchOf(search),
    });
  };
  useListKeys({
    rows,
    selectedId,
    onSelect,
    onOpen: open,
    onReveal: (index) => tableRef.current?.reveal(index),
    firstInView: () => tableRef.current?.firstInView() ?? 0,
  });

  const onNearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);
  const onSort = (next: TraceSort) => {
    const { sort: _sort, order: _order, ...rest } = search;
    const flipped = next === sort && order === "desc";
    onSearch({
      ...rest,
      ...(next === "start" ? {} : { sort: next }),
      ...(flipped ? { order: "asc" as const } : {}),
    });
  };
  const retry = () => {
    void client.invalidateQueries({ queryKey: ["trace-stats", project] });
    void list.refetch();
  };
  const links = useMemo(() => listSearchOf(search), [search]);
  const { filter: _filter, ...unfiltered } = search;

  return (
    <div ref={wrapRef} className={css["wrap"]}>
      {readable && !list.isError && (
        <Overview
          stats={stats.data}
          onZoom={(fromMs, toMs) => onSearch(withRange(search, { fromMs, toMs }))}
        />
      )}
      {!readable ? (
        <UnreadableFilter onClearFilter={() => onSearch(unfiltered)} />
      ) : list.isError && rows.length === 0 ? (
        <ErrorPanel title="Could not load the traces" error={list.error} onRetry={retry} />
      ) : list.isSuccess && rows.length === 0 && range !== undefined ? (
        <NothingMatches
          filter={search.filter}
          range={range}
          lastTraceNs={lastTraceNs}
          onClearFilter={() => onSearch(unfiltered)}
          onAllTime={() => onSearch(withRange(search, { range: "all" }))}
        />
      ) : (
        <TraceTable
          key={view}
          ref={tableRef}
          label={`Traces of ${project}`}
          rows={rows}
          total={stats.data?.traceCount}
          search={links}
          sort={sort}
          order={order}
          onSort={onSort}
          selectedId={selectedId}
          onSelect={onSelect}
          onOpen={open}
          loading={list.isPending}
          busy={list.isPlaceholderData}
          onNearEnd={onNearEnd}
          onReachTop={tail.accept}
          initialScrollTop={place?.scrollTop ?? 0}
          pending={tail.pending}
          moreThanPending={tail.gap}
          onAccept={() => {
            tail.accept();
            tableRef.current?.toTop();
          }}
          foot={
            isFetchNextPageError ? (
              <div className={css["foot"]}>
                <span className="error-text">Could not load more: {list.error?.message}</span>
                <Button size="small" onClick={() => void fetchNextPage()}>
                  Try again
                </Button>
              </div>
            ) : (
              !list.isPending && (
                <TableFoot
                  loaded={rows.length}
                  total={stats.data?.traceCount}
                  fetching={isFetchingNextPage}
                />
              )
            )
          }
        />
      )}
    </div>
  );
}
