import { ROOT_CONTEXT, TraceFlags } from "@opentelemetry/api";
import { getAnnotationAttributes, type Annotation } from "@arizeai/openinference-core";
import {
  OpenInferenceSpanKind,
  SemanticConventions as Names,
} from "@arizeai/openinference-semantic-conventions";
import { keepTrace, tracer } from "../init.ts";
import { attempt } from "./attempt.ts";
import { toPlain } from "./to-json.ts";

/** What somebody, or something, thought of a span or a trace. At least one of score, label and explanation. */
export interface Feedback {
  traceId: string;
  /** The span that is judged; for a whole trace, any span of it. */
  spanId: string;
  /** Default: `span`. */
  scope?: "span" | "trace";
  /** The criterion: `helpfulness`, `user_feedback`, `factuality`, … */
  name: string;
  score?: number;
  label?: string;
  explanation?: string;
  /** Default: HUMAN. */
  annotatorKind?: "HUMAN" | "LLM" | "CODE";
  /** Feedback with the same name and identifier replaces the earlier. */
  identifier?: string;
  metadata?: Record<string, unknown>;
}

/**
 * Sends feedback on a trace that is over, as OpenInference does: a span of kind EVALUATOR in a trace of its own,
 * with a link to the span it is about. It is kept whatever the sampling.
 * Returns false, and sends nothing, when there is neither a score nor a label nor an explanation. Never throws.
 *
 * @see https://github.com/Arize-ai/openinference/tree/main/spec
 */
export function recordFeedback(feedback: Feedback): boolean {
  const { traceId, spanId, scope = "span", ...given } = feedback;
  if (given.score === undefined && given.label === undefined && given.explanation === undefined) return false;
  attempt(() => {
    const link = { context: { traceId, spanId, traceFlags: TraceFlags.SAMPLED } };
    const { metadata } = given;
    // Their type wants one of the three named; that there is one is seen above.
    const annotation = {
      annotatorKind: "HUMAN",
      ...given,
      ...(metadata === undefined ? {} : { metadata: toPlain(metadata) }),
    } as Annotation;
    const attributes = {
      [Names.OPENINFERENCE_SPAN_KIND]: OpenInferenceSpanKind.EVALUATOR,
      ...getAnnotationAttributes({ annotations: [annotation], scope }),
    };
    const start = { root: true, links: [link], attributes };
    const span = tracer().startSpan(`feedback.${given.name}`, start, ROOT_CONTEXT);
    keepTrace(span.spanContext().traceId);
    span.end();
  });
  return true;
}
