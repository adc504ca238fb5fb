import type { Attributes, Span } from "@opentelemetry/api";
import {
  OpenInferenceSpanKind,
  SemanticConventions as Names,
} from "@arizeai/openinference-semantic-conventions";
import { attempt } from "./attempt.ts";
import { runSpan, type Traced } from "./run-span.ts";
import { inputAttributes, outputAttributes } from "./values.ts";

/** OpenInference has no names for how an agent's loop ended. */
const STOP_REASON = "agent.stop_reason";
const ITERATIONS = "agent.iterations";

const recorded = new WeakSet<Span>();

export interface AgentSpanOptions {
  /** Which agent it is. */
  agentName?: string;
  /** The span's name. Default: `agent.run`. */
  name?: string;
  attributes?: Attributes;
}

/**
 * Runs an agent in a span of kind AGENT, with its goal as input. What the callback returns is the output, unless
 * `recordAgentOutput` was called. Returns what the callback returns; throws what it throws.
 */
export function agentSpan<T>(
  goal: unknown,
  fn: (span: Span) => T,
  options: AgentSpanOptions = {},
): Traced<T> {
  return runSpan(
    {
      name: options.name ?? "agent.run",
      kind: OpenInferenceSpanKind.AGENT,
      attributes: () => ({
        ...(options.agentName === undefined ? {} : { [Names.AGENT_NAME]: options.agentName }),
        ...inputAttributes(goal),
        ...options.attributes,
      }),
      onResult: (span, result) => {
        if (!recorded.has(span)) span.setAttributes(outputAttributes(result));
      },
    },
    fn,
  );
}

/** Records how an agent's run ended: its output, why it stopped, and after how many rounds. Never throws. */
export function recordAgentOutput(
  span: Span,
  { output, stopReason, iterations }: { output?: unknown; stopReason?: string; iterations?: number },
): void {
  recorded.add(span);
  if (!span.isRecording()) return;
  attempt(() => {
    span.setAttributes(outputAttributes(output));
    if (stopReason !== undefined) span.setAttribute(STOP_REASON, stopReason);
    if (iterations !== undefined) span.setAttribute(ITERATIONS, iterations);
  });
}
