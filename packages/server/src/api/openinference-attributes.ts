import { plainValue } from "@nightowl/model/span/attribute-reader";
import type { Attributes } from "@nightowl/model/span/attributes";
import type { Message, MessagePart } from "@nightowl/model/span/message";
import type { Document, Span } from "@nightowl/model/span/span";

type Flat = Map<string, unknown>;

/**
 * A span's attributes under OpenInference's flattened names, whatever dialect it came in, beside
 * everything that was sent, flattened too (maps to dotted keys, lists of maps to indexes, lists of
 * scalars whole). What was sent wins: a list that came flattened is not written over.
 * Spec: https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md
 */
export function toOpenInferenceAttributes(span: Span): Record<string, unknown> {
  const flat = flattenAttributes(span.attributes);
  const derived: Flat = new Map();
  addScalars(derived, span);
  addList(flat, "llm.input_messages", (prefix) => addMessages(derived, prefix, span.inputMessages));
  addList(flat, "llm.output_messages", (prefix) => addMessages(derived, prefix, span.outputMessages));
  addList(flat, "llm.tools", (prefix) => {
    for (const [i, tool] of span.tools.entries())
      derived.set(`${prefix}.${i}.tool.json_schema`, jsonText(tool.raw));
  });
  if (span.kind === "RERANKER") {
    addList(flat, "reranker.input_documents", (prefix) => addDocuments(derived, prefix, span.inputDocuments));
    addList(flat, "reranker.output_documents", (prefix) => addDocuments(derived, prefix, span.documents));
  } else {
    addList(flat, "retrieval.documents", (prefix) => addDocuments(derived, prefix, span.documents));
  }
  addList(flat, "embedding.embeddings", (prefix) => {
    for (const [i, embedding] of span.embeddings.entries()) {
      set(derived, `${prefix}.${i}.embedding.text`, embedding.text);
    }
  });
  for (const [key, value] of flat) derived.set(key, value);
  // fromEntries defines keys such as __proto__ as what they are: keys.
  return Object.fromEntries(derived);
}

/** Attributes with dotted keys, in the order they were sent. */
export function flattenAttributes(attributes: Attributes): Flat {
  const flat: Flat = new Map();
  for (const [key, value] of Object.entries(attributes)) flatten(flat, key, plainValue(value));
  return flat;
}

function flatten(flat: Flat, key: string, value: unknown): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    if (!value.some(isMap)) {
      flat.set(key, value);
      return;
    }
    for (const [i, item] of value.entries()) flatten(flat, `${key}.${i}`, item);
    return;
  }
  if (!isMap(value)) {
    flat.set(key, value);
    return;
  }
  for (const [inner, item] of Object.entries(value)) flatten(flat, `${key}.${inner}`, item);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function addScalars(flat: Flat, span: Span): void {
  set(flat, "openinference.span.kind", span.kind);
  set(flat, "input.value", span.input?.value);
  set(flat, "input.mime_type", span.input?.mimeType);
  set(flat, "output.value", span.output?.value);
  set(flat, "output.mime_type", span.output?.mimeType);
  const model = span.responseModel ?? span.requestModel;
  set(flat, MODEL_KEYS[span.kind] ?? "llm.model_name", model);
  set(flat, "llm.provider", span.provider);
  set(flat, "llm.invocation_parameters", span.invocationParameters && jsonText(span.invocationParameters));
  if (span.finishReasons.length > 0) set(flat, "llm.finish_reason", span.finishReasons.join(","));
  addUsage(flat, span);
  set(flat, "llm.prompt_template.template", span.promptTemplate?.template);
  set(flat, "llm.prompt_template.version", span.promptTemplate?.version);
  set(
    flat,
    "llm.prompt_template.variables",
    span.promptTemplate?.variables && jsonText(span.promptTemplate.variables),
  );
  set(flat, "reranker.query", span.kind === "RERANKER" ? span.query : undefined);
  set(flat, "reranker.top_k", span.kind === "RERANKER" ? span.topK : undefined);
  set(flat, "tool.name", span.tool?.name);
  set(flat, "tool.id", span.tool?.callId);
  set(flat, "tool.description", span.tool?.description);
  set(
    flat,
    "tool.parameters",
    span.tool?.arguments === undefined ? undefined : jsonText(span.tool.arguments),
  );
  set(flat, "agent.name", span.agentName);
  set(flat, "graph.node.id", span.graphNode?.id);
  set(flat, "graph.node.name", span.graphNode?.name);
  set(flat, "graph.node.parent_id", span.graphNode?.parentId);
  set(flat, "session.id", span.sessionId);
  set(flat, "user.id", span.userId);
  if (span.tags.length > 0) set(flat, "tag.tags", span.tags);
  set(flat, "metadata", span.metadata && jsonText(span.metadata));
}

const MODEL_KEYS: Partial<Record<Span["kind"], string>> = {
  EMBEDDING: "embedding.model_name",
  RERANKER: "reranker.model_name",
};

