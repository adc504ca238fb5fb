import type { Message, MessagePart, ToolCallPart } from "@nightowl/model/span/message";

/** Responses gives a call an id as an item of the answer, beside the one that its answer names. */
const ITEM_ID = /^fc_/;

/**
 * A conversation in which each call has the id that its answer names. Some instrumentations of Responses tell the ids of the
 * items instead, so that nothing leads from a call to its answer: where as many answers follow as there were calls, the
 * answers' ids are the calls', in their order. Any other call keeps its id.
 */
export function settleCallIds(messages: Message[]): Message[] {
  if (!messages.some(({ parts }) => parts.some(isItem))) return messages;
  return messages.map((message, index) => {
    const calls = message.parts.filter((part) => part.type === "tool_call");
    if (calls.length === 0) return message;
    const after = messages.slice(index + 1);
    const end = after.findIndex(({ role }) => role !== "tool");
    const ids = (end === -1 ? after : after.slice(0, end)).map(({ toolCallId }) => toolCallId);
    const known = new Set(calls.map(({ id }) => id));
    const isSettled =
      calls.length !== ids.length ||
      !calls.every(isItem) ||
      ids.some((id) => id === undefined || known.has(id));
    if (isSettled) return message;
    const idOf = (call: ToolCallPart) => ids[calls.indexOf(call)] ?? "";
    const parts = message.parts.map((part) =>
      part.type === "tool_call" ? { ...part, id: idOf(part) } : part,
    );
    return { ...message, parts };
  });
}

function isItem(part: MessagePart): boolean {
  return part.type === "tool_call" && part.id !== undefined && ITEM_ID.test(part.id);
}
