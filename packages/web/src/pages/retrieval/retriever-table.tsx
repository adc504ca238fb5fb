import type { RetrieverSummary } from "@nightowl/model/api/retrieval";
import { KindDot, Skeleton } from "../../components/marks.tsx";
import { formatDuration } from "../../view/format-duration.ts";
import { formatCount, formatShare } from "../../view/format-number.ts";
import { formatDocumentScore } from "../../view/format-score.ts";
import type { RetrievalViewProps } from "./retrieval-page.tsx";
import css from "./retrieval.module.css";

const HEADS: readonly { label: string; hint?: string }[] = [
  { label: "Searches" },
  { label: "Found nothing" },
  { label: "Failed" },
  { label: "Documents", hint: "Mean number that a search found" },
  { label: "p50" },
  { label: "p95" },
  { label: "Top score", hint: "Median of the first document's score; the bar spans the middle 80 %" },
  { label: "Used", hint: "Of the documents found for an answer that is known, those it has words from" },
];

/** One line for each retriever; its name puts lists and scores to it. */
export function RetrieverTable({
  retrievers,
  search,
  onSearch,
}: RetrievalViewProps & { retrievers: readonly RetrieverSummary[] | undefined }) {
  return (
    <section className={css["tableWrap"]} aria-label="Retrievers">
      <table className={css["table"]}>
        <thead>
          <tr>
            <th scope="col">Retriever</th>
            {HEADS.map(({ label, hint }) => (
              <th key={label} scope="col" title={hint}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {retrievers === undefined
            ? [0, 1, 2].map((row) => (
                <tr key={row}>
                  <td colSpan={HEADS.length + 1}>
                    <Skeleton width={`${80 - row * 12}%`} />
                  </td>
                </tr>
              ))
            : retrievers.map((retriever) => (
                <Line
                  key={`${retriever.kind} ${retriever.name}`}
                  retriever={retriever}
                  isChosen={retriever.name === search.retriever}
                  onChoose={() => {
                    const { retriever: chosen, ...rest } = search;
                    onSearch(chosen === retriever.name ? rest : { ...rest, retriever: retriever.name });
                  }}
                />
              ))}
        </tbody>
      </table>
    </section>
  );
}

function Line({
  retriever,
  isChosen,
  onChoose,
}: {
  retriever: RetrieverSummary;
  isChosen: boolean;
  onChoose: () => void;
}) {
  const { name, kind, retrievalCount, emptyCount, failedCount, meanDocuments, usedShare } = retriever;
  const some = Math.max(1, retrievalCount);
  return (
    <tr data-chosen={isChosen || undefined}>
      <th scope="row">
        <button
          type="button"
          aria-pressed={isChosen}
          onClick={onChoose}
          title={`Lists and scores of ${name}`}
        >
          <KindDot kind={kind} /> {name}
        </button>
      </th>
      <td>{formatCount(retrievalCount)}</td>
      <td data-tone={emptyCount > 0 ? "warn" : undefined} title={formatCount(emptyCount)}>
        {emptyCount === 0 ? "–" : formatShare(emptyCount / some)}
      </td>
      <td data-tone={failedCount > 0 ? "error" : undefined} title={formatCount(failedCount)}>
        {failedCount === 0 ? "–" : formatShare(failedCount / some)}
      </td>
      <td>{meanDocuments === null ? "–" : Number(meanDocuments.toFixed(1))}</td>
      <td>{formatDuration(retriever.durationP50Ms)}</td>
      <td>{formatDuration(retriever.durationP95Ms)}</td>
      <td>
        <TopScores retriever={retriever} />
      </td>
      <td>{usedShare === null ? "–" : formatShare(usedShare)}</td>
    </tr>
  );
}

/** The middle of the top scores as a bar on the scale of this retriever's scores. */
function TopScores({ retriever: { topScores, scores, lowerIsBetter } }: { retriever: RetrieverSummary }) {
  const [from, to] = [scores[0]?.from, scores.at(-1)?.to];
  if (topScores === null || from === undefined || to === undefined) return <span className="faint">–</span>;
  const { p10, p50, p90, count } = topScores;
  const at = (score: number) => `${Math.min(100, Math.max(0, ((score - from) / (to - from)) * 100))}%`;
  const title = `${formatDocumentScore(p10)} – ${formatDocumentScore(p90)} in the middle 80 % of ${formatCount(count)}, on a scale from ${formatDocumentScore(from)} to ${formatDocumentScore(to)}${lowerIsBetter ? "; lower is better" : ""}`;
  return (
    <span className={css["spread"]} title={title}>
      <span>
        <i style={{ left: at(p10), right: `calc(100% - ${at(p90)})` }} />
        <em style={{ left: at(p50) }} />
      </span>
      {formatDocumentScore(p50)}
    </span>
  );
}
