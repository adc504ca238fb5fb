import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useMemo, useRef } from "react";
import { useHotkeys } from "react-hotkeys-hook";
import { Skeleton } from "../../components/marks.tsx";
import { ErrorPanel, Panel } from "../../components/panel.tsx";
import { RangePicker } from "../../components/range-picker.tsx";
import type { RetrievalSearch } from "../../data/retrieval-search.ts";
import { withRange } from "../../data/search-state.ts";
import { rangeWindow, windowQuery } from "../../data/time-range.ts";
import { useListRange } from "../../data/use-list-range.ts";
import { rememberProject } from "../../data/use-projects.ts";
import { useRetrievalOverview, type RetrievalWindow } from "../../data/use-retrieval.ts";
import { FilterBar } from "../../frame/filter/filter-bar.tsx";
import { useShortcutHelp } from "../../frame/shortcut-help.ts";
import { Crumb, TopBarActions, usePageTitle } from "../../frame/top-bar-slots.tsx";
import frameCss from "../../frame/frame.module.css";
import { DocumentDialog } from "./document-dialog.tsx";
import { DocumentList } from "./document-list.tsx";
import { Distributions } from "./distributions.tsx";
import { QueryList } from "./query-list.tsx";
import { Relevance } from "./relevance.tsx";
import { RetrievalTotals } from "./retrieval-totals.tsx";
import { RetrieverTable } from "./retriever-table.tsx";
import css from "./retrieval.module.css";

const route = getRouteApi("/projects/$project/retrieval");
const KEYS = {
  title: "Retrieval",
  lines: [
    { keys: ["/"], does: "to the filter" },
    { keys: ["r"], does: "to the retriever" },
    { keys: ["j", "k"], does: "next and previous query or document" },
    { keys: ["Enter"], does: "open it" },
  ],
};

export interface RetrievalViewProps {
  project: string;
  search: RetrievalSearch;
  /** Undefined until the range is known. */
  window: RetrievalWindow;
  onSearch: (next: RetrievalSearch, replace?: boolean) => void;
}

/** What a project's searches found, and what became of it. */
export function RetrievalPage() {
  const { project } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  usePageTitle("Retrieval", project);
  useShortcutHelp(KEYS);
  useEffect(() => rememberProject(project), [project]);
  const { range: asked, from, to, filter } = search;
  const { range, anchorMs } = useListRange(project, {
    ...(asked === undefined ? {} : { range: asked }),
    ...(from === undefined || to === undefined ? {} : { from, to }),
  });
  const window = useMemo(
    () =>
      range === undefined
        ? undefined
        : { ...windowQuery(rangeWindow(range, anchorMs)), ...(filter === undefined ? {} : { filter }) },
    [range, anchorMs, filter],
  );
  const onSearch = (next: RetrievalSearch, replace = false) => void navigate({ search: next, replace });
  const overview = useRetrievalOverview(project, window);
  const view = { project, search, window, onSearch };
  const { data } = overview;
  const isUnknown =
    overview.error !== null && "code" in overview.error && overview.error.code === "not_found";
  return (
    <div className={frameCss["scroll"]}>
      <Crumb>
        <span aria-current="page">Retrieval</span>
      </Crumb>
      <TopBarActions>
        {range === undefined ? (
          <Skeleton width={118} height={28} />
        ) : (
          <RangePicker range={range} onChange={(next) => onSearch(withRange(search, next))} />
        )}
      </TopBarActions>
      <h1 className="sr-only">Retrieval of {project}</h1>
      <Bar {...view} names={data?.retrievers.map(({ name }) => name) ?? []} />
      {overview.isError && data === undefined && !isUnknown ? (
        <ErrorPanel
          title="The searches could not be counted"
          error={overview.error}
          onRetry={() => void overview.refetch()}
        />
      ) : isUnknown || data?.retrievalCount === 0 ? (
        <NoSearches isFiltered={filter !== undefined} />
      ) : (
        <div aria-busy={overview.isPlaceholderData} className={css["body"]}>
          <RetrievalTotals overview={data} />
          <Distributions overview={data} search={search} />
          <RetrieverTable {...view} retrievers={data?.retrievers} />
          <div className={css["halves"]}>
            <QueryList {...view} retrievers={data?.retrievers ?? []} />
            <DocumentList {...view} />
          </div>
          <Relevance {...view} />
        </div>
      )}
      {search.document !== undefined && <DocumentDialog {...view} documentKey={search.document} />}
    </div>
  );
}

/** Which searches. */
function Bar({
  project,
  search,
  onSearch,
  names,
}: Pick<RetrievalViewProps, "project" | "search" | "onSearch"> & { names: readonly string[] }) {
  const retrieverRef = useRef<HTMLSelectElement>(null);
  useHotkeys("r", () => retrieverRef.current?.focus(), { preventDefault: true });
  useHotkeys("j,k", (_, { keys }) => stepRows(keys?.join("") === "k" ? -1 : 1));
  const { retriever, filter, ...rest } = search;
  const known = [...new Set(retriever === undefined ? names : [...names, retriever])];
  return (
    <div className={css["bar"]}>
      <FilterBar
        project={project}
        filter={filter ?? ""}
        onApply={(next) => {
          if (next === (filter ?? "")) return;
          onSearch({
            ...rest,
            ...(retriever === undefined ? {} : { retriever }),
            ...(next === "" ? {} : { filter: next }),
          });
        }}
      />
      <label className={css["choice"]}>
        lists and scores of
        <select
          ref={retrieverRef}
          value={retriever ?? ""}
          onChange={({ target: { value } }) =>
            onSearch({
              ...rest,
              ...(filter === undefined ? {} : { filter }),
              ...(value === "" ? {} : { retriever: value }),
            })
          }
        >
          <option value="">all retrievers</option>
          {known.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

/** Moves the focus from one row of the lists to the next. */
function stepRows(by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>("main [data-row]")];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const next = rows[at === -1 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function NoSearches({ isFiltered }: { isFiltered: boolean }) {
  return (
    <Panel title="No searches here">
      <p>
        {isFiltered
          ? "No trace of this range that meets the filter has searched for documents."
          : "No trace of this range has searched for documents. Choose a longer one above."}
      </p>
      <p>
        Spans of retrievers and rerankers are searches, and tools whose result is a list of documents: with
        the SDK <span className="mono">retrieverSpan</span>, in OpenInference{" "}
        <span className="mono">openinference.span.kind</span> <span className="mono">RETRIEVER</span> with{" "}
        <span className="mono">retrieval.documents</span>.
      </p>
    </Panel>
  );
}
