import type { DocumentHit, RetrievedDocument } from "@nightowl/model/api/retrieval";
import { documentKey as keyOfDocument } from "@nightowl/model/retrieval/document-key";
import type { Document, SpanKind } from "@nightowl/model/span/span";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import type { Database } from "../store/db/database.ts";
import { readAt } from "../store/prompt-rows.ts";
import { keyNumber } from "../store/retrieval-rows.ts";
import { readFigures, readNames, toFigures } from "./list-retrieved-documents.ts";
import { QueryInputError } from "./query-input-error.ts";
import { readEventsOf } from "./read-span-logs.ts";
import { retrievalScope, type RetrievalScope } from "./retrieval-scope.ts";
import type { TraceScopeInput } from "./trace-scope.ts";

export interface GetRetrievedDocumentInput extends TraceScopeInput {
  documentKey: string;
  limit: number;
}

interface HitRow {
  trace_id: string;
  span_id: string;
  start_hour: number;
  start_ns: string;
  retriever: string;
  kind: SpanKind;
  query: string;
  rank: number;
  rank_before: number;
  score: number | null;
  use: number;
  finds: boolean;
}

/**
 * @throws {QueryInputError} for a filter or time that cannot be read; `not_found` where no search of the range found a
 *   document of this key.
 */
export async function getRetrievedDocument(
  db: Database,
  input: GetRetrievedDocumentInput,
): Promise<RetrievedDocument> {
  const { project, documentKey } = input;
  const document = keyNumber(documentKey);
  const scope = retrievalScope(input);
  const has = { ...scope, from: `${scope.from} AND has(documents, {document:UInt64})` };
  const finding = { ...has, from: `${has.from} AND finds` };
  const [[figures], rows, names] = await Promise.all([
    readFigures(db, finding, "WHERE document = {document:UInt64}", "", { document }),
    readHits(db, has, document, 2 * input.limit),
    readNames(db, project, [document]),
  ]);
  const [latest] = rows;
  if (!figures || !latest) {
    throw new QueryInputError(
      "not_found",
      `No search of project "${project}" found a document ${documentKey} in this range.`,
      "Choose a longer range, or leave the filter out.",
    );
  }
  const found = await readDocument(db, project, latest, documentKey);
  return {
    ...toFigures(figures, names.get(document)),
    meanScore: figures.mean_score,
    text: found?.text ?? null,
    metadata: found?.metadata ?? null,
    hits: withReranking(rows).slice(0, input.limit).map(toHit),
  };
}

function readHits(
  db: Database,
  { from, params }: RetrievalScope,
  document: string,
  limit: number,
): Promise<HitRow[]> {
  return db.query<HitRow>(
    `SELECT trace_id, span_id, start_hour, start_ns, retriever, kind, query, toUInt32(indexOf(documents, {document:UInt64})) AS rank,
  ranks_before[rank] AS rank_before, scores[rank] AS score, used[rank] AS use, finds
${from} ORDER BY start_ns DESC, span_id LIMIT {limit:UInt32}`,
    { ...params, document, limit },
  );
}

/** The searches, each with the rank that the document had before it was reranked for the same query in its trace. */
function withReranking(rows: readonly HitRow[]): HitRow[] {
  const key = ({ trace_id: traceId, query }: HitRow) => `${traceId} ${query}`;
  const before = new Map(
    rows.map((row) => [key(row), row.rank_before || 0] as const).filter(([, rank]) => rank > 0),
  );
  return rows
    .filter(({ finds }) => finds)
    .map((row) => ({ ...row, rank_before: row.rank_before || (before.get(key(row)) ?? 0) }));
}

/** As it stands on the span that found it. */
async function readDocument(
  db: Database,
  project: string,
  { trace_id: traceId, span_id: spanId, start_hour: startHour }: HitRow,
  key: string,
): Promise<Document | undefined> {
  const spans = await readAt(db, project, [{ traceId, spanId, startHour }]);
  const [events = []] = await readEventsOf(db, spans);
  return spans
    .flatMap((wire) => normaliseSpan(wire, { project, logs: events }).documents)
    .find((each) => keyOfDocument(each) === key);
}

function toHit(row: HitRow): DocumentHit {
  return {
    traceId: row.trace_id,
    spanId: row.span_id,
    retriever: row.retriever,
    kind: row.kind,
    query: row.query,
    rank: row.rank,
    rankBefore: row.rank_before === 0 ? null : row.rank_before,
    score: row.score,
    used: row.use < 0 ? null : row.use === 1,
    startTimeNs: row.start_ns,
  };
}
