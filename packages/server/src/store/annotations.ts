import { createHash } from "node:crypto";
import type {
  Annotation,
  AnnotationDraft,
  AnnotationSource,
  AnnotationTarget,
  AnnotationTargetKind,
} from "@nightowl/model/annotation/annotation";
import type { Database } from "./db/database.ts";
import { RowBuffer } from "./row-buffer.ts";

/** The project and trace that a target is in. A session has no trace of its own. */
export interface AnnotationPlace {
  project: string;
  traceId: string;
}

/** An annotation, and where its target is; undefined while nobody knows. */
export interface PlacedAnnotation {
  annotation: Annotation;
  place: AnnotationPlace | undefined;
}

const COLUMNS = [
  "target_kind", "target_id", "position", "name", "identifier", "version", "deleted", "project", "trace_id",
  "id", "annotator_kind", "label", "score", "explanation", "metadata", "source", "created_ns", "updated_ns",
] as const; // prettier-ignore

/** What {@link toAnnotation} needs of `annotations`. */
export const ANNOTATION_COLUMNS = [
  "target_kind", "target_id", "position", "name", "identifier", "id", "annotator_kind", "label", "score",
  "explanation", "metadata", "source", "created_ns", "updated_ns", "project", "trace_id",
] as const; // prettier-ignore

export interface AnnotationRow {
  target_kind: AnnotationTargetKind;
  target_id: string;
  position: number;
  name: string;
  identifier: string;
  id: string;
  annotator_kind: string;
  label: string | null;
  score: number | null;
  explanation: string | null;
  metadata: string;
  source: AnnotationSource;
  created_ns: string;
  updated_ns: string;
  project: string;
  trace_id: string;
}

/** The id of a target as the table has it. */
export function targetIdOf(target: AnnotationTarget): string {
  if (target.kind === "trace") return target.traceId;
  return target.kind === "session" ? target.sessionId : target.spanId;
}

/** Made from what says which annotation it is, so that a retry gets the same one. */
export function annotationIdOf({ target, name, identifier }: AnnotationDraft): string {
  const key = JSON.stringify([target.kind, targetIdOf(target), positionOf(target), name, identifier]);
  return createHash("sha256").update(key).digest("hex").slice(0, 32);
}

export function toAnnotation(row: AnnotationRow): Annotation {
  return {
    id: row.id,
    target: toTarget(row),
    name: row.name,
    annotatorKind: row.annotator_kind,
    result: { label: row.label, score: row.score, explanation: row.explanation },
    metadata: JSON.parse(row.metadata) as Record<string, unknown>,
    identifier: row.identifier,
    source: row.source,
    createdAtNs: row.created_ns,
    updatedAtNs: row.updated_ns,
  };
}

/**
 * Writes annotations, each in the place of the one with the same target, name and identifier; on disk when it
 * resolves. Of two writes the one with the higher version stays.
 */
export async function writeAnnotations(
  db: Database,
  annotations: readonly PlacedAnnotation[],
  { version, isDeleted = false }: { version: bigint; isDeleted?: boolean },
): Promise<void> {
  if (annotations.length === 0) return;
  const buffer = new RowBuffer();
  for (const { annotation, place } of annotations) {
    const { target, result } = annotation;
    const values = [
      text(target.kind),
      text(targetIdOf(target)),
      positionOf(target),
      text(annotation.name),
      text(annotation.identifier),
      version,
      isDeleted ? 1 : 0,
      text(place?.project ?? ""),
      text(place?.traceId ?? ""),
      text(annotation.id),
      text(annotation.annotatorKind),
      textOrNull(result.label),
      result.score === null || !Number.isFinite(result.score) ? "null" : result.score,
      textOrNull(result.explanation),
      text(JSON.stringify(annotation.metadata)),
      text(annotation.source),
      annotation.createdAtNs,
      annotation.updatedAtNs,
    ];
    buffer.add(`[${values.join(",")}]\n`);
  }
  await db.insert("annotations", COLUMNS, buffer.finish().bytes, annotations.length);
}

/** When annotations that are there already were made, by id. */
export async function findAnnotationTimes(
  db: Database,
  drafts: readonly AnnotationDraft[],
): Promise<Map<string, string>> {
  if (drafts.length === 0) return new Map();
  const rows = await db.queryArrays<[id: string, createdNs: string]>(
    "SELECT id, created_ns FROM annotations FINAL WHERE target_id IN {targetIds:Array(String)}",
    { targetIds: [...new Set(drafts.map(({ target }) => targetIdOf(target)))] },
  );
  return new Map(rows);
}

/** Where targets are, by {@link placeKey}. What is not found is not in it. */
export async function findPlaces(
  db: Database,
  targets: readonly AnnotationTarget[],
): Promise<Map<string, AnnotationPlace>> {
  const ids = (kinds: readonly AnnotationTargetKind[]): string[] => [
    ...new Set(targets.filter(({ kind }) => kinds.includes(kind)).map(targetIdOf)),
  ];
  const places = new Map<string, AnnotationPlace>();
  const look = async (table: PlaceTable, wanted: readonly string[], sql: string): Promise<void> => {
    if (wanted.length === 0) return;
    const rows = await db.queryArrays<[id: string, project: string, traceId: string]>(sql, { ids: wanted });
    for (const [id, project, traceId] of rows) places.set(`${table} ${id}`, { project, traceId });
  };
  await look(
    "span",
    ids(["span", "document"]),
    "SELECT span_id, project, trace_id FROM spans WHERE span_id IN {ids:Array(String)} LIMIT 1 BY span_id",
  );
  await look(
    "trace",
    ids(["trace"]),
    "SELECT trace_id, project, trace_id FROM spans WHERE trace_id IN {ids:Array(String)} LIMIT 1 BY trace_id",
  );
  await look(
    "session",
    ids(["session"]),
    "SELECT session_id, project, '' FROM traces WHERE session_id IN {ids:Array(String)} LIMIT 1 BY session_id",
  );
  return places;
}

type PlaceTable = "span" | "trace" | "session";

/** Documents are where their span is. */
export function placeKey(target: AnnotationTarget): string {
  return `${target.kind === "document" ? "span" : target.kind} ${targetIdOf(target)}`;
}

/** Annotations whose target has not been seen, the latest first. */
export async function listWaitingAnnotations(db: Database, limit: number): Promise<Annotation[]> {
  const rows = await db.query<AnnotationRow>(
    `SELECT ${ANNOTATION_COLUMNS.join(", ")} FROM annotations FINAL WHERE project = ''
     ORDER BY updated_ns DESC LIMIT {limit:UInt32}`,
    { limit },
  );
  return rows.map(toAnnotation);
}

function toTarget({ target_kind: kind, target_id: id, position }: AnnotationRow): AnnotationTarget {
  if (kind === "trace") return { kind, traceId: id };
  if (kind === "session") return { kind, sessionId: id };
  return kind === "span" ? { kind, spanId: id } : { kind, spanId: id, position };
}

function positionOf(target: AnnotationTarget): number {
  return target.kind === "document" ? target.position : -1;
}

function text(value: string): string {
  return JSON.stringify(value.toWellFormed());
}

function textOrNull(value: string | null): string {
  return value === null ? "null" : text(value);
}
