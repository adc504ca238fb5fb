import type { Message } from "@nightowl/model/span/message";
import type { LlmFields, WireSpan } from "@nightowl/model/span/span";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { payloadOf } from "../normalise/payload.ts";
import { mergeAssistantMessages, readMessages } from "../normalise/read-messages.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * GitHub Copilot, in VS Code (`copilot_chat.…`) and as a command (`github.copilot.…`): GenAI's spans, with what the
 * convention has no name for. Models' costs are told in requests, not in money.
 *
 * @see https://code.visualstudio.com/docs/copilot/guides/monitoring-agents
 */
export const copilot: Dialect = {
  name: "copilot",
  speaks: (scope, keys) => scope === "github.copilot" || keys.hasFamily("copilot_chat"),
  read,
};

const NAME = "copilot_chat.";
const OUTPUT = "gen_ai.output.messages";

function read(_span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const operation = attrs.text("gen_ai.operation.name");
  const fields: Partial<LlmFields> = {
    // On some calls the conversation's id is that of the request alone.
    sessionId: take.text(`${NAME}chat_session_id`, `${NAME}session_id`),
    timeToFirstTokenMs: take.number(`${NAME}time_to_first_token`),
  };
  const fallback: Partial<LlmFields> = {};
  const thought = take.text(`${NAME}reasoning_content`);
  if (thought !== undefined) fields.outputMessages = withThought(thought, take);
  if (operation === "content_event") {
    fields.kind = "CHAIN";
    fields.output = take.payload(`${NAME}markdown_content`);
  }
  if (operation === "invoke_agent") {
    fallback.agentName = "copilot";
    const asked = take.text(`${NAME}user_request`);
    if (asked !== undefined) {
      fallback.input = payloadOf(asked);
      fallback.inputMessages = readMessages([{ role: "user", content: asked }], "user");
    }
  }
  return { fields, fallback, claimed: take.claimed, notes: take.notes };
}

/** What the model thought stands beside its answer. */
function withThought(thought: string, take: AttributeTaker): Message[] {
  const thinking = { role: "assistant", content: [{ type: "thinking", thinking: thought }] };
  const answered = readMessages(take.list(OUTPUT).items, "assistant");
  return mergeAssistantMessages([...readMessages([thinking], "assistant"), ...answered]);
}
