import type { RetrieverSummary, SearchedQuery } from "@nightowl/model/api/retrieval";
import { Link } from "@tanstack/react-router";
import { KindDot, Skeleton } from "../../components/marks.tsx";
import { ErrorPanel } from "../../components/panel.tsx";
import type { QueryOrder } from "../../data/retrieval-search.ts";
import { useRetrievalQueries } from "../../data/use-retrieval.ts";
import { formatCount, formatPlural } from "../../view/format-number.ts";
import { formatDocumentScore } from "../../view/format-score.ts";
import type { RetrievalViewProps } from "./retrieval-page.tsx";
import css from "./retrieval.module.css";

const ORDERS: readonly { order: QueryOrder; label: string }[] = [
  { order: "worst", label: "lowest top score" },
  { order: "best", label: "highest top score" },
  { order: "empty", label: "found nothing" },
];

/** What was searched for, the worst first; each leads to its search. */
export function QueryList({
  project,
  search,
  window,
  onSearch,
  retrievers,
}: RetrievalViewProps & { retrievers: readonly RetrieverSummary[] }) {
  const order = search.queries ?? "worst";
  const { retriever } = search;
  const isDistance = retrievers.find(({ name }) => name === retriever)?.lowerIsBetter === true;
  const { data, error, isError, isPlaceholderData, refetch } = useRetrievalQueries(project, window, {
    order: isDistance && order !== "empty" ? (order === "worst" ? "best" : "worst") : order,
    ...(retriever === undefined ? {} : { retriever }),
  });
  const finders = retrievers.filter(({ kind }) => kind !== "RERANKER");
  const isMixed = retriever === undefined && order !== "empty" && finders.length > 1;
  return (
    <section className={css["section"]} aria-label="Queries">
      <header className={css["sectionHead"]}>
        <h2>Queries</h2>
        <select
          aria-label="Which queries"
          value={order}
          onChange={({ target: { value } }) => {
            const { queries: _queries, ...rest } = search;
            onSearch(value === "worst" ? rest : { ...rest, queries: value as "best" | "empty" }, true);
          }}
        >
          {ORDERS.map((each) => (
            <option key={each.order} value={each.order}>
              {each.label}
            </option>
          ))}
        </select>
      </header>
      {isMixed && (
        <p className={css["note"]}>
          Scores of different retrievers are seldom on one scale: choose one above.
        </p>
      )}
      {isError && data === undefined ? (
        <ErrorPanel small title="No queries" error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Skeleton width="90%" height={180} />
      ) : data.data.length === 0 ? (
        <p className="faint">
          {order === "empty" ? "Every search found something." : "No search of this range gave scores."}
        </p>
      ) : (
        <ol className={css["rows"]} aria-busy={isPlaceholderData}>
          {data.data.map((query) => (
            <Row key={`${query.kind} ${query.retriever} ${query.spanId}`} project={project} query={query} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Row({ project, query }: { project: string; query: SearchedQuery }) {
  const { retrievalCount, topScore, documentCount, usedCount } = query;
  return (
    <li>
      <Link
        to="/projects/$project/traces/$traceId"
        params={{ project, traceId: query.traceId }}
        search={{ span: query.spanId, tab: "documents" }}
        data-row
        className={css["row"]}
      >
        <b className="num">{topScore === null ? "–" : formatDocumentScore(topScore)}</b>
        <span className={css["rowText"]}>
          <span title={query.query}>{query.query || "(the query was not sent)"}</span>
          <small>
            <KindDot kind={query.kind} /> {query.retriever}
            {retrievalCount > 1 && ` · ${formatCount(retrievalCount)} times`}
            {documentCount > 0 && ` · ${formatPlural(documentCount, "document")}`}
            {usedCount !== null && `, ${usedCount === 0 ? "none" : formatCount(usedCount)} used`}
          </small>
        </span>
      </Link>
    </li>
  );
}
