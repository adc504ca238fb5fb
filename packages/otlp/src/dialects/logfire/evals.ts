import type { AnnotationDraft } from "@nightowl/model/annotation/annotation";
import type { LlmFields, Span, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { AttributeReader, numberOf, textOf } from "@nightowl/model/span/attribute-reader";
import { payloadOf } from "../../normalise/payload.ts";
import { isRecord } from "../../normalise/record.ts";
import type { AttributeTaker } from "../dialect.ts";

/** What Pydantic's evaluations trace, by the beginning of its name: the whole, each case, the task, each evaluator. */
const KINDS: [string, SpanKind][] = [
  ["evaluate ", "CHAIN"],
  ["case: ", "CHAIN"],
  ["execute ", "CHAIN"],
  ["evaluator: ", "EVALUATOR"],
];

export function readEvals(span: WireSpan, take: AttributeTaker): Partial<LlmFields> {
  const fields: Partial<LlmFields> = {};
  const kind = KINDS.find(([beginning]) => span.name.startsWith(beginning))?.[1];
  if (kind !== undefined) fields.kind = kind;
  const input = take.json("inputs");
  const output = take.json("output");
  if (input !== undefined) fields.input = payloadOf(input);
  if (output !== undefined) fields.output = payloadOf(output);
  return fields;
}

/** Verdicts of a case by what they are: yes or no, a number, a word. */
const VERDICTS = ["assertions", "scores", "labels"];

/** What the evaluators made of a case, on the case's own span. */
export function readEvalsVerdicts(span: Span): AnnotationDraft[] {
  if (span.scope.name !== "pydantic-evals" || !span.name.startsWith("case: ")) return [];
  const attrs = new AttributeReader(span.attributes);
  return VERDICTS.flatMap((key) => {
    const verdicts = attrs.json(key);
    return isRecord(verdicts)
      ? Object.entries(verdicts).flatMap(([name, it]) => readVerdict(span, name, it))
      : [];
  });
}

function readVerdict(span: Span, name: string, verdict: unknown): AnnotationDraft[] {
  if (!isRecord(verdict)) return [];
  const { value } = verdict;
  const score = typeof value === "boolean" ? Number(value) : numberOf(value);
  const label = typeof value === "number" ? undefined : textOf(value);
  if (score === undefined && label === undefined) return [];
  return [
    {
      target: { kind: "span", spanId: span.spanId },
      name,
      annotatorKind: "CODE",
      result: { label: label ?? null, score: score ?? null, explanation: textOf(verdict["reason"]) ?? null },
      metadata: {},
      identifier: "",
    },
  ];
}
