import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { Skeleton } from "../../components/marks.tsx";
import { ErrorPanel, Panel } from "../../components/panel.tsx";
import { RangePicker } from "../../components/range-picker.tsx";
import { CallError } from "../../data/client.ts";
import { validatePromptListSearch, type PromptSearch } from "../../data/prompt-search.ts";
import { withRange } from "../../data/search-state.ts";
import { rangeWindow, windowQuery } from "../../data/time-range.ts";
import { usePromptRange } from "../../data/use-prompt-range.ts";
import { rememberProject } from "../../data/use-projects.ts";
import { usePrompt } from "../../data/use-prompts.ts";
import { Crumb, TopBarActions, usePageTitle } from "../../frame/top-bar-slots.tsx";
import { PromptView } from "./prompt-view.tsx";
import css from "./prompt-page.module.css";

const route = getRouteApi("/projects/$project/prompts/$templateId");
const BUCKETS = 120;

/** `/projects/{project}/prompts/{templateId}?a=…&b=…`: one template, its versions over time, and two of them compared. */
export function PromptPage() {
  const { project, templateId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  useEffect(() => rememberProject(project), [project]);
  const { range, anchorMs } = usePromptRange(project, search);
  const query = useMemo(
    () =>
      range === undefined ? undefined : { ...windowQuery(rangeWindow(range, anchorMs)), buckets: BUCKETS },
    [range, anchorMs],
  );
  const prompt = usePrompt(project, templateId, query);
  usePageTitle(prompt.data?.title, "Prompts", project);
  const change = (next: Partial<PromptSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...next }) as PromptSearch, resetScroll: false });
  return (
    <>
      <Crumb>
        <b className={css["crumb"]} aria-current="page" title={prompt.data?.title}>
          {prompt.data?.title ?? templateId}
        </b>
      </Crumb>
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
      {prompt.data !== undefined ? (
        <PromptView
          project={project}
          prompt={prompt.data}
          search={search}
          anchorMs={anchorMs}
          onChange={change}
        />
      ) : prompt.error instanceof CallError && prompt.error.code === "not_found" ? (
        <Panel title="No such prompt template" level={1}>
          <p>{prompt.error.message}</p>
          <p>
            It may be of another project, or all of its calls may be older than what is kept.{" "}
            <Link
              to="/projects/$project/prompts"
              params={{ project }}
              search={validatePromptListSearch({ ...search })}
              className="link"
            >
              All prompts of {project}
            </Link>
          </p>
        </Panel>
      ) : prompt.isError ? (
        <ErrorPanel
          title="The prompt template could not be read"
          error={prompt.error}
          onRetry={() => void prompt.refetch()}
        />
      ) : (
        <div className={css["loading"]} role="status" aria-label="Loading the prompt template">
          <Skeleton width={320} height={14} />
          <Skeleton width="100%" height={64} />
          {[70, 52, 64, 30, 58].map((width) => (
            <Skeleton key={width} width={`${width}%`} />
          ))}
        </div>
      )}
    </>
  );
}
