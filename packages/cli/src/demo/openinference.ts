import type { Attributes } from "./trace-draft.ts";

/** A message of a conversation, before it is flattened into attributes. */
export interface ChatMessage {
  role: "system" | "user" | "assistant" | "tool";
  content: string;
  /** What a reasoning model thought before its answer. */
  reasoning?: string;
  imageUrl?: string;
  toolCallId?: string;
  calls?: readonly ToolCall[];
}

export interface ToolCall {
  id: string;
  name: string;
  /** JSON text. */
  arguments: string;
}

/** A document as a retriever or reranker returns it. */
export interface FoundDocument {
  id: string;
  text: string;
  /** What the documents are ordered by, where that is known. */
  score?: number;
  metadata: Record<string, unknown>;
}

/** One model call, in the words of the OpenInference conventions. */
export interface ModelCall {
  model: string;
  provider: string;
  parameters: Record<string, unknown>;
  input: readonly ChatMessage[];
  /** Absent where the call failed. */
  output?: ChatMessage;
  /** JSON schemas of the tools that the model may call. */
  tools: readonly unknown[];
}

export interface TokenCounts {
  prompt: number;
  completion: number;
  cacheRead?: number;
  reasoning?: number;
}

/** Rough, as in most tokenizers' advertisements: four characters of English a token, fewer of anything else. */
export function tokensOf(text: string): number {
  // oxlint-disable-next-line no-control-regex -- what is not ASCII
  const foreign = text.match(/[^\u0000-\u007F]/g)?.length ?? 0;
  return Math.ceil((text.length - foreign) / 4 + foreign / 1.4);
}

/** Attributes of one model call but its tokens and cost. */
export function modelCallAttributes(call: ModelCall): Attributes {
  const finishReason = call.output && (call.output.calls?.length ? "tool_calls" : "stop");
  const attributes: Attributes = {
    "openinference.span.kind": "LLM",
    "llm.provider": call.provider,
    "llm.model_name": call.model,
    "llm.invocation_parameters": JSON.stringify(call.parameters),
    ...messageAttributes("llm.input_messages", call.input),
    ...(call.output ? messageAttributes("llm.output_messages", [call.output]) : {}),
    "llm.finish_reason": finishReason,
  };
  for (const [index, tool] of call.tools.entries()) {
    attributes[`llm.tools.${index}.tool.json_schema`] = JSON.stringify(tool);
  }
  return attributes;
}

export function tokenAttributes({ prompt, completion, cacheRead, reasoning }: TokenCounts): Attributes {
  return {
    "llm.token_count.prompt": prompt,
    "llm.token_count.completion": completion,
    "llm.token_count.total": prompt + completion,
    "llm.token_count.prompt_details.cache_read": cacheRead,
    "llm.token_count.completion_details.reasoning": reasoning,
  };
}

function messageAttributes(prefix: string, messages: readonly ChatMessage[]): Attributes {
  const attributes: Attributes = {};
  for (const [index, message] of messages.entries()) {
    const key = `${prefix}.${index}.message`;
    attributes[`${key}.role`] = message.role;
    const parts = partsOf(message);
    if (parts.every((part) => part.type === "text")) {
      if (message.content) attributes[`${key}.content`] = message.content;
    } else {
      for (const [place, part] of parts.entries()) {
        const partKey = `${key}.contents.${place}.message_content`;
        attributes[`${partKey}.type`] = part.type;
        attributes[`${partKey}.${part.type === "image" ? "image.image.url" : "text"}`] = part.value;
      }
    }
    if (message.toolCallId) attributes[`${key}.tool_call_id`] = message.toolCallId;
    for (const [place, call] of (message.calls ?? []).entries()) {
      const callKey = `${key}.tool_calls.${place}.tool_call`;
      attributes[`${callKey}.id`] = call.id;
      attributes[`${callKey}.function.name`] = call.name;
      attributes[`${callKey}.function.arguments`] = call.arguments;
    }
  }
  return attributes;
}

function partsOf(message: ChatMessage): { type: "reasoning" | "text" | "image"; value: string }[] {
  return [
    ...(message.reasoning ? [{ type: "reasoning" as const, value: message.reasoning }] : []),
    ...(message.content ? [{ type: "text" as const, value: message.content }] : []),
    ...(message.imageUrl ? [{ type: "image" as const, value: message.imageUrl }] : []),
  ];
}

/** A list of documents under `prefix`, `retrieval.documents` say. */
export function documentAttributes(prefix: string, documents: readonly FoundDocument[]): Attributes {
  const attributes: Attributes = {};
  for (const [index, { id, text, score, metadata }] of documents.entries()) {
    const key = `${prefix}.${index}.document`;
    attributes[`${key}.id`] = id;
    attributes[`${key}.content`] = text;
    attributes[`${key}.score`] = score;
    attributes[`${key}.metadata`] = JSON.stringify(metadata);
  }
  return attributes;
}
