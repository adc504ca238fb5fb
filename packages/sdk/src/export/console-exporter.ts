import { SpanStatusCode, type AttributeValue } from "@opentelemetry/api";
import { ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";

/** One line for each span that ended: `✓ llm.chat 812 ms gpt-4o 912→88 tokens trace=…`. */
export function createConsoleExporter(print: (line: string) => void): SpanExporter {
  return {
    export(spans, done) {
      for (const span of spans) print(formatSpan(span));
      done({ code: ExportResultCode.SUCCESS });
    },
    shutdown: () => Promise.resolve(),
  };
}

function formatSpan(span: ReadableSpan): string {
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
