import type { AnnotationDraft } from "@nightowl/model/annotation/annotation";
import { type LogRecord, logEventName } from "@nightowl/model/log/log-record";
import type { Span } from "@nightowl/model/span/span";
import { readEvaluationRecord, readGenaiEvaluations } from "../dialects/genai/evaluations.ts";
import { readGenkitEvaluations } from "../dialects/genkit/evaluations.ts";
import { readLangfuseEvaluations } from "../dialects/langfuse/experiments.ts";
import { readLangwatchEvaluations } from "../dialects/langwatch/evaluations.ts";
import { readEvalsVerdicts } from "../dialects/logfire/evals.ts";
import { readOpenInferenceAnnotations } from "../dialects/openinference/annotations.ts";
import { readTraceloopMetrics } from "../dialects/traceloop/metrics.ts";
import { readVoltagentScores } from "../dialects/voltagent/scores.ts";

const READERS = [
  readOpenInferenceAnnotations,
  readGenaiEvaluations,
  readEvalsVerdicts,
  readGenkitEvaluations,
  readLangfuseEvaluations,
  readLangwatchEvaluations,
  readTraceloopMetrics,
  readVoltagentScores,
];
const KEY = /^((trace|session)\.)?(annotations|evaluations)(\.|$)|^traceloop\.custom_metric\./;

/** The annotations that a span carries, by whichever convention. Never throws; most spans carry none. */
export function readAnnotations(span: Span): AnnotationDraft[] {
  let mayCarry = span.events.length > 0 || span.scope.name === "pydantic-evals" || span.kind === "EVALUATOR";
  if (!mayCarry) for (const key in span.attributes) if (KEY.test(key)) mayCarry = true;
  if (!mayCarry) return [];
  return READERS.flatMap((read) => {
    try {
      return read(span);
    } catch {
      // What is malformed here is in the span's attributes all the same.
      return [];
    }
  });
}

/** The annotation that a log record is. Never throws; most records are none. */
export function readRecordAnnotations(record: LogRecord): AnnotationDraft[] {
  if (!logEventName(record).startsWith("gen_ai.evaluation.")) return [];
  try {
    return readEvaluationRecord(record);
  } catch {
    // What is malformed here is in the record all the same.
    return [];
  }
}
