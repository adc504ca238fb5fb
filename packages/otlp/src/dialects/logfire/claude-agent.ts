import type { LlmFields, WireSpan } from "@nightowl/model/span/span";
import { numberOf } from "@nightowl/model/span/attribute-reader";
import { payloadOf } from "../../normalise/payload.ts";
import { readMessages } from "../../normalise/read-messages.ts";
import { textMessage } from "../../normalise/read-payloads.ts";
import { readUsageObject } from "../../normalise/read-usage.ts";
import { compact } from "../../normalise/record.ts";
import { reportedCost } from "../../normalise/usage.ts";
import type { AttributeTaker } from "../dialect.ts";

/** Claude's Agent SDK: a conversation, the turns of the assistant in it, and between them a span for each tool. */
export function readClaudeAgent(span: WireSpan, take: AttributeTaker): Partial<LlmFields> {
  if (span.name === "claude.conversation") return readConversation(take);
  if (span.name === "claude.assistant.turn") {
    return {
      kind: "LLM",
      provider: "anthropic",
      responseModel: take.text("model"),
      outputMessages: readMessages([{ role: "assistant", content: take.json("content") }], "assistant"),
    };
  }
  const given = take.json("tool_input");
  if (given === undefined) return {};
  const message = take.text("error");
  return {
    kind: "TOOL",
    tool: compact({ name: span.name, arguments: given, result: take.json("tool_response") }),
    ...(message === undefined ? {} : { error: { message } }),
  };
}

/** Its usage is that of all turns, which report none. */
function readConversation(take: AttributeTaker): Partial<LlmFields> {
  const prompt = take.text("prompt");
  const { input_tokens, output_tokens, total_tokens, ...details } = take.members("usage.") ?? {};
  return {
    kind: "AGENT",
    inputMessages: [
      ...textMessage(take.text("system_prompt") ?? "", "system"),
      ...textMessage(prompt ?? "", "user"),
    ],
    input: prompt === undefined ? undefined : payloadOf(prompt),
    usage: {
      ...readUsageObject({ input_tokens, output_tokens, total_tokens }),
      ...compact({
        cacheReadTokens: numberOf(details["input_token_details.cache_read"]),
        cacheWriteTokens: numberOf(details["input_token_details.cache_creation"]),
      }),
    },
    cost: reportedCost(take.number("total_cost_usd"), undefined, undefined),
    sessionId: take.text("session_id"),
  };
}
