import type { PromptPattern } from "@nightowl/model/prompt/pattern";
import type { Wording } from "@nightowl/model/prompt/wording";
import type { WireSpan } from "@nightowl/model/span/span";
import type { Database, QueryParam } from "./db/database.ts";
import { RowBuffer } from "./row-buffer.ts";
import { fromRow, WIRE_SPAN_COLUMNS, type WireSpanRow } from "./rows.ts";

/** A template as it is kept. */
export interface StoredTemplate {
  project: string;
  templateId: string;
  source: "declared" | "discovered";
  /** As the application names it; `""` for one that was discovered. */
  name: string;
  mergedInto: string;
}

/** A wording of a template as it is kept: with the name that the application has for it, where it has one. */
export interface StoredWording {
  project: string;
  wording: Wording;
  label: string;
  /** Id of the wording that this one turned out to be, or `""`. */
  mergedInto: string;
}

const TEMPLATE_COLUMNS = ["project", "template_id", "version", "source", "name", "merged_into"] as const;
const WORDING_COLUMNS = [
  "project", "version_id", "version", "template_id", "label", "pattern", "state", "call_count", "first_ns",
  "last_ns", "merged_into",
] as const; // prettier-ignore

/** What of a wording is kept as JSON: the rest of it has columns. */
type State = Pick<Wording, "trusted">;

export async function writeTemplates(
  db: Database,
  templates: readonly StoredTemplate[],
  version: bigint,
): Promise<void> {
  if (templates.length === 0) return;
  const buffer = new RowBuffer();
  for (const { project, templateId, source, name, mergedInto } of templates)
    buffer.add(line([project, templateId, String(version), source, name, mergedInto]));
  await db.insert("prompt_templates", TEMPLATE_COLUMNS, buffer.finish().bytes, templates.length);
}

export async function writeWordings(
  db: Database,
  wordings: readonly StoredWording[],
  version: bigint,
): Promise<void> {
  if (wordings.length === 0) return;
  const buffer = new RowBuffer();
  for (const { project, wording, label, mergedInto } of wordings) {
    const { id, templateId = "", pattern, count, firstMs, lastMs } = wording;
    const columns = [
      project, id, String(version), templateId, label, JSON.stringify(pattern), JSON.stringify(stateOf(wording)), count,
      String(nsOf(firstMs)), String(nsOf(lastMs)), mergedInto,
    ]; // prettier-ignore
    buffer.add(line(columns));
  }
  await db.insert("prompt_versions", WORDING_COLUMNS, buffer.finish().bytes, wordings.length);
}

/** Everything that is kept, merged ones too. */
export async function readPrompts(
  db: Database,
): Promise<{ templates: StoredTemplate[]; wordings: StoredWording[] }> {
  const templates = await db.query<StoredTemplate>(
    `SELECT project, template_id AS templateId, source, name, merged_into AS mergedInto FROM prompt_templates FINAL`,
  );
  const rows = await db.query<WordingRow>(
    `SELECT project, version_id, template_id, label, pattern, state, call_count, first_ns, last_ns, merged_into
     FROM prompt_versions FINAL ORDER BY first_ns, version_id`,
  );
  return { templates, wordings: rows.map(toStoredWording) };
}

interface WordingRow {
  project: string;
  version_id: string;
  template_id: string;
  label: string;
  pattern: string;
  state: string;
  call_count: string;
  first_ns: string;
  last_ns: string;
  merged_into: string;
}

function toStoredWording(row: WordingRow): StoredWording {
  const state = JSON.parse(row.state) as State;
  const pattern = JSON.parse(row.pattern) as PromptPattern;
  const wording: Wording = {
    id: row.version_id,
    templateId: row.template_id === "" ? undefined : row.template_id,
    trusted: state.trusted,
    pattern,
    literalLength: pattern.reduce((sum, piece) => sum + (typeof piece === "string" ? piece.length : 0), 0),
    count: Number(row.call_count),
    firstMs: Number(BigInt(row.first_ns) / 1_000_000n),
    lastMs: Number(BigInt(row.last_ns) / 1_000_000n),
  };
  return { project: row.project, wording, label: row.label, mergedInto: row.merged_into };
}

function stateOf({ trusted }: Wording): State {
  return { trusted };
}

function nsOf(timeMs: number): bigint {
  return BigInt(Math.max(0, Math.round(timeMs))) * 1_000_000n;
}

/** A row of a table whose 64-bit numbers are given as text. */
function line(columns: readonly (string | number)[]): string {
  return `${JSON.stringify(columns.map((column) => (typeof column === "string" ? column.toWellFormed() : column)))}\n`;
}

/** A span by its place in the store. */
export interface SpanPlace {
  traceId: string;
  spanId: string;
  startHour: number;
}

export interface PromptIds {
  templateId: string;
  versionId: string;
}

/** So many places are asked for at once. */
const PLACES = 500;

/** Gives every call of a version another template and version. Returns where they are. */
export async function moveCalls(
  db: Database,
  project: string,
  fromVersionId: string,
  to: PromptIds,
): Promise<SpanPlace[]> {
  const places: SpanPlace[] = [];
  // A summary that was underway may have written the old version after its span was moved.
  for (const table of PLACED) {
    const found = await findPlaces(
      db,
      project,
      "prompt_version_id = {versionId:String}",
      { versionId: fromVersionId, limit: 0xffff_ffff },
      table,
    );
    await assignCalls(db, project, found, to);
    places.push(...found);
  }
  return places;
}

