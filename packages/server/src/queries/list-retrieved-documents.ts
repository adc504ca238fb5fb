import type { DOCUMENT_SORTS, DocumentFigures } from "@nightowl/model/api/retrieval";
import type { Database } from "../store/db/database.ts";
import { requireProject } from "./list-projects.ts";
import { findingScope, keyText, type RetrievalScope, type RetrievalScopeInput } from "./retrieval-scope.ts";

export interface ListRetrievedDocumentsInput extends RetrievalScopeInput {
  sort: (typeof DOCUMENT_SORTS)[number];
  limit: number;
}

const SORTS: Record<ListRetrievedDocumentsInput["sort"], string> = {
  unused: "HAVING known > 0 AND used = 0 ORDER BY hits DESC, document",
  hits: "ORDER BY hits DESC, document",
  rank: "ORDER BY mean_rank, hits DESC, document",
};

/** @throws {QueryInputError} for a filter or time that cannot be read, and for an unknown project. */
export async function listRetrievedDocuments(
  db: Database,
  input: ListRetrievedDocumentsInput,
): Promise<DocumentFigures[]> {
  const scope = findingScope(input);
  const rows = await readFigures(
    db,
    scope,
    `WHERE document != 0`,
    `${SORTS[input.sort]} LIMIT {limit:UInt32}`,
    {
      limit: input.limit,
    },
  );
  if (rows.length === 0) await requireProject(db, input.project);
  const names = await readNames(
    db,
    input.project,
    rows.map(({ document }) => document),
  );
  return rows.map((row) => toFigures(row, names.get(row.document)));
}

export interface FiguresRow {
  document: string;
  key: string;
  hits: number;
  used: number;
  known: number;
  mean_rank: number | null;
  mean_score: number | null;
  last_ns: string;
}

/** What a project's searches say of documents. */
export function readFigures(
  db: Database,
  { from, params }: RetrievalScope,
  where: string,
  rest: string,
  more: RetrievalScope["params"],
): Promise<FiguresRow[]> {
  return db.query<FiguresRow>(
    `SELECT document, ${keyText("document")} AS key, sum(sample_weight) AS hits, sumIf(sample_weight, use = 1) AS used,
  sumIf(sample_weight, use >= 0) AS known, sum(sample_weight * rank) / sum(sample_weight) AS mean_rank,
  avg(score) AS mean_score, max(start_ns) AS last_ns
FROM (SELECT documents, used AS uses, scores, sample_weight, start_ns ${from})
ARRAY JOIN documents AS document, uses AS use, scores AS score, arrayEnumerate(documents) AS rank
${where} GROUP BY document ${rest}`,
    { ...params, ...more },
  );
}

export interface DocumentName {
  id: string;
  preview: string;
}

/** What documents were called last, and how they begin, by number of the store. */
export async function readNames(
  db: Database,
  project: string,
  documents: readonly string[],
): Promise<Map<string, DocumentName>> {
  if (documents.length === 0) return new Map();
  const rows = await db.query<DocumentName & { document: string }>(
    `SELECT document, argMax(id, (start_hour, version)) AS id, argMax(preview, (start_hour, version)) AS preview
FROM documents WHERE project = {project:String} AND document IN {documents:Array(UInt64)} GROUP BY document`,
    { project, documents },
  );
  return new Map(rows.map(({ document, id, preview }) => [document, { id, preview }]));
}

export function toFigures(row: FiguresRow, name: DocumentName | undefined): DocumentFigures {
  return {
    documentKey: row.key,
    id: name?.id ?? "",
    preview: name?.preview ?? "",
    hitCount: Math.round(row.hits),
    usedCount: Math.round(row.used),
    knownCount: Math.round(row.known),
    meanRank: row.mean_rank,
    lastTimeNs: row.last_ns,
  };
}
