import type { getPrompt as contract } from "@nightowl/model/api/prompts";
import { patternMessages } from "@nightowl/model/prompt/pattern";
import type { z } from "zod";
import type { Database } from "../store/db/database.ts";
import type { Buckets } from "./bucket-widths.ts";
import {
  bucketsOf,
  CALL_TOTALS,
  CALLS_OVER_TIME,
  callScope,
  getTemplate,
  MODEL_CALLS,
  readSeries,
  toTotals,
  type SeriesColumn,
  type TemplateIdentity,
  type TotalsRow,
} from "./prompt-calls.ts";
import type { TimeRangeInput } from "./time-range.ts";

export type PromptDetail = z.output<typeof contract.response>;

interface Row extends TotalsRow {
  version_id: string;
  series: SeriesColumn;
  models: string[];
  services: string[];
}

/**
 * A template, its versions in the order in which they were first seen, and their calls over time. Of wordings that were
 * seen too seldom to be versions only those with calls in the range are told.
 *
 * @throws {QueryInputError} for a time that cannot be read, and `not_found` for an unknown template.
 */
export async function getPrompt(
  db: Database,
  input: TemplateIdentity & TimeRangeInput & { buckets: number },
): Promise<PromptDetail> {
  const template = await getTemplate(db, input);
  const scope = callScope(input.project, input);
  const { fromNs, toNs, buckets } = await bucketsOf(db, input.project, scope.range, input.buckets);
  const rows = await db.query<Row>(
    `SELECT prompt_version_id AS version_id, ${CALL_TOTALS}, ${CALLS_OVER_TIME},
  groupUniqArrayIf(8)(toString(model), model != '') AS models,
  groupUniqArrayIf(8)(toString(service_name), service_name != '') AS services
FROM ${MODEL_CALLS} WHERE ${scope.sql} AND prompt_template_id = {templateId:String} GROUP BY version_id`,
    {
      ...scope.params,
      templateId: template.templateId,
      bucketStartNs: buckets.startNs,
      bucketWidthNs: buckets.widthNs,
    },
  );
  const byVersion = new Map(rows.map((row) => [row.version_id, row]));
  const distinct = (lists: string[][]): string[] => [...new Set(lists.flat())].sort();
  return {
    templateId: template.templateId,
    source: template.source,
    name: template.name,
    title: template.title,
    mergedFrom: template.templateId === input.templateId ? null : input.templateId,
    models: distinct(rows.map(({ models }) => models)),
    services: distinct(rows.map(({ services }) => services)),
    versions: template.versions
      .filter(({ versionId, number }) => number > 0 || byVersion.has(versionId))
      .map(({ versionId, number, label, pattern, firstNs, lastNs }) => {
        const totals = toTotals(byVersion.get(versionId));
        const isWider = totals.callCount > 0;
        return {
          ...totals,
          versionId,
          number,
          label,
          firstSeenNs: isWider && BigInt(totals.firstTimeNs) < BigInt(firstNs) ? totals.firstTimeNs : firstNs,
          lastSeenNs: isWider && BigInt(totals.lastTimeNs) > BigInt(lastNs) ? totals.lastTimeNs : lastNs,
          messages: patternMessages(pattern),
        };
      }),
    fromNs: String(fromNs),
    toNs: String(toNs),
    bucketMs: Number(buckets.widthNs) / 1e6,
    buckets: toBuckets(rows, buckets),
  };
}

function toBuckets(rows: readonly Row[], { startNs, widthNs, count }: Buckets): PromptDetail["buckets"] {
  if (rows.length === 0) return [];
  const list = Array.from({ length: count }, (_, i) => ({
    startTimeNs: String(startNs + BigInt(i) * widthNs),
    calls: {} as Record<string, number>,
  }));
  for (const row of rows) {
    for (const [i, calls] of readSeries(row.series, count).entries()) {
      const bucket = list[i];
      if (bucket && calls > 0) bucket.calls[row.version_id] = calls;
    }
  }
  return list;
}
