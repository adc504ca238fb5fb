import { RANKING_CUTS, type Ranking } from "@nightowl/model/api/retrieval";
import type { ReactNode } from "react";
import { KindDot, Skeleton } from "../../components/marks.tsx";
import { CodeLines, ErrorPanel } from "../../components/panel.tsx";
import { useRetrievalRelevance } from "../../data/use-retrieval.ts";
import { formatCount, formatPlural } from "../../view/format-number.ts";
import type { RetrievalViewProps } from "./retrieval-page.tsx";
import css from "./retrieval.module.css";

/** How good the order of the documents is, where somebody said which are relevant; else how to say it. */
export function Relevance({ project, window }: RetrievalViewProps) {
  const { data, error, isError, isPlaceholderData, refetch } = useRetrievalRelevance(project, window);
  return (
    <section className={css["section"]} aria-label="Relevance" aria-busy={isPlaceholderData}>
      <header className={css["sectionHead"]}>
        <h2>Relevance</h2>
        {data !== undefined && data.total !== null && (
          <span className="faint">
            {formatPlural(data.documentCount, "judged document")} of{" "}
            {formatPlural(data.lookedAtCount, "search", "searches")}
            {data.judgedCount > data.lookedAtCount && `, the latest of ${formatCount(data.judgedCount)}`}, by{" "}
            {data.names.join(", ")}. One that nobody judged counts as irrelevant.
          </span>
        )}
      </header>
      {isError && data === undefined ? (
        <ErrorPanel small title="No relevance" error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Skeleton width="80%" height={60} />
      ) : data.total === null ? (
        <NoJudgements />
      ) : (
        <div className={css["tableWrap"]}>
          <table className={css["table"]}>
            <thead>
              <tr>
                <th scope="col">Retriever</th>
                <th scope="col">Judged</th>
                {RANKING_CUTS.map((k) => (
                  <th key={k} scope="col" title={`Relevant documents among the first ${k}, divided by ${k}`}>
                    P@{k}
                  </th>
                ))}
                {RANKING_CUTS.slice(1).map((k) => (
                  <th
                    key={k}
                    scope="col"
                    title={`Normalised discounted cumulative gain of the first ${k}, against the best order of what was found`}
                  >
                    nDCG@{k}
                  </th>
                ))}
                <th scope="col" title="Mean of 1 divided by the rank of the first relevant document">
                  MRR
                </th>
              </tr>
            </thead>
            <tbody>
              {data.retrievers.map((ranking) => (
                <Line key={`${ranking.kind} ${ranking.name}`} ranking={ranking}>
                  <KindDot kind={ranking.kind} /> {ranking.name}
                </Line>
              ))}
              {data.retrievers.length > 1 && <Line ranking={data.total}>all</Line>}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Line({ ranking, children }: { ranking: Ranking; children: ReactNode }) {
  const { precision, ndcg, meanReciprocalRank, judgedCount } = ranking;
  return (
    <tr>
      <th scope="row">{children}</th>
      <td>{formatCount(judgedCount)}</td>
      {precision.map(({ k, mean }) => (
        <td key={k}>{mean.toFixed(2)}</td>
      ))}
      {ndcg.slice(1).map(({ k, mean }) => (
        <td key={k}>{mean.toFixed(2)}</td>
      ))}
      <td>{meanReciprocalRank.toFixed(2)}</td>
    </tr>
  );
}

function NoJudgements() {
  return (
    <>
      <p className="faint">
        Precision, nDCG and MRR are shown here once documents are judged: annotations called{" "}
        <code>relevance</code> or the like, with a score of 0 to 1 or a label, from people, models or code.
      </p>
      <CodeLines text={EXAMPLE} label="a judgement of the first document of a search" />
    </>
  );
}

const EXAMPLE = `curl ${globalThis.location?.origin ?? ""}/v1/document_annotations -H 'content-type: application/json' -d '{"data": [{
  "span_id": "SPAN_ID", "document_position": 0, "name": "relevance", "annotator_kind": "LLM",
  "result": {"score": 1}}]}'`;
