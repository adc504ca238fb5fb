const REASONS: Record<string, string> = {
  stop: "stop",
  end_turn: "stop",
  endturn: "stop",
  stop_sequence: "stop",
  complete: "stop",
  finish: "stop",
  completed: "stop",
  eos: "stop",
  eos_token: "stop",
  tool_calls: "tool_calls",
  tool_call: "tool_calls",
  tool_use: "tool_calls",
  tooluse: "tool_calls",
  function_call: "tool_calls",
  tool_execution: "tool_calls",
  length: "length",
  max_tokens: "length",
  max_output_tokens: "length",
  model_length: "length",
  content_filter: "content_filter",
  safety: "content_filter",
  refusal: "content_filter",
  guardrail_intervened: "content_filter",
  blocked: "content_filter",
};

/**
 * A provider's reason for stopping → `stop`, `tool_calls`, `length` or `content_filter`. A reason that
 * none of these says (`error`, `pause_turn`, …) comes back as it was sent.
 */
export function finishReasonOf(reason: string): string {
  if (Object.hasOwn(REASONS, reason)) return REASONS[reason] ?? reason;
  const bare = reason.trim().replace(/^FinishReason\./i, "");
  const key = bare.toLowerCase().replaceAll("-", "_");
  return Object.hasOwn(REASONS, key) ? (REASONS[key] ?? bare) : bare;
}
