import type { AnnotationDraft } from "@nightowl/model/annotation/annotation";
import type { Span } from "@nightowl/model/span/span";
import { AttributeReader, booleanOf, numberOf, textOf } from "@nightowl/model/span/attribute-reader";
import { isRecord } from "../../normalise/record.ts";

/** Evaluations that were added to a span: an event for each, as JSON text. */
export function readLangwatchEvaluations(span: Span): AnnotationDraft[] {
  return span.events.flatMap((event) => {
    if (event.name !== "langwatch.evaluation.custom") return [];
    const told = new AttributeReader(event.attributes).json("json_encoded_event");
    if (!isRecord(told)) return [];
    const name = textOf(told["name"]);
    const passed = booleanOf(told["passed"]);
    const result = {
      label: textOf(told["label"]) ?? (passed === undefined ? null : passed ? "passed" : "failed"),
      score: numberOf(told["score"]) ?? null,
      explanation: textOf(told["details"]) ?? null,
    };
    if (name === undefined || Object.values(result).every((value) => value === null)) return [];
    const target = { kind: "span" as const, spanId: span.spanId };
    return [{ target, name, annotatorKind: "CODE", result, metadata: {}, identifier: "" }];
  });
}
