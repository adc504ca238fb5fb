import type { PromptSample } from "@nightowl/model/api/prompts";
import { shapeOf, variablesOf, widestShape, type Variable } from "@nightowl/model/prompt/pattern";
import type { Span } from "@nightowl/model/span/span";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import type { Database } from "../store/db/database.ts";
import { readAt, type SpanPlace } from "../store/prompt-rows.ts";
import {
  callScope,
  MODEL_CALLS,
  getTemplate,
  requireVersion,
  valuesOf,
  type TemplateIdentity,
} from "./prompt-calls.ts";
import type { TimeRangeInput } from "./time-range.ts";

const LISTED_VALUES = 20;

/**
 * What the latest calls of a version filled in, and what they were sent with. Tools and parameters are those of the latest
 * call that has any.
 *
 * @throws {QueryInputError} for a time that cannot be read, and `not_found` for an unknown template or version.
 */
export async function samplePrompt(
  db: Database,
  input: TemplateIdentity & TimeRangeInput & { versionId: string; limit: number },
): Promise<PromptSample> {
  const template = await getTemplate(db, input);
  const { pattern } = requireVersion(template, input.versionId);
  const spans = await latestCalls(db, input);
  const calls = spans.map((span) => ({ span, values: valuesOf(span, pattern) }));
  const variables = new Map<string, Variable>(
    variablesOf(pattern).map((variable) => [variable.name, variable]),
  );
  for (const { values } of calls) {
    for (const [name, text] of values) {
      const known = variables.get(name);
      if (!known) variables.set(name, { name, shape: shapeOf(text) });
      else if (template.source === "discovered") known.shape = widestShape(known.shape, shapeOf(text));
    }
  }
  return {
    variables: [...variables.values()].map((variable) =>
      summarise(
        variable,
        calls.flatMap(({ values }) => values.get(variable.name) ?? []),
      ),
    ),
    calls: calls.map(({ span, values }) => ({
      traceId: span.traceId,
      spanId: span.spanId,
      startTimeNs: span.startTimeNs,
      values: Object.fromEntries(values),
    })),
    tools: spans.find(({ tools }) => tools.length > 0)?.tools ?? [],
    parameters: plainParameters(spans),
    models: [...new Set(spans.flatMap((span) => span.responseModel ?? span.requestModel ?? []))].sort(),
  };
}

async function latestCalls(
  db: Database,
  input: TimeRangeInput & { project: string; versionId: string; limit: number },
): Promise<Span[]> {
  const { project, versionId, limit } = input;
  const { sql, params } = callScope(project, input);
  const places = await db.query<SpanPlace>(
    `SELECT trace_id AS traceId, span_id AS spanId, start_hour AS startHour FROM ${MODEL_CALLS}
WHERE ${sql} AND prompt_version_id = {versionId:String} ORDER BY start_ns DESC, span_id DESC LIMIT {limit:UInt32}`,
    { ...params, versionId, limit },
  );
  return (await readAt(db, project, places)).map((wire) => normaliseSpan(wire, { project }));
}

/** Parameters that are not the prompt itself or its tools once more. */
function plainParameters(spans: readonly Span[]): Record<string, unknown> {
  const parameters =
    spans.find(({ invocationParameters }) => invocationParameters)?.invocationParameters ?? {};
  const { messages: _messages, tools: _tools, model: _model, input: _input, ...rest } = parameters;
  return rest;
}

function summarise({ name, shape }: Variable, texts: readonly string[]): PromptSample["variables"][number] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const values = [...counts].map(([text, count]) => ({ text, count })).sort((a, b) => b.count - a.count);
  const lengths = texts.map(({ length }) => length).sort((a, b) => a - b);
  return {
    name,
    shape,
    distinctCount: counts.size,
    values: values.slice(0, LISTED_VALUES),
    medianChars: lengths[Math.floor(lengths.length / 2)] ?? 0,
  };
}
