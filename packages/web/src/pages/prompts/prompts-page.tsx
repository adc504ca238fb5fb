import { getRouteApi, Link } from "@tanstack/react-router";
import { Braces } from "lucide-react";
import { useEffect, useMemo } from "react";
import { Button } from "../../components/button.tsx";
import { Skeleton } from "../../components/marks.tsx";
import { ErrorPanel, Panel } from "../../components/panel.tsx";
import { RangePicker } from "../../components/range-picker.tsx";
import { CallError } from "../../data/client.ts";
import { withRange } from "../../data/search-state.ts";
import { rangeWindow, windowQuery } from "../../data/time-range.ts";
import { usePromptRange } from "../../data/use-prompt-range.ts";
import { useNow } from "../../data/use-now.ts";
import { rememberProject } from "../../data/use-projects.ts";
import { usePromptList, type PromptTemplateRow } from "../../data/use-prompts.ts";
import { TopBarActions, usePageTitle } from "../../frame/top-bar-slots.tsx";
import { formatCostTotal } from "../../view/format-cost.ts";
import { formatCompact, formatCount, formatPlural } from "../../view/format-number.ts";
import { rangePhrase } from "../../view/range-label.ts";
import { PromptTable, PromptTableSkeleton } from "./prompt-table.tsx";
import css from "./prompts-page.module.css";

const route = getRouteApi("/projects/$project/prompts");
const BUCKETS = 30;

/** The prompt templates of a project: declared ones, and those found in its model calls. */
export function PromptsPage() {
  const { project } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  usePageTitle("Prompts", project);
  useEffect(() => rememberProject(project), [project]);
  const { range, anchorMs } = usePromptRange(project, search);
  const query = useMemo(
    () =>
      range === undefined ? undefined : { ...windowQuery(rangeWindow(range, anchorMs)), buckets: BUCKETS },
    [range, anchorMs],
  );
  const prompts = usePromptList(project, query);
  const nowMs = useNow();
  return (
    <>
      <TopBarActions>
        {range === undefined ? (
          <Skeleton width={118} height={28} />
        ) : (
          <RangePicker
            range={range}
            onChange={(next) => void navigate({ search: withRange(search, next) })}
          />
        )}
      </TopBarActions>
      <h1 className="sr-only">Prompts of {project}</h1>
      {prompts.error instanceof CallError && prompts.error.code === "not_found" ? (
        <Panel title={`${project} has no traces yet`} icon={<Braces size={16} aria-hidden="true" />}>
          <p>
            Prompt templates are found in model calls by themselves.{" "}
            <Link to="/projects/$project/traces" params={{ project }} className="link">
              How to send the first trace
            </Link>
          </p>
        </Panel>
      ) : prompts.isError && prompts.data === undefined ? (
        <ErrorPanel
          title="The prompts could not be read"
          error={prompts.error}
          onRetry={() => void prompts.refetch()}
        />
      ) : prompts.data === undefined ? (
        <PromptTableSkeleton />
      ) : prompts.data.data.length === 0 ? (
        <NoPrompts
          calls={prompts.data.unassigned.callCount}
          when={range === undefined ? "" : rangePhrase(range, nowMs)}
          onAllTime={
            range !== undefined && "range" in range && range.range === "all"
              ? undefined
              : () => void navigate({ search: { range: "all" } })
          }
        />
      ) : (
        <>
          <Totals rows={prompts.data.data} unassigned={prompts.data.unassigned.callCount} />
          <PromptTable
            project={project}
            search={search}
            rows={prompts.data.data}
            stale={prompts.isPlaceholderData}
          />
        </>
      )}
    </>
  );
}

function Totals({ rows, unassigned }: { rows: readonly PromptTemplateRow[]; unassigned: number }) {
  const calls = rows.reduce((sum, { callCount }) => sum + callCount, 0);
  const tokens = rows.reduce((sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens, 0);
  const unpriced = rows.reduce((sum, { unpricedCount }) => sum + unpricedCount, 0);
  const priced = rows.flatMap(({ costUsd }) => costUsd ?? []);
  const cost = formatCostTotal(
    priced.length === 0 ? null : priced.reduce((sum, usd) => sum + usd, 0),
    unpriced,
  );
  const changed = rows.filter(({ versionCount }) => versionCount > 1).length;
  return (
    <section className={css["totals"]} aria-label="Totals">
      <span>
        <b>{formatCount(rows.length)}</b> {rows.length === 1 ? "template" : "templates"}
      </span>
      <span>
        <b>{formatCount(calls)}</b> calls
      </span>
      <span>
        tokens <b>{formatCompact(tokens)}</b>
      </span>
      <span title={cost.partial ? "Of the calls that have a price" : undefined}>
        cost <b>{cost.text || "–"}</b>
        {cost.partial && ` and ${formatPlural(unpriced, "call")} without a price`}
      </span>
      <span>
        <b>{formatCount(changed)}</b> with more than one version
      </span>
      {unassigned > 0 && (
        <span title="Their prompts follow no template that is known: free text, or too few alike so far">
          {formatPlural(unassigned, "call")} without a template
        </span>
      )}
    </section>
  );
}

/** Why there is nothing, and what to do. */
function NoPrompts({
  calls,
  when,
  onAllTime,
}: {
  calls: number;
  when: string;
  onAllTime: (() => void) | undefined;
}) {
  return (
    <Panel
      title={calls === 0 ? `No model calls ${when}` : `No prompt templates ${when}`}
      icon={<Braces size={16} aria-hidden="true" />}
      {...(onAllTime === undefined ? {} : { actions: <Button onClick={onAllTime}>Look at all time</Button> })}
    >
      {calls > 0 && (
        <p>
          {formatPlural(calls, "model call")} came in, but no prompts that are alike. A template is found from
          five calls on whose prompts differ only in what was filled in.
        </p>
      )}
      <p>
        Templates are found in the system and first user messages of model calls by themselves. An application
        can also name them: <span className="mono">llm.prompt_template.template</span>,{" "}
        <span className="mono">llm.prompt_template.version</span> and{" "}
        <span className="mono">llm.prompt_template.variables</span> on the span.
      </p>
    </Panel>
  );
}
