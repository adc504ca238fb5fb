import type { SpanDetail } from "@nightowl/model/api/spans";
import { answeringCall } from "@nightowl/model/retrieval/account-retrievals";
import { answerRuns, type AnswerRuns } from "@nightowl/model/retrieval/document-use";
import { rankMoves } from "@nightowl/model/retrieval/rank-moves";
import { answerText } from "@nightowl/model/retrieval/retrieval-facts";
import { useMemo } from "react";
import { useTraceAnnotations } from "../../../data/use-annotations.ts";
import { useSimilarities } from "../../../data/use-retrieval.ts";
import { useSpan } from "../../../data/use-trace.ts";
import { annotationTotals, type AnnotationTotal } from "../../../view/annotations.ts";
import { formatPlural } from "../../../view/format-number.ts";
import { queryWords, scoreMeaning } from "../../../view/transcript-documents.ts";
import type { TraceModel } from "../trace-model.ts";
import { DocumentRows } from "./document-rows.tsx";
import { RankChart } from "./rank-chart.tsx";
import block from "./block.module.css";
import css from "./documents.module.css";

/** What was found, in its order; on a reranker also what it was given, and how it moved. */
export function DocumentsTab({ model, span }: { model: TraceModel; span: SpanDetail }) {
  const { documents, inputDocuments, query } = span;
  const words = useMemo(
    () => queryWords(query ?? (span.input?.mimeType === "text/plain" ? span.input.value : "")),
    [query, span.input],
  );
  const moves = useMemo(() => rankMoves(inputDocuments, documents), [inputDocuments, documents]);
  const reranker = inputDocuments.length > 0;
  const runs = useAnswerRuns(model, span);
  const scores = documents.flatMap(({ score }) => (score === undefined ? [] : [score]));
  const similarities = useVectorSimilarities(model, span);
  const evalsOf = useDocumentEvals(model, span.spanId);
  return (
    <>
      {query !== undefined && (
        <p className={css["query"]}>
          <span className="faint">Query</span> {query}
        </p>
      )}
      {documents.length > 0 && (
        <section className={block["block"]}>
          <header>
            <h3>{reranker ? "After" : "Found"}</h3>
            <span className="faint">
              {formatPlural(documents.length, "document")}, {scoreMeaning(scores)}
            </span>
          </header>
          {reranker && <RankChart input={inputDocuments} output={documents} />}
          <DocumentRows
            project={model.project}
            similarities={similarities}
            documents={documents}
            words={words}
            runs={runs}
            evalsOf={evalsOf}
            kind={reranker ? "RERANKER" : "RETRIEVER"}
            {...(reranker ? { moves } : {})}
          />
        </section>
      )}
      {reranker && (
        <section className={block["block"]}>
          <header>
            <h3>Before</h3>
            <span className="faint">{formatPlural(inputDocuments.length, "document")}</span>
          </header>
          <DocumentRows documents={inputDocuments} words={words} runs={runs} />
        </section>
      )}
    </>
  );
}

/** What the answer that came of it says: that of the trace's last model call, where that began after the search. */
function useAnswerRuns({ tree, project, traceId }: TraceModel, { startTimeNs }: SpanDetail): AnswerRuns {
  const answering = useMemo(() => answeringCall(tree)?.span, [tree]);
  const isLater = answering !== undefined && BigInt(answering.startTimeNs) >= BigInt(startTimeNs);
  const { data } = useSpan(project, traceId, isLater ? answering.spanId : undefined);
  return useMemo(() => answerRuns(data === undefined ? "" : answerText(data)), [data]);
}

/** By the vectors of the trace, where it embedded something. */
function useVectorSimilarities(
  { tree, project, traceId }: TraceModel,
  { spanId }: SpanDetail,
): readonly (number | null)[] | undefined {
  const hasVectors = useMemo(() => tree.nodes.some(({ span }) => span.kind === "EMBEDDING"), [tree]);
  return useSimilarities(project, traceId, hasVectors ? spanId : undefined).data?.data;
}

function useDocumentEvals(
  { project, traceId }: TraceModel,
  spanId: string,
): (position: number) => readonly AnnotationTotal[] {
  const { data } = useTraceAnnotations(project, traceId);
  return useMemo(() => {
    const ofSpan = (data ?? []).filter(
      ({ target }) => target.kind === "document" && target.spanId === spanId,
    );
    return (position) =>
      annotationTotals(
        ofSpan.filter(({ target }) => target.kind === "document" && target.position === position),
      );
  }, [data, spanId]);
}
