import { numberOf } from "@nightowl/model/span/attribute-reader";
import type { Message } from "@nightowl/model/span/message";
import type { LlmFields } from "@nightowl/model/span/span";
import { finishReasonOf } from "./finish-reason.ts";
import { endInWords, joinTurns } from "./join-turns.ts";
import { readCompletionPayload, readPromptPayload } from "./read-payloads.ts";
import { settleCallIds } from "./settle-call-ids.ts";

/** Raw outputs longer than this are not searched for an id: they are read when there are no messages only. */
const MAX_SEARCHED_OUTPUT = 262_144;

/** A model call's messages, and what its answer says of itself, from its raw input and output where nothing else told them. */
export function completeConversation(fields: LlmFields): void {
  const { input, output } = fields;
  if (fields.inputMessages.length === 0 && input !== undefined)
    fields.inputMessages = readPromptPayload(input.value);
  if (output === undefined) return;
  const isSilent = fields.outputMessages.length === 0;
  const isOpen = fields.responseId === undefined || fields.finishReasons.length === 0;
  const isSearchable = output.mimeType === "application/json" && output.value.length <= MAX_SEARCHED_OUTPUT;
  if (!isSilent && !(isOpen && isSearchable)) return;
  // Responses begin with their id: no need to open them for it.
  const head = isSilent ? null : /^\s*\{\s*"id"\s*:\s*"([^"\\]{1,200})"/.exec(output.value);
  if (head?.[1] !== undefined) {
    fields.responseId ??= head[1];
    if (fields.finishReasons.length === 0) fields.finishReasons = reasonsIn(output.value);
    return;
  }
  const completion = readCompletionPayload(output.value);
  if (isSilent) fields.outputMessages = completion.messages;
  if (completion.responseId !== undefined) fields.responseId ??= completion.responseId;
  // A span that has one name for the model mostly has the one that was asked for; the answer says which one spoke.
  const isAsAsked = fields.responseModel === undefined || fields.responseModel === fields.requestModel;
  if (isAsAsked && completion.responseModel !== undefined) fields.responseModel = completion.responseModel;
  if (fields.finishReasons.length === 0) fields.finishReasons = completion.finishReasons;
}

/** Why a provider's answer ended, without opening it: OpenAI's choices, Anthropic's message, what stopped Responses. */
function reasonsIn(answer: string): string[] {
  const found = answer.matchAll(/"(?:finish_reason|stop_reason)"\s*:\s*"(\w+)"/g);
  const reasons = [...found].map((match) => finishReasonOf(match[1] ?? ""));
  const cut = /"incomplete_details"\s*:\s*\{\s*"reason"\s*:\s*"(\w+)"/.exec(answer);
  if (cut?.[1] !== undefined) reasons.push(finishReasonOf(cut[1]));
  return [...new Set(reasons)];
}

/** Each turn of the model as one message; of several choices, each is one. */
export function joinSaid(fields: LlmFields): void {
  const isCall = fields.kind === "LLM";
  // A mark where a cache may begin is no instruction; a turn of somebody's that is empty was not captured.
  if (fields.inputMessages.some(isEmptyInstruction))
    fields.inputMessages = fields.inputMessages.filter((message) => !isEmptyInstruction(message));
  if (fields.inputMessages.length > 1)
    fields.inputMessages = settleCallIds(joinTurns(fields.inputMessages, isCall));
  if (fields.outputMessages.length === 0) return;
  const choices = numberOf(fields.invocationParameters?.["n"]) ?? 1;
  const isAgent = fields.kind === "AGENT";
  if (fields.outputMessages.some(isEmpty))
    fields.outputMessages = fields.outputMessages.filter((message) => !isEmpty(message));
  // Koog's agents repeat their instructions for an answer, which nobody gives in such words.
  if ((isCall || isAgent) && fields.outputMessages.every(({ role }) => role === "system"))
    fields.outputMessages = [];
  if (isAgent) fields.outputMessages = endInWords(fields.outputMessages);
  if (isCall && choices <= 1) fields.outputMessages = joinTurns(fields.outputMessages, false);
}

const isEmptyInstruction = ({ role, parts }: Message) => role === "system" && parts.length === 0;
const isEmpty = ({ parts, finishReason }: Message) => parts.length === 0 && finishReason === undefined;

/** Why the answers ended, where only the messages say so. */
export function reasonsOfMessages(fields: LlmFields): string[] {
  if (fields.outputMessages.length === 0) return [];
  const reasons = fields.outputMessages.map((message) => message.finishReason);
  const given = reasons.filter((reason) => reason !== undefined);
  if (fields.kind === "LLM") return [...new Set(given)];
  // An agent's messages are its steps, of which the last one ended the run; a chain repeats those of what it ran.
  return fields.kind === "AGENT" ? given.slice(-1) : [];
}
