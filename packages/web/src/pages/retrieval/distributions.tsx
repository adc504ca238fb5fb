import type { RetrievalOverview } from "@nightowl/model/api/retrieval";
import { Skeleton } from "../../components/marks.tsx";
import type { RetrievalSearch } from "../../data/retrieval-search.ts";
import { formatCompact } from "../../view/format-number.ts";
import { formatDocumentScore } from "../../view/format-score.ts";
import { countLabel, scoreLabel } from "../../view/retrieval-bins.ts";
import { BinChart } from "./bin-chart.tsx";
import css from "./retrieval.module.css";

/** How scores, numbers of documents and hits are spread. Scores are those of one retriever: two are hardly on one scale. */
export function Distributions({
  overview,
  search,
}: {
  overview: RetrievalOverview | undefined;
  search: RetrievalSearch;
}) {
  if (overview === undefined) {
    return (
      <div className={css["thirds"]} role="status" aria-label="Loading the searches">
        {[0, 1, 2].map((place) => (
          <section key={place} className={css["section"]}>
            <Skeleton width="100%" height={132} />
          </section>
        ))}
      </div>
    );
  }
  const scored = overview.retrievers.filter(({ scores }) => scores.length > 0);
  const shown = scored.find(({ name }) => name === search.retriever) ?? scored[0];
  return (
    <div className={css["thirds"]}>
      <section className={css["section"]} aria-label="Scores">
        <h2>
          Scores <span className="faint">{shown?.name}</span>
        </h2>
        {shown === undefined ? (
          <p className="faint">No search gave scores.</p>
        ) : (
          <BinChart
            label={`First documents by score, of ${shown.name}`}
            unit="first documents"
            every={5}
            bins={shown.scores.map((bin) => ({
              label: scoreLabel(bin),
              mark: formatDocumentScore(bin.from),
              count: bin.top,
              behind: bin.all,
            }))}
          />
        )}
        <p className={css["note"]}>
          <i data-front /> the first document <i data-behind /> all
          {shown?.lowerIsBetter === true && " · they grow with the rank, as distances do: lower is better"}
        </p>
      </section>
      <section className={css["section"]} aria-label="Documents found">
        <h2>Documents a search found</h2>
        <BinChart
          label="Searches by documents found"
          unit="searches"
          every={overview.documentsFound.length > 14 ? 5 : 1}
          bins={overview.documentsFound.map((bin) => ({
            label: countLabel(bin),
            mark: countLabel(bin),
            count: bin.count,
            ...(bin.from === 0 ? { tone: "warn" as const } : {}),
          }))}
        />
        <p className={css["note"]}>Failed searches are left out.</p>
      </section>
      <section className={css["section"]} aria-label="Hits">
        <h2>Times a document was found</h2>
        <BinChart
          label="Documents by times found"
          unit="documents"
          bins={overview.hits.map((bin) => ({
            label: countLabel(bin),
            mark: formatCompact(bin.from),
            count: bin.count,
          }))}
        />
        <p className={css["note"]}>Documents that were found that often, by content.</p>
      </section>
    </div>
  );
}
