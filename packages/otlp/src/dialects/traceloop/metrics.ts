import type { AnnotationDraft } from "@nightowl/model/annotation/annotation";
import { numberOf } from "@nightowl/model/span/attribute-reader";
import type { Span } from "@nightowl/model/span/span";

const PREFIX = "traceloop.custom_metric.";

/** Metrics that an application reported on a span, by their names: a score each. */
export function readTraceloopMetrics(span: Span): AnnotationDraft[] {
  const drafts: AnnotationDraft[] = [];
  for (const key in span.attributes) {
    const score = key.startsWith(PREFIX) ? numberOf(span.attributes[key]) : undefined;
    if (score === undefined) continue;
    const target = { kind: "span" as const, spanId: span.spanId };
    const result = { label: null, score, explanation: null };
    const name = key.slice(PREFIX.length);
    drafts.push({ target, name, annotatorKind: "CODE", result, metadata: {}, identifier: "" });
  }
  return drafts;
}
