import type { Database } from "../store/db/database.ts";
import { readTemplates } from "./prompt-calls.ts";

/** So much of a title is told before a version, so that the version is not what is cut off. */
const TITLE_CHARS = 40;

/**
 * What people call prompt templates and their versions, by id: a name or how the template begins; of a version that and its
 * number, or the name that the application has for it. Of two that are called the same each has the beginning of its id.
 * Ids that are not known are left out.
 */
export async function findPromptLabels(
  db: Database,
  project: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const known = ids.filter((id) => id !== "");
  const labels = new Map<string, string>();
  if (known.length === 0) return labels;
  const rows = await db.query<{ id: string }>(
    `SELECT DISTINCT template_id AS id FROM prompt_versions FINAL
     WHERE project = {project:String} AND (version_id IN {ids:Array(String)} OR template_id IN {ids:Array(String)})`,
    { project, ids: known },
  );
  const templates = await readTemplates(
    db,
    project,
    rows.map(({ id }) => id),
  );
  for (const { templateId, title, versions } of templates) {
    labels.set(templateId, title);
    for (const { versionId, number, label } of versions) {
      const name = label || (number > 0 ? `v${number}` : `rare ${versionId.slice(1, 5)}`);
      labels.set(versionId, `${shortTitle(title)} · ${name}`);
    }
  }
  const counts = new Map<string, number>();
  for (const id of known) counts.set(labels.get(id) ?? "", (counts.get(labels.get(id) ?? "") ?? 0) + 1);
  return new Map(
    known.flatMap((id) => {
      const label = labels.get(id);
      if (label === undefined) return [];
      return [[id, (counts.get(label) ?? 0) > 1 ? `${label} (${id.slice(0, 5)})` : label]];
    }),
  );
}

/** `… for ….` says no more than `… for …` does. */
function shortTitle(title: string): string {
  const text = title.replace(/…\.$/, "…");
  return text.length > TITLE_CHARS ? `${text.slice(0, TITLE_CHARS - 1).trimEnd()}…` : text;
}
