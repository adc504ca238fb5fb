import type { Message, MessagePart } from "../span/message.ts";
import type { LlmFields } from "../span/span.ts";
import { findDocuments } from "./find-documents.ts";

/**
 * What a prompt is made of, in the order in which providers put it before the model (and so in which a cached prefix covers
 * it): tool definitions, system text, earlier turns, retrieved documents, results of tools, the user's last text.
 */
export const PROMPT_PARTS = ["tools", "system", "history", "documents", "toolResults", "user"] as const;
export type PromptPart = (typeof PROMPT_PARTS)[number];

/** Tokens by part. */
export type PromptTokens = Record<PromptPart, number>;

/** A picture's tokens, as if it were of 1024 × 1024 pixels: nothing in a trace tells more. */
const IMAGE_TOKENS = 765;

/**
 * The prompt of a model call, measured by part.
 *
 * - `documents`: text that `knownDocuments` (what retrievers of the trace found) has too, that a variable of the
 *   template carries whose name says so (`context`, `documents` …), or that stands between tags or under a heading
 *   that say so, in whichever message it is.
 * - `user`: the last message of the user, without its documents. `toolResults`: all of them, also those of earlier turns.
 * - `history`: every other message: earlier questions, answers and tool calls.
 *
 * @param countTokens how many tokens a text has.
 */
export function measurePrompt(
  prompt: Pick<LlmFields, "inputMessages" | "tools" | "promptTemplate">,
  countTokens: (text: string) => number,
  knownDocuments: readonly string[] = [],
): PromptTokens {
  const tokens: PromptTokens = { tools: 0, system: 0, history: 0, documents: 0, toolResults: 0, user: 0 };
  const documents = [...knownDocuments, ...variableDocuments(prompt)];
  const add = (part: PromptPart, text: string): void => {
    if (text === "") return;
    if (part === "toolResults") {
      tokens[part] += countTokens(text);
      return;
    }
    const found = findDocuments(text, documents);
    if (found.documents !== "") tokens.documents += countTokens(found.documents);
    if (found.rest !== "") tokens[part] += countTokens(found.rest);
  };
  for (const tool of prompt.tools) tokens.tools += countTokens(textOf(tool.raw));
  const last = prompt.inputMessages.findLastIndex(isAsking);
  for (const [index, message] of prompt.inputMessages.entries()) {
    const own = message.role === "system" ? "system" : index === last ? "user" : "history";
    for (const part of message.parts) {
      if (part.type === "image") tokens[own] += IMAGE_TOKENS;
      else add(partOf(message, part, own), textOfPart(part));
    }
  }
  return tokens;
}

/**
 * Names of the tools whose results are new in this prompt: those after the model's previous answer. They are what the tools
 * gave this call to read.
 */
export function feedingTools(messages: readonly Message[]): string[] {
  const names = new Map<string, string>();
  const fed = new Set<string>();
  for (const message of messages) {
    if (message.role === "assistant") fed.clear();
    for (const part of message.parts) {
      if (part.type === "tool_call" && part.id) names.set(part.id, part.name);
      const result = part.type === "tool_result" ? part : undefined;
      if (!result && message.role !== "tool") continue;
      const callId = result?.callId ?? message.toolCallId;
      const name = result?.name ?? message.name ?? (callId === undefined ? undefined : names.get(callId));
      if (name) fed.add(name);
    }
  }
  return [...fed];
}

/** A message in which the user speaks, not one that only brings results. */
function isAsking(message: Message): boolean {
  return (
    message.role === "user" &&
    message.toolCallId === undefined &&
    message.parts.some(({ type }) => type !== "tool_result")
  );
}

function partOf(message: Message, part: MessagePart, own: PromptPart): PromptPart {
  if (part.type === "tool_result" || message.role === "tool" || message.role === "function")
    return "toolResults";
  return message.toolCallId === undefined || message.role === "assistant" ? own : "toolResults";
}

function textOfPart(part: MessagePart): string {
  switch (part.type) {
    case "text":
    case "reasoning":
      return part.text;
    case "tool_call":
      return `${part.name} ${textOf(part.arguments)}`;
    case "tool_result":
      return textOf(part.result);
    case "audio":
      return part.transcript ?? "";
    case "raw":
      return textOf(part.value);
    default:
      return "";
  }
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : (JSON.stringify(value) ?? "");
}

const DOCUMENT_VARIABLE =
  /^(context|documents?|docs|passages?|sources?|chunks?|knowledge|excerpts?|search_?results|retrieved.*)$/i;

function variableDocuments({ promptTemplate }: Pick<LlmFields, "promptTemplate">): string[] {
  return Object.entries(promptTemplate?.variables ?? {}).flatMap(([name, value]) =>
    DOCUMENT_VARIABLE.test(name) && typeof value === "string" ? [value] : [],
  );
}
