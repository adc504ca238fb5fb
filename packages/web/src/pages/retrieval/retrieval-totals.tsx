import type { RetrievalOverview } from "@nightowl/model/api/retrieval";
import { Figure, Figures } from "../../components/figures.tsx";
import { formatCount, formatPlural, formatShare } from "../../view/format-number.ts";

/** The figures of the range. */
export function RetrievalTotals({ overview }: { overview: RetrievalOverview | undefined }) {
  const empty = overview?.emptyCount ?? 0;
  const failed = overview?.failedCount ?? 0;
  const unused = overview?.neverUsedCount ?? 0;
  return (
    <Figures>
      <Figure label="Searches" note={failed > 0 ? `${formatCount(failed)} failed` : "none failed"}>
        {overview && formatCount(overview.retrievalCount)}
      </Figure>
      <Figure
        label="Found nothing"
        tone={empty > 0 ? "warn" : undefined}
        note={overview && formatShare(empty / Math.max(1, overview.retrievalCount))}
      >
        {overview && formatCount(empty)}
      </Figure>
      <Figure
        label="Documents"
        note={overview && `found ${formatPlural(overview.hitCount, "time")}`}
        title="By content: the same text under two ids is one document"
      >
        {overview && formatCount(overview.documentCount)}
      </Figure>
      <Figure
        label="Never used"
        note={overview && `${formatShare(unused / Math.max(1, overview.documentCount))} of the documents`}
        title="No answer has four words in a row from them"
      >
        {overview && formatCount(unused)}
      </Figure>
      <Figure
        label="Used"
        note="of what was found"
        title="Of the documents found for an answer that is known, those of which it has four words in a row"
      >
        {overview && (overview.usedShare === null ? "–" : formatShare(overview.usedShare))}
      </Figure>
      <Figure label="Most found tenth" note="of the documents, has so many of the hits">
        {overview && (overview.topTenthShare === null ? "–" : formatShare(overview.topTenthShare))}
      </Figure>
    </Figures>
  );
}
