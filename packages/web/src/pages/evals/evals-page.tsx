import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import { ErrorPanel, Panel } from "../../components/panel.tsx";
import { RangePicker } from "../../components/range-picker.tsx";
import type { EvalsSearch } from "../../data/evals-search.ts";
import { rangeSearch, withRange } from "../../data/search-state.ts";
import { rangeWindow, windowQuery } from "../../data/time-range.ts";
import { useAnnotationNames } from "../../data/use-annotations.ts";
import { useListRange } from "../../data/use-list-range.ts";
import { rememberProject } from "../../data/use-projects.ts";
import { FilterBar } from "../../frame/filter/filter-bar.tsx";
import { useShortcutHelp } from "../../frame/shortcut-help.ts";
import { Crumb, TopBarActions, usePageTitle } from "../../frame/top-bar-slots.tsx";
import { Correlates } from "./correlates.tsx";
import { EvalMatrix } from "./eval-matrix.tsx";
import css from "./evals.module.css";

const route = getRouteApi("/projects/$project/evals");
const KEYS = { title: "Evals", lines: [{ keys: ["/"], does: "to the filter" }] };
/** More columns than this are no longer looked at together. */
const MAX_NAMES = 8;

/** How the answers were judged: by which variant, and what the bad ones have in common. */
export function EvalsPage() {
  const { project } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (next: EvalsSearch) => void navigate({ search: next });
  usePageTitle("Evals", project);
  useEffect(() => rememberProject(project), [project]);
  const { range, anchorMs } = useListRange(project, rangeSearch(search));
  const names = useAnnotationNames(project);
  useShortcutHelp(KEYS);
  // What only documents are judged by stands on the Retrieval page.
  const evals = names.data?.filter(({ count, documentCount }) => count > documentCount);
  const known = evals?.map(({ name }) => name) ?? [];
  const name = search.name !== undefined && known.includes(search.name) ? search.name : known[0];
  const ordered = name === undefined ? [] : [name, ...known.filter((each) => each !== name)];
  const window =
    range === undefined
      ? undefined
      : {
          ...windowQuery(rangeWindow(range, anchorMs)),
          ...(search.filter === undefined ? {} : { filter: search.filter }),
        };
  const isUnknown = names.error !== null && "code" in names.error && names.error.code === "not_found";
  return (
    <div className={css["page"]}>
      <Crumb>
        <span aria-current="page">Evals</span>
      </Crumb>
      <TopBarActions>
        {range !== undefined && (
          <RangePicker range={range} onChange={(next) => change(withRange(search, next))} />
        )}
      </TopBarActions>
      <h1 className="sr-only">Evaluations of {project}</h1>
      {names.isError && !isUnknown ? (
        <ErrorPanel
          title="Could not load the evaluations"
          error={names.error}
          onRetry={() => void names.refetch()}
        />
      ) : isUnknown || (names.isSuccess && known.length === 0) ? (
        <NoEvals />
      ) : (
        <>
          <FilterBar
            project={project}
            filter={search.filter ?? ""}
            onApply={(filter) => {
              const { filter: _old, ...rest } = search;
              if (filter !== (search.filter ?? "")) change(filter === "" ? rest : { ...rest, filter });
            }}
          />
          <EvalMatrix
            project={project}
            search={search}
            names={ordered.slice(0, MAX_NAMES)}
            known={evals ?? []}
            window={window}
            onChange={change}
          />
          <Correlates
            project={project}
            search={search}
            name={name}
            labels={evals?.find((each) => each.name === name)?.labels ?? []}
            window={window}
            onChange={change}
          />
        </>
      )}
    </div>
  );
}

function NoEvals() {
  return (
    <Panel title="Nothing has been judged yet">
      <p>
        Open a trace, select a span and press <kbd>a</kbd>. Or let a program judge:
      </p>
      <pre className={css["example"]}>{EXAMPLE}</pre>
      <p>Evaluations that spans carry, of OpenInference and of OpenTelemetry, are kept by themselves.</p>
    </Panel>
  );
}

const EXAMPLE = `curl -H 'content-type: application/json' ${globalThis.location?.origin ?? ""}/v1/span_annotations -d '{"data": [{
  "span_id": "SPAN_ID", "name": "factuality", "annotator_kind": "LLM",
  "result": {"score": 0.8, "explanation": "…"}}]}'`;
