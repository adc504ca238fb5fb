import type { CostSearch } from "../../data/cost-search.ts";
import { useCostQuery } from "../../data/use-costs.ts";
import { ErrorPanel, Panel } from "../../components/panel.tsx";
import { Budgets } from "./budgets.tsx";
import { CostBar } from "./cost-bar.tsx";
import { CostBreakdown } from "./cost-breakdown.tsx";
import { CostOverTime } from "./cost-over-time.tsx";
import { CostTable } from "./cost-table.tsx";
import { CostTotals } from "./cost-totals.tsx";
import css from "./cost.module.css";
import { BREAKDOWN_MEASURES, TOTAL_MEASURES } from "./measures.ts";
import { TopTraces } from "./top-traces.tsx";

export interface CostViewProps {
  project: string;
  search: CostSearch;
  /** The time range; undefined until it is known. */
  window: { from?: string; to?: string } | undefined;
  onSearch: (next: CostSearch, replace?: boolean) => void;
}

/** What was spent: totals, over time, by anything, by part, and where most of it went. */
export function CostOverview({ project, search, window, onSearch }: CostViewProps) {
  const scope = { filter: search.filter ?? "", ...window };
  const total = useCostQuery(
    project,
    { measures: [...TOTAL_MEASURES, ...BREAKDOWN_MEASURES], ...scope },
    window !== undefined,
  );
  const answer = total.data?.total ?? undefined;
  return (
    <>
      <CostBar project={project} search={search} onSearch={onSearch} />
      {total.isError && total.data === undefined ? (
        <ErrorPanel
          title="The cost could not be added up"
          error={total.error}
          onRetry={() => void total.refetch()}
        />
      ) : answer?.count === 0 ? (
        <Panel title="No model calls here">
          <p>
            {search.filter === undefined
              ? "No model call was traced in this range. Choose a longer one above."
              : "No model call in this range is under this filter."}
          </p>
        </Panel>
      ) : (
        <>
          <CostTotals project={project} search={search} total={answer} />
          <CostOverTime project={project} search={search} window={window} onSearch={onSearch} />
          <CostTable project={project} search={search} window={window} onSearch={onSearch} />
          <div className={css["halves"]}>
            <CostBreakdown total={answer} />
            <TopTraces project={project} search={search} window={window} />
          </div>
          <Budgets project={project} />
        </>
      )}
    </>
  );
}
