import type { AnnotationTargetKind } from "@nightowl/model/annotation/annotation";
import { ANNOTATION_COLUMNS, toAnnotation, writeAnnotations, type AnnotationRow } from "./annotations.ts";
import type { Database, QueryParam } from "./db/database.ts";

/** Which annotations to delete: one by its id, or those of a project that meet every condition. */
export type AnnotationSelection =
  | { id: string }
  | {
      project: string;
      kind: AnnotationTargetKind;
      name?: string | undefined;
      identifier?: string | undefined;
      annotatorKind?: string | undefined;
      /** Made at or after, and before; Unix nanoseconds. */
      fromNs?: bigint | undefined;
      toNs?: bigint | undefined;
    };

const ROWS_AT_ONCE = 10_000;

/** Deletes annotations and tells how many there were; on disk when it resolves. */
export async function deleteAnnotations(
  db: Database,
  selection: AnnotationSelection,
  nextTimeNs: () => bigint,
): Promise<number> {
  const { sql, params } = toCondition(selection);
  let deleted = 0;
  for (;;) {
    const rows = await db.query<AnnotationRow>(
      `SELECT ${ANNOTATION_COLUMNS.join(", ")} FROM annotations FINAL WHERE ${sql} LIMIT ${ROWS_AT_ONCE}`,
      params,
    );
    const placed = rows.map((row) => ({
      annotation: toAnnotation(row),
      place: { project: row.project, traceId: row.trace_id },
    }));
    await writeAnnotations(db, placed, { version: nextTimeNs(), isDeleted: true });
    deleted += rows.length;
    if (rows.length < ROWS_AT_ONCE) return deleted;
  }
}

function toCondition(selection: AnnotationSelection): { sql: string; params: Record<string, QueryParam> } {
  if ("id" in selection) return { sql: "id = {id:String}", params: { id: selection.id } };
  const conditions = ["project = {project:String}", "target_kind = {kind:String}"];
  const params: Record<string, QueryParam> = { project: selection.project, kind: selection.kind };
  const add = (sql: string, name: string, value: QueryParam | undefined): void => {
    if (value === undefined) return;
    conditions.push(sql);
    params[name] = value;
  };
  add("name = {name:String}", "name", selection.name);
  add("identifier = {identifier:String}", "identifier", selection.identifier);
  add("annotator_kind = {annotatorKind:String}", "annotatorKind", selection.annotatorKind);
  add("created_ns >= {fromNs:UInt64}", "fromNs", selection.fromNs);
  add("created_ns < {toNs:UInt64}", "toNs", selection.toNs);
  return { sql: conditions.join(" AND "), params };
}
