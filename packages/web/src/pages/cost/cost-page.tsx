import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import { Skeleton } from "../../components/marks.tsx";
import { ErrorPanel, Panel } from "../../components/panel.tsx";
import { RangePicker } from "../../components/range-picker.tsx";
import { tabId, tabPanelId, Tabs } from "../../components/tabs.tsx";
import type { CostSearch } from "../../data/cost-search.ts";
import { withRange } from "../../data/search-state.ts";
import { rangeWindow, windowQuery } from "../../data/time-range.ts";
import { useListRange } from "../../data/use-list-range.ts";
import { rememberProject, useProjects } from "../../data/use-projects.ts";
import { useShortcutHelp } from "../../frame/shortcut-help.ts";
import { Crumb, TopBarActions, usePageTitle } from "../../frame/top-bar-slots.tsx";
import frameCss from "../../frame/frame.module.css";
import { CostOverview } from "./cost-overview.tsx";
import css from "./cost.module.css";
import { PricesView } from "./prices/prices-view.tsx";

const route = getRouteApi("/projects/$project/cost");
const TABS = "cost";
const KEYS = {
  title: "Cost",
  lines: [
    { keys: ["/"], does: "to the filter" },
    { keys: ["b"], does: "to what the cost is divided by" },
    { keys: ["←", "→"], does: "in the chart: a step of time; with Shift select, Enter zooms in" },
  ],
};

/** What a project's model calls cost, by what, and the prices behind it. */
export function CostPage() {
  const { project } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  usePageTitle("Cost", project);
  useShortcutHelp(KEYS);
  useEffect(() => rememberProject(project), [project]);
  const projects = useProjects();
  const { range, anchorMs } = useListRange(project, search);
  const window = range === undefined ? undefined : windowQuery(rangeWindow(range, anchorMs));
  const go = (next: CostSearch, replace = false) => void navigate({ search: next, replace });
  const view = search.view ?? "overview";
  const isEmpty = projects.isSuccess && !projects.data.some(({ name }) => name === project);
  if (projects.isError && projects.data === undefined) {
    return (
      <ErrorPanel
        title="Could not load the projects"
        error={projects.error}
        onRetry={() => void projects.refetch()}
      />
    );
  }
  return (
    <div className={frameCss["scroll"]}>
      <Crumb>
        <span aria-current="page">Cost</span>
      </Crumb>
      <TopBarActions>
        {range === undefined ? (
          <Skeleton width={118} height={28} />
        ) : (
          <RangePicker range={range} onChange={(next) => go(withRange(search, next) as CostSearch)} />
        )}
      </TopBarActions>
      <h1 className="sr-only">Cost of {project}</h1>
      <div className={css["tabs"]}>
        <Tabs
          name={TABS}
          tabs={[
            { id: "overview", label: "Cost" },
            { id: "prices", label: "Prices" },
          ]}
          current={view}
          label="Cost and prices"
          onChange={(id) => {
            const { view: _view, ...rest } = search;
            go(id === "prices" ? { ...rest, view: "prices" } : rest);
          }}
        />
      </div>
      <div role="tabpanel" id={tabPanelId(TABS)} aria-labelledby={tabId(TABS, view)}>
        {view === "prices" ? (
          <PricesView project={project} search={search} window={window} onSearch={go} />
        ) : isEmpty ? (
          <Panel title="No traces yet">
            <p>
              What model calls cost is shown here as soon as the first trace of <b>{project}</b> has come.
            </p>
          </Panel>
        ) : (
          <CostOverview project={project} search={search} window={window} onSearch={go} />
        )}
      </div>
    </div>
  );
}
