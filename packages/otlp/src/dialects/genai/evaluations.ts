import type { AnnotationDraft } from "@nightowl/model/annotation/annotation";
import { type LogRecord, toSpanEvent } from "@nightowl/model/log/log-record";
import type { Span, SpanEvent } from "@nightowl/model/span/span";
import { AttributeReader } from "@nightowl/model/span/attribute-reader";

const EVENT = "gen_ai.evaluation.result";

/**
 * Results of evaluations that a span has as events; they are about the span that has them.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai
 */
export function readGenaiEvaluations(span: Span): AnnotationDraft[] {
  return span.events.flatMap((event) => readResult(event, span.spanId));
}

/** The same as a log record, which is how the convention has it: about the span that the record names. */
export function readEvaluationRecord(record: LogRecord): AnnotationDraft[] {
  return record.traceId === "" || record.spanId === "" ? [] : readResult(toSpanEvent(record), record.spanId);
}

function readResult(event: SpanEvent, spanId: string): AnnotationDraft[] {
  if (event.name !== EVENT) return [];
  const attrs = new AttributeReader(event.attributes);
  const name = attrs.text("gen_ai.evaluation.name");
  const result = {
    label: attrs.text("gen_ai.evaluation.score.label") ?? null,
    score: attrs.number("gen_ai.evaluation.score.value") ?? null,
    explanation: attrs.text("gen_ai.evaluation.explanation") ?? null,
  };
  if (name === undefined || Object.values(result).every((value) => value === null)) return [];
  const responseId = attrs.text("gen_ai.response.id");
  return [
    {
      target: { kind: "span" as const, spanId },
      name,
      annotatorKind: "LLM",
      result,
      metadata: responseId === undefined ? {} : { responseId },
      identifier: "",
    },
  ];
}
