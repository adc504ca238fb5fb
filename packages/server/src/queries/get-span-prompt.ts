import type { getSpanPrompt as contract } from "@nightowl/model/api/prompts";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import type { z } from "zod";
import type { Database } from "../store/db/database.ts";
import { fromRow, WIRE_SPAN_COLUMNS, type WireSpanRow } from "../store/rows.ts";
import { locateSpans, TRACE_SPANS, type TraceIdentity } from "./get-trace.ts";
import { readTemplates, valuesOf } from "./prompt-calls.ts";
import { QueryInputError } from "./query-input-error.ts";

export type SpanPrompt = z.output<typeof contract.response>["prompt"];

/**
 * The template and version of a span's prompt, and what was filled in; null where it follows none that is known.
 * @throws {QueryInputError} `not_found` when the project has no such span.
 */
export async function getSpanPrompt(
  db: Database,
  { project, traceId, spanId }: TraceIdentity & { spanId: string },
): Promise<SpanPrompt> {
  const place = await locateSpans(db, { project, traceId });
  const [row] = await db.query<WireSpanRow & { template_id: string; version_id: string }>(
    `SELECT prompt_template_id AS template_id, prompt_version_id AS version_id, ${WIRE_SPAN_COLUMNS.join(", ")}
FROM spans FINAL WHERE ${TRACE_SPANS} AND span_id = {spanId:String} LIMIT 1`,
    { ...place, spanId: spanId.toLowerCase() },
  );
  if (!row)
    throw new QueryInputError("not_found", `Trace ${traceId} of project "${project}" has no span ${spanId}.`);
  if (row.template_id === "") return null;
  const [template] = await readTemplates(db, project, [row.template_id]);
  const version = template?.versions.find(({ versionId }) => versionId === row.version_id);
  if (!template || !version) return null;
  const { templateId, source, name, title } = template;
  const numbered = template.versions.filter(({ number }) => number > 0);
  const before = numbered.filter(({ number, firstNs }) =>
    version.number > 0 ? number < version.number : BigInt(firstNs) <= BigInt(version.firstNs),
  );
  const values = valuesOf(normaliseSpan(fromRow(row), { project }), version.pattern);
  return {
    templateId,
    source,
    name,
    title,
    versionId: version.versionId,
    number: version.number,
    label: version.label,
    versionCount: numbered.length,
    previousVersionId: before.at(-1)?.versionId ?? null,
    values: [...values].map(([key, text]) => ({ name: key, text })),
  };
}
