import { answerRuns, usedWords, type AnswerRuns } from "@nightowl/model/retrieval/document-use";
import type { RankMove } from "@nightowl/model/retrieval/rank-moves";
import type { Document } from "@nightowl/model/span/span";
import { documentKey } from "@nightowl/model/retrieval/document-key";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { CopyButton } from "../../../components/copy-button.tsx";
import { clipText, isLongText } from "../../../view/transcript-messages.ts";
import { formatScore, type AnnotationTotal } from "../../../view/annotations.ts";
import { duplicateRanks, markDocument, type DocumentPiece } from "../../../view/document-use.ts";
import { formatDocumentScore } from "../../../view/format-score.ts";
import { formatPlural } from "../../../view/format-number.ts";
import { scoreShare } from "../../../view/transcript-documents.ts";
import { ValueTree } from "../../../components/values/value-tree.tsx";
import css from "./documents.module.css";

/** More documents than this are shown when asked for. */
const PAGE = 50;
const NO_RUNS = answerRuns("");

/** Documents in their order: rank, text with the query's words marked, score. `moves` adds where each stood before. */
export function DocumentRows({
  documents,
  words,
  moves,
  runs = NO_RUNS,
  evalsOf,
  kind = "RETRIEVER",
  project,
  similarities,
}: {
  documents: readonly Document[];
  words: readonly string[];
  moves?: readonly RankMove[];
  /** What the answer says: where a document says the same is marked. */
  runs?: AnswerRuns;
  /** What was said of the document at a position. */
  evalsOf?: (position: number) => readonly AnnotationTotal[];
  kind?: "RETRIEVER" | "RERANKER";
  /** Where documents lead to what is known of them across traces. */
  project?: string;
  /** Cosines of vectors, by position. */
  similarities?: readonly (number | null)[] | undefined;
}) {
  const [shown, setShown] = useState(PAGE);
  const scores = useMemo(
    () => documents.flatMap((document) => (document.score === undefined ? [] : [document.score])),
    [documents],
  );
  const duplicates = useMemo(() => duplicateRanks(documents), [documents]);
  return (
    <div className={css["documents"]} data-kind={kind}>
      {documents.slice(0, shown).map((document, index) => (
        <DocumentRow
          // oxlint-disable-next-line react/no-array-index-key
          key={index}
          document={document}
          scores={scores}
          words={words}
          move={moves?.[index]}
          runs={runs}
          duplicate={duplicates[index]}
          evals={evalsOf?.(index) ?? []}
          project={project}
          cosine={similarities?.[index] ?? undefined}
        />
      ))}
      {documents.length > shown && (
        <button type="button" className={css["moreRows"]} onClick={() => setShown(documents.length)}>
          {documents.length - shown} more documents
        </button>
      )}
    </div>
  );
}

function DocumentRow({
  document,
  scores,
  words,
  move,
  runs,
  duplicate,
  evals,
  project,
  cosine,
}: {
  document: Document;
  scores: readonly number[];
  words: readonly string[];
  move: RankMove | undefined;
  runs: AnswerRuns;
  duplicate: number | undefined;
  evals: readonly AnnotationTotal[];
  project: string | undefined;
  cosine: number | undefined;
}) {
  const { text, score, id, rank, similarity, metadata } = document;
  const [open, setOpen] = useState(false);
  const long = text !== undefined && (text.length > 260 || isLongText(text));
  const shown = text === undefined ? "" : open ? text : clipText(text).slice(0, 260);
  const pieces = useMemo(() => markDocument(shown, words, runs), [shown, words, runs]);
  const used = useMemo(() => usedWords(text ?? "", runs), [text, runs]);
  const key = documentKey(document);
  const details = metadata !== undefined && metadata !== null;
  return (
    <div className={css["document"]} data-open={open || undefined}>
      <span className={css["rank"]}>{rank}</span>
      <div className={css["documentText"]}>
        {(id !== undefined || similarity !== undefined || cosine !== undefined) && (
          <div className={css["documentId"]}>
            {id !== undefined && <span title={id}>{id}</span>}
            {similarity !== undefined && (
              <span className="faint" title="As the retriever said">
                similarity {formatDocumentScore(similarity)}
              </span>
            )}
            {similarity === undefined && cosine !== undefined && (
              <span className="faint" title="Of query and document, by the vectors that the trace has">
                cosine {formatDocumentScore(cosine)}
              </span>
            )}
          </div>
        )}
        {(used > 0 || duplicate !== undefined || evals.length > 0) && (
          <div className={css["documentMarks"]}>
            {used > 0 && (
              <span
                data-used
                title={`The answer has ${formatPlural(used, "word")} in a row or more from it, underlined`}
              >
                used in the answer
              </span>
            )}
            {duplicate !== undefined && (
              <span title="The same text, white space aside">same as {duplicate}</span>
            )}
            {evals.map(({ name, meanScore, label }) => (
              <span key={name}>
                {name} <b>{meanScore === undefined ? label : formatScore(meanScore)}</b>
              </span>
            ))}
          </div>
        )}
        {text === undefined ? (
          <span className="faint">The text was not sent</span>
        ) : (
          <p>
            {pieces.map((piece, index) => (
              // oxlint-disable-next-line react/no-array-index-key
              <Piece key={index} piece={piece} />
            ))}
            {long && !open && "…"}
          </p>
        )}
        {open && details && (
          <div className={css["metadata"]}>
            <ValueTree value={metadata} />
          </div>
        )}
        {(long || details || (project !== undefined && key !== undefined)) && (
          <div className={css["documentActions"]}>
            {(long || details) && (
              <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
                {open ? "Less" : details ? (long ? "All, with metadata" : "Metadata") : "All"}
              </button>
            )}
            {project !== undefined && key !== undefined && (
              <Link
                to="/projects/$project/retrieval"
                params={{ project }}
                search={{ range: "all", document: key }}
                title="How often searches found it, at which rank, and how often answers used it"
              >
                In all traces
              </Link>
            )}
            {open && text !== undefined && (
              <CopyButton text={text} label="Copy the document's text" what="Text copied" />
            )}
          </div>
        )}
      </div>
      <div className={css["score"]}>
        {score !== undefined && (
          <>
            <span className="num">{formatDocumentScore(score)}</span>
            <span className={css["scoreBar"]}>
              <i style={{ width: `${scoreShare(score, scores) * 100}%` }} />
            </span>
          </>
        )}
        {move !== undefined && <Moved move={move} />}
      </div>
    </div>
  );
}

function Piece({ piece: { text, hit, used } }: { piece: DocumentPiece }) {
  const marked = hit ? <mark>{text}</mark> : text;
  return used ? <u className={css["usedText"]}>{marked}</u> : marked;
}

function Moved({ move }: { move: RankMove }) {
  if (move.before === undefined || move.gained === undefined) {
    return (
      <span className={css["moved"]} title="It was not in what the reranker was given">
        new
      </span>
    );
  }
  const text = move.gained > 0 ? `↑ ${move.gained}` : move.gained < 0 ? `↓ ${-move.gained}` : "=";
  return (
    <span
      className={css["moved"]}
      data-way={move.gained > 0 ? "up" : move.gained < 0 ? "down" : undefined}
      title={`Stood at ${move.before} before`}
    >
      {text}
    </span>
  );
}
