import type { DocumentHit, RetrievedDocument } from "@nightowl/model/api/retrieval";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { CopyButton } from "../../components/copy-button.tsx";
import { Dialog } from "../../components/floating.tsx";
import { KindDot, Skeleton } from "../../components/marks.tsx";
import { ErrorPanel } from "../../components/panel.tsx";
import { TimeText } from "../../components/time-text.tsx";
import { useRetrievedDocument } from "../../data/use-retrieval.ts";
import { formatCount, formatShare } from "../../view/format-number.ts";
import { formatDocumentScore } from "../../view/format-score.ts";
import type { RetrievalViewProps } from "./retrieval-page.tsx";
import css from "./retrieval.module.css";

const SHOWN_CHARACTERS = 700;

/** One document: its text, how it fared, and the searches that found it. */
export function DocumentDialog({
  project,
  search,
  window,
  onSearch,
  documentKey,
}: RetrievalViewProps & { documentKey: string }) {
  const { data, error, isError, refetch } = useRetrievedDocument(project, window, documentKey);
  const close = () => {
    const { document: _document, ...rest } = search;
    onSearch(rest, true);
  };
  return (
    <Dialog open onOpenChange={(open) => !open && close()} title={data?.id || "Document"}>
      <div className={css["document"]}>
        {isError && data === undefined ? (
          <ErrorPanel
            small
            title="The document could not be read"
            error={error}
            onRetry={() => void refetch()}
          />
        ) : data === undefined ? (
          <Skeleton width="100%" height={220} />
        ) : (
          <>
            <Figures document={data} />
            <Text document={data} />
            <h3>
              Found by <span className="faint">the latest {formatCount(data.hits.length)} searches</span>
            </h3>
            <ul className={css["hits"]}>
              {data.hits.map((hit) => (
                <Hit key={`${hit.traceId}${hit.spanId}`} project={project} hit={hit} />
              ))}
            </ul>
          </>
        )}
      </div>
    </Dialog>
  );
}

function Figures({ document }: { document: RetrievedDocument }) {
  const { hitCount, usedCount, knownCount, meanRank, meanScore, lastTimeNs } = document;
  return (
    <dl className={css["facts"]}>
      <dt>Found</dt>
      <dd>{formatCount(hitCount)} times</dd>
      <dt>Used</dt>
      <dd>
        {knownCount === 0
          ? "not known"
          : `${formatShare(usedCount / knownCount)} (${formatCount(usedCount)} of ${formatCount(knownCount)})`}
      </dd>
      <dt>Mean rank</dt>
      <dd>{meanRank === null ? "–" : meanRank.toFixed(1)}</dd>
      <dt>Mean score</dt>
      <dd>{meanScore === null ? "–" : formatDocumentScore(meanScore)}</dd>
      <dt>Last found</dt>
      <dd>
        <TimeText ns={lastTimeNs} form="relative" />
      </dd>
    </dl>
  );
}

function Text({ document: { text } }: { document: RetrievedDocument }) {
  const [open, setOpen] = useState(false);
  if (text === null) return <p className="faint">The text was not sent.</p>;
  const isLong = text.length > SHOWN_CHARACTERS;
  return (
    <div className={css["text"]}>
      <p>{open || !isLong ? text : `${text.slice(0, SHOWN_CHARACTERS).toWellFormed()}…`}</p>
      <div>
        {isLong && (
          <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? "Less" : `All ${formatCount(text.length)} characters`}
          </button>
        )}
        <CopyButton text={text} label="Copy the document's text" what="Text copied" />
      </div>
    </div>
  );
}

function Hit({ project, hit }: { project: string; hit: DocumentHit }) {
  const { rank, rankBefore, score, used } = hit;
  return (
    <li>
      <Link
        to="/projects/$project/traces/$traceId"
        params={{ project, traceId: hit.traceId }}
        search={{ span: hit.spanId, tab: "documents" }}
      >
        <KindDot kind={hit.kind} />
        <span className="truncate" title={`${hit.retriever}: ${hit.query}`}>
          {hit.query || hit.retriever}
        </span>
        <span className="num faint" title={rankBefore === null ? "Rank" : "Rank before reranking and now"}>
          {rankBefore === null ? `#${rank}` : `#${rankBefore} → #${rank}`}
        </span>
        <span className="num">{score === null ? "" : formatDocumentScore(score)}</span>
        <span data-used={used === true || undefined} className={css["use"]}>
          {used === null ? "?" : used ? "used" : "–"}
        </span>
        <span className="faint">
          <TimeText ns={hit.startTimeNs} />
        </span>
      </Link>
    </li>
  );
}
