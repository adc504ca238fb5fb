import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import { Button } from "../../components/button.tsx";
import { Skeleton } from "../../components/marks.tsx";
import { ErrorPanel } from "../../components/panel.tsx";
import { RangePicker } from "../../components/range-picker.tsx";
import { isLive, withLive, withRange, type ListSearch } from "../../data/search-state.ts";
import { rememberProject, useProjects } from "../../data/use-projects.ts";
import { TopBarActions, usePageTitle } from "../../frame/top-bar-slots.tsx";
import { useListRange } from "../../data/use-list-range.ts";
import { FilterBar } from "../../frame/filter/filter-bar.tsx";
import { FirstTrace } from "./no-traces.tsx";
import { TraceList } from "./trace-list.tsx";
import css from "./traces-page.module.css";

const route = getRouteApi("/projects/$project/traces");
/** How often a project without traces is looked at again. */
const WAITING_MS = 2000;

/** The traces of a project: filter, totals over time, and the list. */
export function TracesPage() {
  const { project } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  usePageTitle("Traces", project);
  useEffect(() => rememberProject(project), [project]);

  const projects = useProjects();
  const known = projects.data?.find(({ name }) => name === project);
  const empty = projects.isSuccess && known === undefined;
  useProjects({ refetchInterval: empty ? WAITING_MS : false });
  const { range, anchorMs } = useListRange(project, search);

  const go = (next: ListSearch, replace = false) => void navigate({ search: next, replace });
  if (projects.isError && projects.data === undefined) {
    return (
      <ErrorPanel
        title="Could not load the projects"
        error={projects.error}
        onRetry={() => void projects.refetch()}
      />
    );
  }
  if (empty) {
    return <FirstTrace project={project} others={projects.data.map(({ name }) => name)} />;
  }
  const live = isLive(search);
  return (
    <>
      <TopBarActions>
        {range === undefined ? (
          <Skeleton width={118} height={28} />
        ) : (
          <RangePicker range={range} onChange={(next) => go(withRange(search, next))} />
        )}
        <Button
          aria-pressed={live}
          onClick={() => go(withLive(search, !live), true)}
          title="New traces come in by themselves"
        >
          <i className={css["live"]} data-on={live || undefined} />
          Live
        </Button>
      </TopBarActions>
      <h1 className="sr-only">Traces of {project}</h1>
      <div className={css["filter"]}>
        {" "}
        <FilterBar
          project={project}
          filter={search.filter ?? ""}
          onApply={(filter) => {
            const { filter: _old, ...rest } = search;
            if (filter !== (search.filter ?? "")) go(filter === "" ? rest : { ...rest, filter });
          }}
        />
      </div>{" "}
      <TraceList
        key={project}
        project={project}
        search={search}
        range={range}
        anchorMs={anchorMs}
        lastTraceNs={known?.lastTraceNs}
        live={live}
        onSearch={go}
      />
    </>
  );
}