/** The tables that say which template a call follows. */
const PLACED = ["spans", "calls"] as const;

/**
 * Gives these spans a template and version: each is written anew, just above what is there of it.
 *
 * @param options.ifNone only those that have none.
 */
export async function assignCalls(
  db: Database,
  project: string,
  places: readonly SpanPlace[],
  to: PromptIds,
  { ifNone = false }: { ifNone?: boolean } = {},
): Promise<void> {
  const isOther = ifNone
    ? "prompt_version_id = ''"
    : "(prompt_template_id != {templateId:String} OR prompt_version_id != {versionId:String})";
  for (let from = 0; from < places.length; from += PLACES) {
    for (const table of PLACED) {
      await db.command(
        `INSERT INTO ${table} SELECT * REPLACE (version + 1 AS version, {templateId:String} AS prompt_template_id,
  {versionId:String} AS prompt_version_id)
FROM (SELECT * FROM ${table} FINAL WHERE ${AT_PLACES} AND kind = 'LLM' AND ${isOther})
SETTINGS max_partitions_per_insert_block = 0`,
        { ...to, ...placeParams(project, places.slice(from, from + PLACES)) },
      );
    }
  }
}

/** Up to `limit` calls of a version, the latest first, whole. */
export async function readCallsOfVersion(
  db: Database,
  project: string,
  versionId: string,
  limit: number,
): Promise<WireSpan[]> {
  const places = await findPlaces(
    db,
    project,
    "prompt_version_id = {versionId:String} ORDER BY start_ns DESC, span_id DESC",
    { versionId, limit },
  );
  return readAt(db, project, places);
}

/** Projects that have model calls and no template yet. */
export async function listUnminedProjects(db: Database): Promise<string[]> {
  const rows = await db.query<{ project: string }>(
    `SELECT DISTINCT project FROM spans WHERE kind = 'LLM'
       AND project NOT IN (SELECT project FROM prompt_templates) ORDER BY project`,
  );
  return rows.map(({ project }) => project);
}

/** Projects that have model calls without a version. */
export async function listUnassignedProjects(db: Database): Promise<string[]> {
  const rows = await db.query<{ project: string }>(
    `SELECT DISTINCT project FROM spans FINAL WHERE kind = 'LLM' AND prompt_version_id = '' ORDER BY project`,
  );
  return rows.map(({ project }) => project);
}

/**
 * Model calls of a project without a version, whole, in order of start, after a place: a page of them. Only such as were
 * received before a moment, Unix ns.
 */
export async function readUnassignedCalls(
  db: Database,
  project: string,
  { after, receivedBeforeNs }: { after: { startNs: string; spanId: string }; receivedBeforeNs: bigint },
  limit: number,
): Promise<WireSpan[]> {
  const places = await findPlaces(
    db,
    project,
    `kind = 'LLM' AND prompt_version_id = '' AND received_ns < {receivedBeforeNs:UInt64} AND start_hour >= {hour:UInt32}
  AND (start_ns, span_id) > ({startNs:UInt64}, {spanId:String}) ORDER BY start_ns, span_id`,
    { limit, receivedBeforeNs, hour: Number(BigInt(after.startNs) / 3_600_000_000_000n), ...after },
  );
  return readAt(db, project, places);
}

/** From narrow columns, so that what is not asked for is not read. */
async function findPlaces(
  db: Database,
  project: string,
  condition: string,
  params: Record<string, QueryParam>,
  table: (typeof PLACED)[number] = "spans",
): Promise<SpanPlace[]> {
  return db.query<SpanPlace>(
    `SELECT trace_id AS traceId, span_id AS spanId, start_hour AS startHour FROM ${table} FINAL
     WHERE project = {project:String} AND ${condition} LIMIT {limit:UInt32}`,
    { project, ...params },
  );
}

const AT_PLACES = `project = {project:String} AND start_hour IN {hours:Array(UInt32)}
  AND trace_id IN {traceIds:Array(String)} AND span_id IN {spanIds:Array(String)}`;

function placeParams(project: string, places: readonly SpanPlace[]) {
  const distinct = <T>(items: readonly T[]): T[] => [...new Set(items)];
  return {
    project,
    hours: distinct(places.map(({ startHour }) => startHour)),
    traceIds: distinct(places.map(({ traceId }) => traceId)),
    spanIds: distinct(places.map(({ spanId }) => spanId)),
  };
}

/** The spans at these places, in the same order. */
export async function readAt(
  db: Database,
  project: string,
  places: readonly SpanPlace[],
): Promise<WireSpan[]> {
  const byId = new Map<string, WireSpan>();
  for (let from = 0; from < places.length; from += PLACES) {
    const rows = await db.query<WireSpanRow>(
      `SELECT ${WIRE_SPAN_COLUMNS.join(", ")} FROM spans FINAL WHERE ${AT_PLACES}`,
      placeParams(project, places.slice(from, from + PLACES)),
    );
    for (const row of rows) byId.set(`${row.trace_id} ${row.span_id}`, fromRow(row));
  }
  return places.flatMap(({ traceId, spanId }) => byId.get(`${traceId} ${spanId}`) ?? []);
}
