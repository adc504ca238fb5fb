import type { SpanDetail } from "@nightowl/model/api/spans";
import { useMemo } from "react";
import { formatPlural } from "../../../view/format-number.ts";
import { queryWords, rankMoves } from "../../../view/transcript-documents.ts";
import { DocumentRows } from "./document-rows.tsx";
import css from "./span.module.css";

/** What was found, in its order; on a reranker also what it was given, and how it moved. */
export function DocumentsTab({ span }: { span: SpanDetail }) {
  const { documents, inputDocuments, query } = span;
  const words = useMemo(
    () => queryWords(query ?? (span.input?.mimeType === "text/plain" ? span.input.value : "")),
    [query, span.input],
  );
  const moves = useMemo(() => rankMoves(inputDocuments, documents), [inputDocuments, documents]);
  const reranker = inputDocuments.length > 0;
  return (
    <>
      {query !== undefined && (
        <p className={css["query"]}>
          <span className="faint">Query</span> {query}
        </p>
      )}
      {documents.length > 0 && (
        <section className={css["block"]}>
          <header>
            <h3>{reranker ? "After" : "Found"}</h3>
            <span className="faint">{formatPlural(documents.length, "document")}</span>
          </header>
          <DocumentRows
            documents={documents}
            words={words}
            kind={reranker ? "RERANKER" : "RETRIEVER"}
            {...(reranker ? { moves } : {})}
          />
        </section>
      )}
      {reranker && (
        <section className={css["block"]}>
          <header>
            <h3>Before</h3>
            <span className="faint">{formatPlural(inputDocuments.length, "document")}</span>
          </header>
          <DocumentRows documents={inputDocuments} words={words} />
        </section>
      )}
    </>
  );
}
