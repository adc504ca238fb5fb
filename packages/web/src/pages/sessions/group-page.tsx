import type { GroupSort, SessionSummary, UserSummary } from "@nightowl/model/api/sessions";
import { useCallback, useEffect, useRef } from "react";
import { Button } from "../../components/button.tsx";
import { DataTable, type DataColumn } from "../../components/data-table.tsx";
import { ErrorPanel, Panel } from "../../components/panel.tsx";
import { RangePicker } from "../../components/range-picker.tsx";
import { withSort, type GroupSearch } from "../../data/group-search.ts";
import type { ListSearch } from "../../data/search-state.ts";
import { withRange } from "../../data/search-state.ts";
import { rangeWindow, windowQuery } from "../../data/time-range.ts";
import { useGroups } from "../../data/use-groups.ts";
import { useListRange } from "../../data/use-list-range.ts";
import { rememberProject } from "../../data/use-projects.ts";
import { useWidth } from "../../data/use-width.ts";
import { FilterBar } from "../../frame/filter/filter-bar.tsx";
import { Crumb, TopBarActions, usePageTitle } from "../../frame/top-bar-slots.tsx";
import { formatPlural } from "../../view/format-number.ts";
import css from "./sessions.module.css";

type Summary = { sessions: SessionSummary; users: UserSummary };

/** A table of sessions or users over a time range; all of its state is in the address. */
export function GroupPage<K extends keyof Summary>({
  kind,
  title,
  project,
  search,
  onSearch,
  columns,
  rowKey,
  none,
}: {
  kind: K;
  title: string;
  project: string;
  search: GroupSearch;
  onSearch: (search: GroupSearch) => void;
  columns: readonly DataColumn<Summary[K], GroupSort>[];
  rowKey: (row: Summary[K]) => string;
  /** What to do where there are none. */
  none: string;
}) {
  usePageTitle(title, project);
  useEffect(() => rememberProject(project), [project]);
  const wrapRef = useRef<HTMLDivElement>(null);
  const width = useWidth(wrapRef);
  const { filter } = search;
  const { range, anchorMs } = useListRange(project, rangeSearch(search));
  const query = {
    ...(range === undefined ? {} : windowQuery(rangeWindow(range, anchorMs))),
    ...(filter === undefined ? {} : { filter }),
    sort: search.sort ?? ("last" as const),
    order: search.order ?? ("desc" as const),
  };
  const list = useGroups(kind, project, query, range !== undefined);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const rows = (list.data?.pages.flatMap((page) => page.data as unknown[]) ?? []) as Summary[K][];
  const onNearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const { filter: _filter, ...unfiltered } = search;
  const isUnknown = list.error !== null && "code" in list.error && list.error.code === "not_found";
  return (
    <div ref={wrapRef} className={css["page"]}>
      <Crumb>
        <span aria-current="page">{title}</span>
      </Crumb>
      <TopBarActions>
        {range !== undefined && (
          <RangePicker range={range} onChange={(next) => onSearch(withRange(search, next))} />
        )}
      </TopBarActions>
      <h1 className="sr-only">
        {title} of {project}
      </h1>
      <div className={css["filter"]}>
        <FilterBar
          project={project}
          filter={filter ?? ""}
          onApply={(next) => {
            if (next !== (filter ?? "")) onSearch(next === "" ? unfiltered : { ...unfiltered, filter: next });
          }}
        />
      </div>
      {list.isError && rows.length === 0 && !isUnknown ? (
        <ErrorPanel
          title={`Could not load the ${title.toLowerCase()}`}
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : isUnknown || (list.isSuccess && rows.length === 0) ? (
        <Panel
          title={`No ${title.toLowerCase()} here`}
          actions={
            <Button onClick={() => onSearch(withRange(unfiltered, { range: "all" }))}>
              Look at all time
            </Button>
          }
        >
          <p>{none}</p>
        </Panel>
      ) : (
        <DataTable
          label={`${title} of ${project}`}
          columns={columns}
          rows={rows}
          rowKey={rowKey}
          width={width}
          sort={query.sort}
          order={query.order}
          onSort={(sort) => onSearch(withSort(search, sort))}
          loading={list.isPending}
          onNearEnd={onNearEnd}
          foot={
            isFetchingNextPage
              ? "Loading more …"
              : list.isSuccess &&
                `${formatPlural(rows.length, kind.slice(0, -1))}${hasNextPage ? " so far" : ""}`
          }
        />
      )}
    </div>
  );
}

/** The part of the address that says which time it is about. */
function rangeSearch({ sort: _sort, order: _order, ...rest }: GroupSearch): ListSearch {
  return rest;
}
