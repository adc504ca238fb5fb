import { LRUCache } from "lru-cache";
import type { AccountedRetrieval } from "@nightowl/model/retrieval/account-retrievals";
import type { FoundDocument } from "@nightowl/model/retrieval/retrieval-facts";
import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import { shownName } from "@nightowl/model/api/span-row";
import { oneLine } from "@nightowl/otlp/normalise/preview";
import type { Database } from "./db/database.ts";
import { text } from "./json-text.ts";
import { RowBuffer, type RowBytes } from "./row-buffer.ts";
import { startHour } from "./rows.ts";
import type { TraceExtent } from "./store.ts";

/** Rows of `retrievals` as they are written, in this order. */
export const RETRIEVAL_COLUMNS = [
  "project", "start_hour", "trace_id", "span_id", "version", "counted", "finds", "start_ns", "trace_start_ns", "duration_ms",
  "running", "failed", "kind", "retriever", "query", "answer_span_id", "sample_weight", "documents", "scores",
  "ranks_before", "used",
] as const; // prettier-ignore

/** Rows of `documents`, the same. */
export const DOCUMENT_COLUMNS = ["project", "document", "start_hour", "version", "id", "preview"] as const;

/** Documents of one search that are kept; further ones are on the span alone. */
const MAX_DOCUMENTS = 500;
const MAX_QUERY = 1_000;
const MAX_ID = 500;
const HOURS_OF_DAY = 24;

interface SearchedTrace {
  summary: TraceSummary;
  retrievals: readonly AccountedRetrieval[];
}

/** Searches of traces as bytes to insert: JSONCompactEachRow in the order of {@link RETRIEVAL_COLUMNS}. */
export function toRetrievalRows(traces: readonly SearchedTrace[], version: bigint): RowBytes {
  const buffer = new RowBuffer();
  for (const { summary, retrievals } of traces) {
    for (const retrieval of retrievals) buffer.add(toRetrievalRow(retrieval, summary, version));
  }
  return buffer.finish();
}

function toRetrievalRow(
  { row, counted, finds, query, documents: all, answerSpanId, used }: AccountedRetrieval,
  trace: TraceSummary,
  version: bigint,
): string {
  const documents = all.slice(0, MAX_DOCUMENTS);
  const running = row.endTimeNs === "0";
  const durationMs = running ? 0 : Math.max(0, Number(BigInt(row.endTimeNs) - BigInt(row.startTimeNs)) / 1e6);
  return (
    `[${text(trace.project)},${startHour(row.startTimeNs)},${text(trace.traceId)},${text(row.spanId)},${version},` +
    `${counted},${finds},${row.startTimeNs},${trace.startTimeNs},${durationMs},${running},${row.statusCode === "ERROR"},` +
    `${text(row.kind)},${text(shownName(row))},${text(query.slice(0, MAX_QUERY).trim())},${text(answerSpanId)},` +
    `${row.sampleWeight ?? 1},[${documents.map(({ key }) => keyNumber(key)).join(",")}],` +
    `[${documents.map(({ score }) => score ?? "null").join(",")}],` +
    `[${documents.map(({ rankBefore }) => Math.min(rankBefore ?? 0, 65_535)).join(",")}],` +
    `[${documents.map((_, index) => useNumber(used[index])).join(",")}]]\n`
  );
}

/** A document's key as the number that it is in the store. */
export function keyNumber(key: string | undefined): string {
  return key === undefined ? "0" : BigInt(`0x${key}`).toString();
}

function useNumber(used: boolean | undefined): number {
  return used === undefined ? -1 : Number(used);
}

/** What was written not long ago need not be written again. */
const KNOWN_DOCUMENTS = 50_000;
const KNOWN_MS = 6 * 3_600_000;

/** Makes rows of `documents`, each document once a day and project, as far as it remembers. */
export class DocumentRows {
  readonly #known = new LRUCache<string, true>({ max: KNOWN_DOCUMENTS, ttl: KNOWN_MS });

  /** JSONCompactEachRow in the order of {@link DOCUMENT_COLUMNS}, and what to call when the rows are on disk. */
  of(traces: readonly SearchedTrace[], version: bigint): RowBytes & { written: () => void } {
    const buffer = new RowBuffer();
    const fresh = new Set<string>();
    for (const { summary, retrievals } of traces) {
      for (const { row, documents } of retrievals) {
        const hour = startHour(row.startTimeNs);
        const day = hour - (hour % HOURS_OF_DAY);
        for (const document of documents.slice(0, MAX_DOCUMENTS)) {
          const name = `${document.key ?? ""} ${day} ${summary.project}`;
          if (document.key === undefined || fresh.has(name) || this.#known.has(name)) continue;
          fresh.add(name);
          buffer.add(toDocumentRow(document, summary.project, day, version));
        }
      }
    }
    return {
      ...buffer.finish(),
      written: () => {
        for (const name of fresh) this.#known.set(name, true);
      },
    };
  }
}

function toDocumentRow(document: FoundDocument, project: string, day: number, version: bigint): string {
  const id = text((document.id ?? "").slice(0, MAX_ID));
  return `[${text(project)},${keyNumber(document.key)},${day},${version},${id},${text(oneLine(document.text ?? ""))}]\n`;
}

const MIGRATION = "0007-retrievals";

/** Traces with searches that were received before there was a table for these, and have no row in it. */
export function listUntakenSearches(db: Database): Promise<TraceExtent[]> {
  return db.query<TraceExtent>(
    `SELECT project, trace_id AS traceId, min(start_hour) AS firstHour, max(start_hour) AS lastHour,
       toUInt32(count()) AS spanCount
     FROM spans
     WHERE (document_count > 0 OR kind IN ('RETRIEVER', 'RERANKER'))
       AND received_ns < (SELECT toUInt64(toUnixTimestamp64Nano(min(applied_at))) FROM schema_migrations
         WHERE id = {migration:String})
       AND trace_id NOT IN (SELECT trace_id FROM retrievals)
     GROUP BY project, trace_id ORDER BY firstHour`,
    { migration: MIGRATION },
  );
}
