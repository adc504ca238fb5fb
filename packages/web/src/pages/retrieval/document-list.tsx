import type { DocumentFigures } from "@nightowl/model/api/retrieval";
import { Link } from "@tanstack/react-router";
import { Skeleton } from "../../components/marks.tsx";
import { ErrorPanel } from "../../components/panel.tsx";
import type { DocumentSort, RetrievalSearch } from "../../data/retrieval-search.ts";
import { useRetrievedDocuments } from "../../data/use-retrieval.ts";
import { formatCompact, formatShare } from "../../view/format-number.ts";
import type { RetrievalViewProps } from "./retrieval-page.tsx";
import css from "./retrieval.module.css";

const SORTS: readonly { sort: DocumentSort; label: string }[] = [
  { sort: "unused", label: "found most, never used" },
  { sort: "hits", label: "found most" },
  { sort: "rank", label: "best mean rank" },
];

/** What was found, and did not help; each opens. */
export function DocumentList({ project, search, window, onSearch }: RetrievalViewProps) {
  const sort = search.documents ?? "unused";
  const { retriever } = search;
  const { data, error, isError, isPlaceholderData, refetch } = useRetrievedDocuments(project, window, {
    sort,
    ...(retriever === undefined ? {} : { retriever }),
  });
  const most = Math.max(1, ...(data?.data.map(({ hitCount }) => hitCount) ?? []));
  return (
    <section className={css["section"]} aria-label="Documents">
      <header className={css["sectionHead"]}>
        <h2>Documents</h2>
        <select
          aria-label="Which documents"
          value={sort}
          onChange={({ target: { value } }) => {
            const { documents: _documents, ...rest } = search;
            onSearch(value === "unused" ? rest : { ...rest, documents: value as "hits" | "rank" }, true);
          }}
        >
          {SORTS.map((each) => (
            <option key={each.sort} value={each.sort}>
              {each.label}
            </option>
          ))}
        </select>
      </header>
      {isError && data === undefined ? (
        <ErrorPanel small title="No documents" error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Skeleton width="90%" height={180} />
      ) : data.data.length === 0 ? (
        <p className="faint">
          {sort === "unused"
            ? "Every document was used in some answer, or no answer is known that could have."
            : "No document was found in this range."}
        </p>
      ) : (
        <ol className={css["rows"]} aria-busy={isPlaceholderData}>
          {data.data.map((document) => (
            <Row
              key={document.documentKey}
              project={project}
              search={search}
              document={document}
              most={most}
            />
          ))}
        </ol>
      )}
    </section>
  );
}

function Row({
  project,
  search,
  document,
  most,
}: {
  project: string;
  search: RetrievalSearch;
  document: DocumentFigures;
  most: number;
}) {
  const { documentKey, id, preview, hitCount, usedCount, knownCount, meanRank } = document;
  return (
    <li>
      <Link
        to="/projects/$project/retrieval"
        params={{ project }}
        search={{ ...search, document: documentKey }}
        data-row
        className={css["row"]}
      >
        <b className="num">{formatCompact(hitCount)}×</b>
        <span className={css["rowText"]}>
          <span title={preview}>
            {id !== "" && <code>{id}</code>} {preview || (id === "" ? "(no text)" : "")}
          </span>
          <small>
            <span className={css["hitBar"]} aria-hidden="true">
              <i style={{ width: `${(hitCount / most) * 100}%` }} />
              <i data-used style={{ width: `${(usedCount / most) * 100}%` }} />
            </span>
            {knownCount === 0 ? "use not known" : `used ${formatShare(usedCount / knownCount)}`}
            {meanRank !== null && ` · mean rank ${meanRank.toFixed(1)}`}
          </small>
        </span>
      </Link>
    </li>
  );
}
