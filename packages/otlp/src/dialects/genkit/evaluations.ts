import type { AnnotationDraft, AnnotationResult } from "@nightowl/model/annotation/annotation";
import type { Span } from "@nightowl/model/span/span";
import { AttributeReader, numberOf, textOf } from "@nightowl/model/span/attribute-reader";
import { isRecord } from "../../normalise/record.ts";

/**
 * What an evaluator made of its test cases, on the span of each case; where a case was taken from traces of the
 * application, on those.
 */
export function readGenkitEvaluations(span: Span): AnnotationDraft[] {
  const attrs = new AttributeReader(span.attributes);
  const name = attrs.text("genkit:name");
  if (name === undefined || attrs.text("genkit:metadata:subtype") !== "evaluator") return [];
  const answered = attrs.json("genkit:output");
  const sources = sourcesOf(attrs.json("genkit:input"));
  return recordsOf(answered).flatMap((response) => {
    const testCaseId = textOf(response["testCaseId"]) ?? "";
    const traceIds = sources.get(testCaseId) ?? [];
    const spanId = textOf(response["spanId"]) ?? span.spanId;
    const targets: AnnotationDraft["target"][] =
      traceIds.length > 0
        ? traceIds.map((traceId) => ({ kind: "trace", traceId }))
        : [{ kind: "span", spanId }];
    return recordsOf(response["evaluation"]).flatMap((score) => {
      const result = resultOf(score);
      if (Object.values(result).every((value) => value === null)) return [];
      const id = textOf(score["id"]);
      return targets.map((target) => ({
        target,
        name: id === undefined ? name : `${name}/${id}`,
        annotatorKind: "CODE",
        result,
        metadata: {},
        identifier: testCaseId,
      }));
    });
  });
}

/** The traces that each test case was taken from, by its id. */
function sourcesOf(given: unknown): Map<string, string[]> {
  const dataset = isRecord(given) ? recordsOf(given["dataset"]) : [];
  return new Map(
    dataset.map(({ testCaseId, traceIds }) => [
      textOf(testCaseId) ?? "",
      Array.isArray(traceIds) ? traceIds.filter((id) => typeof id === "string") : [],
    ]),
  );
}

function resultOf({ score, status, error, details }: Record<string, unknown>): AnnotationResult {
  const verdict = status === "UNKNOWN" ? undefined : textOf(status);
  const word = typeof score === "number" ? undefined : textOf(score);
  const why = isRecord(details) ? textOf(details["reasoning"]) : undefined;
  return {
    label: verdict ?? word ?? null,
    score: typeof score === "boolean" ? Number(score) : (numberOf(score) ?? null),
    explanation: why ?? textOf(error) ?? null,
  };
}

function recordsOf(value: unknown): Record<string, unknown>[] {
  return (Array.isArray(value) ? value : [value]).filter(isRecord);
}
