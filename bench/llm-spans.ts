import { randomBytes } from "node:crypto";
import type { WireSpan } from "@nightowl/model/span/span";

const WORDS =
  "the model answers from documents which tools return and cites each by its id while agents plan search read compare decide write check retry summarise tokens latency cost".split(
    " ",
  );

/** Text of about `bytes` bytes that does not compress to nothing: words in a random order. */
function prose(bytes: number): string {
  let text = "";
  while (text.length < bytes) text += `${WORDS[Math.floor(Math.random() * WORDS.length)]} `;
  return text.slice(0, bytes);
}

const RESOURCE: WireSpan["resource"] = {
  attributes: {
    "service.name": "bench",
    "telemetry.sdk.language": "nodejs",
    "deployment.environment.name": "bench",
  },
  droppedAttributesCount: 0,
  entityRefs: [],
  schemaUrl: "",
};
const SCOPE: WireSpan["scope"] = {
  name: "bench",
  version: "1",
  attributes: {},
  droppedAttributesCount: 0,
  schemaUrl: "",
};

/**
 * One trace of `spanCount` spans as an agent makes them: a root, then model calls and tools under it.
 * A model call carries about 2 KB of attributes (20 keys, flattened OpenInference messages).
 */
export function llmTrace(spanCount: number, endMs: number = Date.now(), payloadBytes = 1400): WireSpan[] {
  const traceId = randomBytes(16).toString("hex");
  const ids = Array.from({ length: spanCount }, () => randomBytes(8).toString("hex"));
  const spanMs = 20;
  const startMs = endMs - spanCount * spanMs;
  return ids.map((spanId, i) => ({
    traceId,
    spanId,
    parentSpanId: i === 0 ? "" : (ids[i > 20 ? Math.floor(i / 20) : 0] as string),
    traceState: "",
    flags: 1,
    name: i === 0 ? "agent.run" : i % 3 === 0 ? "tool.search_docs" : "llm.chat",
    otelKind: 1,
    startTimeNs: `${startMs + i * spanMs}000000`,
    endTimeNs: `${i === 0 ? endMs : startMs + (i + 1) * spanMs}000000`,
    attributes: {
      "openinference.span.kind": i === 0 ? "AGENT" : i % 3 === 0 ? "TOOL" : "LLM",
      "session.id": `session-${traceId.slice(0, 2)}`,
      "user.id": `user-${traceId.slice(2, 4)}`,
      "llm.model_name": "gpt-4o-2024-11-20",
      "llm.provider": "openai",
      "llm.system": "openai",
      "llm.invocation_parameters": '{"temperature":0.2,"max_tokens":1024}',
      "llm.input_messages.0.message.role": "system",
      "llm.input_messages.0.message.content": prose(payloadBytes * 0.3),
      "llm.input_messages.1.message.role": "user",
      "llm.input_messages.1.message.content": prose(payloadBytes * 0.3),
      "llm.output_messages.0.message.role": "assistant",
      "llm.output_messages.0.message.content": prose(payloadBytes * 0.4),
      "llm.token_count.prompt": 812,
      "llm.token_count.completion": 164,
      "llm.token_count.total": 976,
      "llm.token_count.prompt_details.cache_read": 512,
      "llm.finish_reason": "stop",
      "http.route": "/ask",
      "app.release": "2026.11.1",
    },
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    statusCode: "OK",
    statusMessage: "",
    resource: RESOURCE,
    scope: SCOPE,
    notes: [],
  }));
}

/** The middle value; of an even number, the upper of the two. */
export function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The value below which `share` (0–1) of the values lie. */
export function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
