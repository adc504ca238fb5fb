import type { Message } from "@nightowl/model/span/message";
import type { WireSpan } from "@nightowl/model/span/span";
import { mergeAssistantMessages, readMessages } from "../../normalise/read-messages.ts";
import { readCompletionPayload } from "../../normalise/read-payloads.ts";
import { isRecord } from "../../normalise/record.ts";
import { openReprs } from "./python-reprs.ts";

/** The messages of a model's whole answer, where it is one that is understood; else `[]`. */
export function readAnswer(answer: string, span: WireSpan): Message[] {
  const opened = openReprs(answer, span);
  if (isRecord(opened)) {
    // Haystack's answers, of which OpenAI has none of the name.
    if (Array.isArray(opened["replies"])) return readMessages(opened["replies"], "assistant");
    if (opened["finish_reason"] !== undefined && opened["content"] !== undefined) return readResult(opened);
  }
  const { messages } = readCompletionPayload(opened);
  // Choices are answers of their own.
  const isOne = !(isRecord(opened) && Array.isArray(opened["choices"]));
  return isOne ? mergeAssistantMessages(messages) : messages;
}

/** AutoGen's result of a call: text or calls in `content`, and what it thought before. */
function readResult(result: Record<string, unknown>): Message[] {
  const { content, thought, finish_reason: finishReason } = result;
  const said = Array.isArray(content) ? { tool_calls: content } : { content };
  const message = { role: "assistant", ...said, reasoning_content: thought };
  // Calls of functions are calls of tools under an old name.
  const reason = finishReason === "function_calls" ? "tool_calls" : finishReason;
  return readMessages(
    [{ ...message, finish_reason: reason === "unknown" ? undefined : reason }],
    "assistant",
  );
}
