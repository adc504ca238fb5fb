import type { Message, ToolCallPart } from "@nightowl/model/span/message";
import { toolCallsOf } from "./transcript-messages.ts";

/**
 * Which call each tool message answers, where none of them says so by an id that a call could have: as many answers in a row as the turn before
 * them made calls are those of these calls, in their order. Where that turn's calls were not recorded, the answers at the
 * end are those of `asked`, the calls that the previous model call made.
 */
export function answersInOrder(
  messages: readonly Message[],
  asked: readonly ToolCallPart[],
): Map<Message, ToolCallPart> {
  const answers = new Map<Message, ToolCallPart>();
  for (let from = 0; from < messages.length; from++) {
    let to = from;
    while (messages[to]?.role === "tool") to++;
    if (to === from) continue;
    const run = messages.slice(from, to);
    const before = messages[from - 1];
    const made = before?.role === "assistant" ? toolCallsOf([before]) : [];
    const calls = made.length === 0 && to === messages.length ? asked : made;
    // Some instrumentations number the answers themselves: ids of which no call knows.
    const nameless =
      !run.some(namesItsCall) || (run.every(namesItsCall) && calls.every(({ id }) => id === undefined));
    if (calls.length === run.length && nameless)
      for (const [index, message] of run.entries()) answers.set(message, calls[index] as ToolCallPart);
    from = to;
  }
  return answers;
}

/** Which call each tool message names by its id. Ids may be counted anew in every turn: the last call before it is meant. */
export function answersById(
  messages: readonly Message[],
  asked: readonly ToolCallPart[],
): Map<Message, ToolCallPart> {
  const calls = new Map(asked.map((call) => [call.id, call]));
  const answers = new Map<Message, ToolCallPart>();
  for (const message of messages) {
    for (const call of toolCallsOf([message])) calls.set(call.id, call);
    const id = message.role === "tool" ? answeredId(message) : undefined;
    const call = id === undefined ? undefined : calls.get(id);
    if (call !== undefined) answers.set(message, call);
  }
  return answers;
}

function answeredId({ toolCallId, parts }: Message): string | undefined {
  return toolCallId ?? parts.find((part) => part.type === "tool_result")?.callId;
}

function namesItsCall({ toolCallId, parts }: Message): boolean {
  return (
    toolCallId !== undefined || parts.some((part) => part.type === "tool_result" && part.callId !== undefined)
  );
}