function addUsage(flat: Flat, { usage, cost }: Span): void {
  set(flat, "llm.token_count.prompt", usage.inputTokens);
  set(flat, "llm.token_count.completion", usage.outputTokens);
  const hasBoth = usage.inputTokens !== undefined && usage.outputTokens !== undefined;
  set(
    flat,
    "llm.token_count.total",
    usage.totalTokens ?? (hasBoth ? usage.inputTokens! + usage.outputTokens! : undefined),
  );
  set(flat, "llm.token_count.prompt_details.cache_read", usage.cacheReadTokens);
  set(flat, "llm.token_count.prompt_details.cache_write", usage.cacheWriteTokens);
  set(flat, "llm.token_count.prompt_details.audio", usage.audioInputTokens);
  set(flat, "llm.token_count.completion_details.reasoning", usage.reasoningTokens);
  set(flat, "llm.token_count.completion_details.audio", usage.audioOutputTokens);
  if (cost === undefined || cost.source === "unpriced") return;
  set(flat, "llm.cost.total", cost.costUsd);
  if (cost.source !== "reported") return;
  set(flat, "llm.cost.prompt", cost.inputCostUsd);
  set(flat, "llm.cost.completion", cost.outputCostUsd);
}

/** Runs `add` unless the list came flattened already. */
function addList(sent: Flat, prefix: string, add: (prefix: string) => void): void {
  for (const key of sent.keys()) if (key.startsWith(`${prefix}.`)) return;
  add(prefix);
}

function addDocuments(flat: Flat, prefix: string, documents: readonly Document[]): void {
  for (const [i, document] of documents.entries()) {
    const at = `${prefix}.${i}.document`;
    set(flat, `${at}.id`, document.id);
    set(flat, `${at}.content`, document.text);
    set(flat, `${at}.score`, document.score);
    set(flat, `${at}.metadata`, document.metadata === undefined ? undefined : jsonText(document.metadata));
  }
}

/** OpenInference has one result in one message: several in one become as many messages. */
function addMessages(flat: Flat, prefix: string, messages: readonly Message[]): void {
  let index = 0;
  for (const message of messages) {
    const results = message.parts.filter((part) => part.type === "tool_result");
    const others = message.parts.filter((part) => part.type !== "tool_result");
    for (const result of results) {
      const at = `${prefix}.${index++}.message`;
      set(flat, `${at}.role`, "tool");
      set(flat, `${at}.name`, result.name ?? (results.length === 1 ? message.name : undefined));
      set(
        flat,
        `${at}.tool_call_id`,
        result.callId ?? (results.length === 1 ? message.toolCallId : undefined),
      );
      set(flat, `${at}.content`, jsonText(result.result));
    }
    if (results.length > 0 && others.length === 0) continue;
    addMessage(flat, `${prefix}.${index++}.message`, message, others);
  }
}

function addMessage(flat: Flat, at: string, message: Message, parts: readonly MessagePart[]): void {
  set(flat, `${at}.role`, message.role);
  set(flat, `${at}.name`, message.name);
  set(flat, `${at}.tool_call_id`, message.toolCallId);
  set(flat, `${at}.finish_reason`, message.finishReason);
  const calls = parts.filter((part) => part.type === "tool_call");
  for (const [i, call] of calls.entries()) {
    const callAt = `${at}.tool_calls.${i}.tool_call`;
    set(flat, `${callAt}.id`, call.id);
    set(flat, `${callAt}.function.name`, call.name);
    set(flat, `${callAt}.function.arguments`, jsonText(call.arguments));
    set(flat, `${callAt}.reasoning_signature`, call.signature);
  }
  const contents = parts.filter((part) => part.type !== "tool_call");
  if (contents.length === 1 && contents[0]!.type === "text") {
    set(flat, `${at}.content`, contents[0]!.text);
    return;
  }
  for (const [i, part] of contents.entries()) addContent(flat, `${at}.contents.${i}.message_content`, part);
}

function addContent(flat: Flat, at: string, part: MessagePart): void {
  switch (part.type) {
    case "text":
      set(flat, `${at}.type`, "text");
      set(flat, `${at}.text`, part.text);
      return;
    case "image":
      set(flat, `${at}.type`, "image");
      set(flat, `${at}.image.image.url`, part.url);
      return;
    case "audio":
      set(flat, `${at}.type`, "audio");
      set(flat, `${at}.audio.audio.url`, part.url);
      set(flat, `${at}.audio.audio.mime_type`, part.mimeType);
      set(flat, `${at}.audio.audio.transcript`, part.transcript);
      return;
    case "reasoning":
      set(flat, `${at}.type`, "reasoning");
      set(flat, `${at}.text`, part.text);
      set(flat, `${at}.signature`, part.signature);
      set(flat, `${at}.encrypted_content`, part.encrypted);
      return;
    default:
      // OpenInference has no name for it; its JSON is better than nothing.
      set(flat, `${at}.type`, "text");
      set(flat, `${at}.text`, jsonText(part.type === "raw" ? part.value : part));
  }
}

function set(flat: Flat, key: string, value: unknown): void {
  if (value !== undefined && value !== null) flat.set(key, value);
}

/** Text as it is, everything else as JSON. */
function jsonText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
