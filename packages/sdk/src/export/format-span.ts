import { SpanStatusCode, type AttributeValue } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";

/** A line for a span that ended: `✓ llm.chat 812 ms gpt-4o 912→88 tokens trace=…`. */
export function formatSpan(span: ReadableSpan): string {
  const failed = span.status.code === SpanStatusCode.ERROR;
  const durationMs = span.duration[0] * 1000 + span.duration[1] / 1e6;
  const { attributes } = span;
  const [prompt, completion] = [
    attributes["llm.token_count.prompt"],
    attributes["llm.token_count.completion"],
  ];
  return [
    failed ? "✗" : "✓",
    span.name,
    `${durationMs.toFixed(durationMs < 10 ? 1 : 0)} ms`,
    text(attributes["llm.model_name"]),
    prompt === undefined && completion === undefined ? "" : `${text(prompt)}→${text(completion)} tokens`,
    failed ? (span.status.message ?? "failed").split("\n")[0] : "",
    `trace=${span.spanContext().traceId}`,
  ]
    .filter(Boolean)
    .join(" ");
}

function text(value: AttributeValue | undefined): string {
  return value === undefined ? "" : String(value);
}
