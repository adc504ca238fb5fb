import type { SpanDraft, TraceDraft } from "./otlp-span.ts";
import { PASSAGES } from "./words.ts";

export type Attributes = SpanDraft["attributes"];
export type ChatMessage = {
  role: string;
  content: string;
  toolCallId?: string;
  call?: { id: string; name: string; arguments: string };
};

/** Rough, as in most tokenizers' advertisements: four characters a token. */
export const tokensOf = (text: string): number => Math.ceil(text.length / 4);
const textOf = (messages: readonly ChatMessage[]): string =>
  messages.map((message) => message.content).join("\n");

/** Attributes of one model call: messages, tools, tokens. Without `output`, one that failed. */
export function openInferenceChat(
  trace: TraceDraft,
  input: readonly ChatMessage[],
  output: ChatMessage | undefined,
): Attributes {
  const model = trace.random.pick(["gpt-4o", "gpt-4o-mini", "gpt-4.1"]);
  const [promptTokens, completionTokens] = [
    tokensOf(textOf(input)) + 90,
    output ? tokensOf(output.content) + 18 : 0,
  ];
  return {
    "openinference.span.kind": "LLM",
    "llm.provider": "openai",
    "llm.system": "openai",
    "llm.model_name": model,
    "llm.invocation_parameters": JSON.stringify({ model, temperature: 0.2, stream: true }),
    ...flatMessages("llm.input_messages", input),
    ...(output ? flatMessages("llm.output_messages", [output]) : {}),
    "llm.tools.0.tool.json_schema": JSON.stringify({
      type: "function",
      function: {
        name: "find_order",
        parameters: { type: "object", properties: { order_id: { type: "string" } } },
      },
    }),
    ...(output
      ? {
          "llm.token_count.prompt": promptTokens,
          "llm.token_count.completion": completionTokens,
          "llm.token_count.total": promptTokens + completionTokens,
          "llm.token_count.prompt_details.cache_read": Math.min(promptTokens, 64),
        }
      : {}),
  };
}

function flatMessages(prefix: string, messages: readonly ChatMessage[]): Attributes {
  const attributes: Attributes = {};
  for (const [index, { role, content, toolCallId, call }] of messages.entries()) {
    const key = `${prefix}.${index}.message`;
    attributes[`${key}.role`] = role;
    if (content) attributes[`${key}.content`] = content;
    if (toolCallId) attributes[`${key}.tool_call_id`] = toolCallId;
    if (call) {
      attributes[`${key}.tool_calls.0.tool_call.id`] = call.id;
      attributes[`${key}.tool_calls.0.tool_call.function.name`] = call.name;
      attributes[`${key}.tool_calls.0.tool_call.function.arguments`] = call.arguments;
    }
  }
  return attributes;
}

/** A list of documents with falling scores. */
export function documents(
  prefix: string,
  passages: readonly (typeof PASSAGES)[number][],
  trace: TraceDraft,
): Attributes {
  const attributes: Attributes = {};
  for (const [index, { id, text, source }] of passages.entries()) {
    const key = `${prefix}.${index}.document`;
    attributes[`${key}.id`] = id;
    attributes[`${key}.content`] = text;
    attributes[`${key}.score`] = Number((0.93 - index * 0.07 - trace.random.next() * 0.03).toFixed(4));
    attributes[`${key}.metadata`] = JSON.stringify({ source });
  }
  return attributes;
}
