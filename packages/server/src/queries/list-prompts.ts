import type { listPrompts as contract } from "@nightowl/model/api/prompts";
import type { z } from "zod";
import type { Database } from "../store/db/database.ts";
import { requireProject } from "./list-projects.ts";
import {
  bucketsOf,
  CALL_TOTALS,
  CALLS_OVER_TIME,
  callScope,
  MODEL_CALLS,
  readSeries,
  readTemplates,
  toTotals,
  type SeriesColumn,
  type TotalsRow,
} from "./prompt-calls.ts";
import type { TimeRangeInput } from "./time-range.ts";

export type PromptList = z.output<typeof contract.response>;

interface Row extends TotalsRow {
  template_id: string;
  series: SeriesColumn;
  versions: string[];
  models: string[];
  services: string[];
}

const LISTED_NAMES = 8;

/**
 * Templates with calls in the range, the one with most calls first.
 * @throws {QueryInputError} for a time that cannot be read, and for an unknown project.
 */
export async function listPrompts(
  db: Database,
  input: TimeRangeInput & { project: string; buckets: number },
): Promise<PromptList> {
  const { project } = input;
  const { sql, params, range } = callScope(project, input);
  const { fromNs, toNs, buckets } = await bucketsOf(db, project, range, input.buckets);
  const [rows, templates] = await Promise.all([
    db.query<Row>(
      `SELECT prompt_template_id AS template_id, ${CALL_TOTALS}, ${CALLS_OVER_TIME},
  groupUniqArray(1000)(toString(prompt_version_id)) AS versions,
  groupUniqArrayIf(${LISTED_NAMES})(toString(model), model != '') AS models,
  groupUniqArrayIf(${LISTED_NAMES})(toString(service_name), service_name != '') AS services
FROM ${MODEL_CALLS} WHERE ${sql} GROUP BY template_id ORDER BY calls DESC`,
      { ...params, bucketStartNs: buckets.startNs, bucketWidthNs: buckets.widthNs },
    ),
    readTemplates(db, project),
  ]);
  if (rows.length === 0) await requireProject(db, project);
  const known = new Map(templates.map((template) => [template.templateId, template]));
  return {
    data: rows.flatMap((row) => {
      const template = known.get(row.template_id);
      if (!template) return [];
      const { templateId, source, name, title, versions } = template;
      const seen = versions.filter(({ versionId, number }) => number > 0 && row.versions.includes(versionId));
      const latest = seen.at(-1) ?? versions.at(-1);
      return [
        {
          ...toTotals(row),
          templateId,
          source,
          name,
          title,
          versionCount: seen.length,
          latestVersion: {
            versionId: latest?.versionId ?? "",
            number: latest?.number ?? 0,
            label: latest?.label ?? "",
            firstTimeNs: latest?.firstNs ?? "0",
          },
          models: row.models.toSorted(),
          services: row.services.toSorted(),
          buckets: readSeries(row.series, buckets.count),
        },
      ];
    }),
    unassigned: { callCount: Math.round(rows.find(({ template_id }) => template_id === "")?.calls ?? 0) },
    fromNs: String(fromNs),
    toNs: String(toNs),
    bucketMs: Number(buckets.widthNs) / 1e6,
  };
}
