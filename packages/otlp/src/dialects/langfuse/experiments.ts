import type { AnnotationDraft } from "@nightowl/model/annotation/annotation";
import type { Span } from "@nightowl/model/span/span";
import { AttributeReader, numberOf, textOf } from "@nightowl/model/span/attribute-reader";
import { isRecord } from "../../normalise/record.ts";

const ITEM = "langfuse.experiment.item.";

/** What an evaluator of an experiment gave (`[{name, value, comment}]`), as a verdict on the run of the item that it looked at. */
export function readLangfuseEvaluations(span: Span): AnnotationDraft[] {
  if (span.kind !== "EVALUATOR") return [];
  const attrs = new AttributeReader(span.attributes);
  const spanId = attrs.text(`${ITEM}root_observation_id`);
  const given = attrs.json("langfuse.observation.output");
  if (spanId === undefined || !/^[0-9a-f]{16}$/.test(spanId)) return [];
  return (Array.isArray(given) ? given : [given]).flatMap((each) => {
    const name = isRecord(each) ? textOf(each["name"]) : undefined;
    if (!isRecord(each) || name === undefined) return [];
    const { value } = each;
    const score = typeof value === "boolean" ? Number(value) : numberOf(value);
    const label = typeof value === "number" ? undefined : textOf(value);
    if (score === undefined && label === undefined) return [];
    const result = {
      label: label ?? null,
      score: score ?? null,
      explanation: textOf(each["comment"]) ?? null,
    };
    return [
      {
        target: { kind: "span" as const, spanId },
        name,
        annotatorKind: "CODE" as const,
        result,
        metadata: {},
        identifier: "",
      },
    ];
  });
}
