import type { Attributes, Span } from "@opentelemetry/api";
import { OpenInferenceSpanKind } from "@arizeai/openinference-semantic-conventions";
import { runSpan, type Traced } from "./run-span.ts";
import { inputAttributes, outputAttributes } from "./values.ts";

export interface ChainSpanOptions {
  /** Default: CHAIN. GUARDRAIL, EVALUATOR and PROMPT are made with this function too. */
  kind?: `${OpenInferenceSpanKind}`;
  attributes?: Attributes;
}

/**
 * Runs a step of a service in a span of its own, with an input, and what the callback returns as output.
 * Returns what the callback returns; throws what it throws.
 */
export function chainSpan<T>(
  name: string,
  input: unknown,
  fn: (span: Span) => T,
  options: ChainSpanOptions = {},
): Traced<T> {
  return runSpan(
    {
      name,
      kind: options.kind ?? OpenInferenceSpanKind.CHAIN,
      attributes: () => ({ ...inputAttributes(input), ...options.attributes }),
      onResult: (span, result) => void span.setAttributes(outputAttributes(result)),
    },
    fn,
  );
}
