import { REDACTED, type Message, type MessagePart } from "@nightowl/model/span/message";
import { isHostedCall } from "./read-parts.ts";

/**
 * A conversation in which each turn of the model is one message: Responses has what was thought, said and called as items
 * of their own, and some SDKs send a message for each call. What follows an answer to a call, or somebody else's word, is
 * another turn; so is what is said after calls, even where their answers were not told. Two texts in a row stay two, as
 * do answers that ended for different reasons. `isRequest`: what was said before may have been said by one model only.
 */
export function joinTurns(messages: Message[], isRequest: boolean): Message[] {
  if (!hasJoint(messages, isRequest)) return messages;
  const turns: Message[] = [];
  for (const message of messages) {
    const turn = turns.at(-1);
    if (turn !== undefined && isSameTurn(turn, message, isRequest))
      turns[turns.length - 1] = { ...turn, ...message, parts: [...turn.parts, ...message.parts] };
    else turns.push(message);
  }
  return turns;
}

function hasJoint(messages: readonly Message[], isRequest: boolean): boolean {
  for (let index = 1; index < messages.length; index++)
    if (isSameTurn(messages[index - 1], messages[index] as Message, isRequest)) return true;
  return false;
}

/**
 * The run of an agent that ended in words, told as one message with all calls of the run in it and their answers behind:
 * what was thought, the calls, their answers, and what was said in the end. Any other run as it is.
 */
export function endInWords(messages: Message[]): Message[] {
  const [only, ...answers] = messages;
  const isWhole = only?.finishReason === "stop" && answers.length > 0 && answers.every(isAnswer);
  if (!isWhole || !only.parts.some((part) => part.type === "tool_call")) return messages;
  const said = only.parts.filter(isSpoken);
  if (said.length === 0) return messages;
  const { finishReason, ...steps } = only;
  const before = only.parts.filter((part) => !isSpoken(part));
  return [{ ...steps, parts: before }, ...answers, { role: "assistant", parts: said, finishReason }];
}

const isAnswer = ({ role }: Message) => role === "tool";

function isSameTurn(turn: Message | undefined, next: Message, isRequest: boolean): boolean {
  if (turn?.role !== "assistant" || next.role !== "assistant" || turn.name !== next.name) return false;
  if (turn.finishReason !== undefined && turn.finishReason !== next.finishReason) return false;
  const [last, first] = [turn.parts.at(-1), next.parts[0]];
  if (last === undefined || first === undefined) return false;
  if (last.type === "tool_call" && !isHostedCall(last)) return first.type === "tool_call";
  return isSpoken(last) ? isRequest && !isSpoken(first) : true;
}

function isSpoken(part: MessagePart): boolean {
  if (part.type === "raw") return part.value === REDACTED;
  return part.type === "text" || part.type === "image" || part.type === "audio" || part.type === "file";
}
