import type { Annotation, AnnotationTargetKind } from "@nightowl/model/annotation/annotation";
import { ANNOTATION_COLUMNS, toAnnotation, type AnnotationRow } from "../store/annotations.ts";
import type { Database, QueryParam } from "../store/db/database.ts";
import { formatCursor, parseCursor } from "./cursor.ts";

export interface ListAnnotationsInput {
  project: string;
  kind: AnnotationTargetKind;
  /** Span, trace or session ids. */
  targetIds?: readonly string[] | undefined;
  identifiers?: readonly string[] | undefined;
  names?: readonly string[] | undefined;
  exceptNames?: readonly string[] | undefined;
  limit: number;
  cursor?: string | undefined;
}

/**
 * Annotations of a project, the latest first.
 * @throws {QueryInputError} for a cursor that cannot be read.
 */
export async function listAnnotations(
  db: Database,
  input: ListAnnotationsInput,
): Promise<{ data: Annotation[]; nextCursor: string | null }> {
  const conditions = ["project = {project:String}", "target_kind = {kind:String}"];
  const params: Record<string, QueryParam> = { project: input.project, kind: input.kind };
  const within = (column: string, values: readonly string[] | undefined, word = "IN"): void => {
    if (values === undefined) return;
    const name = `${column}${word === "IN" ? "" : "Except"}`;
    conditions.push(`${column} ${word} {${name}:Array(String)}`);
    params[name] = values;
  };
  within("target_id", input.targetIds);
  within("identifier", input.identifiers);
  within("name", input.names);
  within("name", input.exceptNames, "NOT IN");
  if (input.cursor !== undefined) {
    const [updatedNs, id] = parseCursor(input.cursor, [/^\d{1,20}$/, /^[0-9a-f]{32}$/]) as [string, string];
    conditions.push("(updated_ns, id) < ({updatedNs:UInt64}, {id:String})");
    Object.assign(params, { updatedNs, id });
  }
  const rows = await db.query<AnnotationRow>(
    `SELECT ${ANNOTATION_COLUMNS.join(", ")} FROM annotations FINAL
WHERE ${conditions.join(" AND ")}
ORDER BY updated_ns DESC, id DESC LIMIT {limit:UInt32}`,
    { ...params, limit: input.limit + 1 },
  );
  const page = rows.slice(0, input.limit);
  const last = rows.length > page.length ? page.at(-1) : undefined;
  return {
    data: page.map(toAnnotation),
    nextCursor: last === undefined ? null : formatCursor([last.updated_ns, last.id]),
  };
}

/** What is said of a trace, its spans and their documents, and of the session it is in; the oldest first. */
export async function listTraceAnnotations(
  db: Database,
  { project, traceId }: { project: string; traceId: string },
): Promise<Annotation[]> {
  const rows = await db.query<AnnotationRow>(
    `SELECT ${ANNOTATION_COLUMNS.join(", ")} FROM annotations FINAL
WHERE project = {project:String} AND (trace_id = {traceId:String} OR (target_kind = 'session' AND target_id IN (
  SELECT session_id FROM traces FINAL
  WHERE project = {project:String} AND trace_id = {traceId:String} AND session_id != '')))
ORDER BY created_ns, id`,
    { project, traceId },
  );
  return rows.map(toAnnotation);
}

/** The names in use in a project, those first that say most of spans, traces and sessions. */
export async function listAnnotationNames(db: Database, project: string) {
  const rows = await db.query<{
    name: string;
    count: string;
    document_count: string;
    labels: string[];
    min_score: number | null;
    max_score: number | null;
    mean_score: number | null;
  }>(
    `SELECT name, count() AS count, countIf(target_kind = 'document') AS document_count,
  topK(10)(assumeNotNull(label)) AS labels,
  min(score) AS min_score, max(score) AS max_score, avg(score) AS mean_score
FROM annotations FINAL WHERE project = {project:String}
GROUP BY name ORDER BY count - document_count DESC, count DESC, name`,
    { project },
  );
  return rows.map((row) => ({
    name: row.name,
    count: Number(row.count),
    documentCount: Number(row.document_count),
    labels: row.labels.filter((label) => label !== ""),
    minScore: row.min_score,
    maxScore: row.max_score,
    meanScore: row.mean_score,
  }));
}
