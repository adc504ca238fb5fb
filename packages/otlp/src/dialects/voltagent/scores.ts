import type { AnnotationDraft } from "@nightowl/model/annotation/annotation";
import type { LlmFields, Span } from "@nightowl/model/span/span";
import { AttributeReader, textOf } from "@nightowl/model/span/attribute-reader";
import { payloadOf } from "../../normalise/payload.ts";
import { compact, isRecord } from "../../normalise/record.ts";
import type { AttributeTaker } from "../dialect.ts";

const SCORER = "eval.scorer.";

/** What a scorer was given of the agent's run, and the score that it gave. */
export function readScorer(take: AttributeTaker): Pick<LlmFields, "input" | "output"> {
  const given = compact({
    input: take.text("eval.input"),
    output: take.text("eval.output"),
    expected: take.text("eval.expected"),
  });
  const scored = compact({ score: take.number(`${SCORER}score`), reason: readReason(take.attrs) });
  return {
    ...(given !== undefined && { input: payloadOf(given) }),
    ...(scored !== undefined && { output: payloadOf(scored) }),
  };
}

/** What a live scorer gave, as a verdict on the agent's run that it looked at; a scorer that failed gave none. */
export function readVoltagentScores(span: Span): AnnotationDraft[] {
  if (span.kind !== "EVALUATOR") return [];
  const attrs = new AttributeReader(span.attributes);
  const name = attrs.text(`${SCORER}name`) ?? attrs.text(`${SCORER}id`);
  const spanId = attrs.text("eval.source.span_id");
  const score = attrs.number(`${SCORER}score`);
  if (name === undefined || score === undefined || !/^[0-9a-f]{16}$/.test(spanId ?? "")) return [];
  const hasPassed = attrs.boolean(`${SCORER}threshold_passed`);
  return [
    {
      target: { kind: "span", spanId: spanId ?? "" },
      name,
      annotatorKind: attrs.has("ai.model.name") ? "LLM" : "CODE",
      result: {
        label: hasPassed === undefined ? null : hasPassed ? "pass" : "fail",
        score,
        explanation: readReason(attrs) ?? null,
      },
      metadata: {},
      identifier: "",
    },
  ];
}

/** A scorer's own metadata lies in that of the run: `{input, output, scorer: {reason}}`. */
function readReason(attrs: AttributeReader): string | undefined {
  const metadata = attrs.json(`${SCORER}metadata`);
  const own = isRecord(metadata) ? metadata["scorer"] : undefined;
  return isRecord(own) ? textOf(own["reason"]) : undefined;
}
