import { jsonOf } from "@nightowl/model/span/attribute-reader";
import { REDACTED, type Message } from "@nightowl/model/span/message";
import type { LlmFields, Payload } from "@nightowl/model/span/span";
import { readQuestion } from "./read-question.ts";
import { readCompletionPayload, readPromptPayload } from "./read-payloads.ts";
import { isRecord, jsonText } from "./record.ts";

/**
 * The conversation of a whole run, where its raw input or output is one: `{messages}`, as LangGraph has it, or a list of
 * messages. The other half may be text, also beside messages that an agent's dialect has read. Where one half cannot be
 * read, both stay as they are.
 */
export function completeRun(fields: LlmFields): void {
  const { input, output } = fields;
  if (fields.inputMessages.length > 0 && fields.outputMessages.length > 0) return;
  if (isResumption(input) && isConversation(output)) return completeResumed(fields);
  const isUnsaid = fields.inputMessages.length === 0 && fields.outputMessages.length === 0;
  const called = fields.kind === "AGENT" && isUnsaid ? readQuestion(fields) : undefined;
  if (called !== undefined) {
    fields.inputMessages = called.asked;
    fields.outputMessages = called.answered;
    return;
  }
  const isTold =
    fields.kind === "AGENT" && (fields.inputMessages.length > 0 || fields.outputMessages.length > 0);
  if (!isTold && !isConversation(input) && !isConversation(output)) return;
  const asked =
    fields.inputMessages.length > 0 || !isReadable(input)
      ? fields.inputMessages
      : readPromptPayload(input.value);
  const answered =
    fields.outputMessages.length > 0 || !isReadable(output)
      ? fields.outputMessages
      : sinceAsked(readCompletionPayload(output.value).messages, asked);
  // A run that failed was asked all the same.
  const isUnreadable = answered.length === 0 && output !== undefined && fields.error === undefined;
  if (asked.length === 0 || isUnreadable) return;
  fields.inputMessages = asked;
  fields.outputMessages = answered;
}

/** What LangGraph goes on with after it asked a person: a command, `{lg_name: "Command", resume, goto}`. */
function isResumption(payload: Payload | undefined): boolean {
  if (payload === undefined || !/"resume":/.test(payload.value.slice(0, 100))) return false;
  const command = jsonOf(payload.value);
  return isRecord(command) && command["resume"] != null && Array.isArray(command["goto"]);
}

/** A run that goes on was asked what the conversation that it gives back was asked last. */
function completeResumed(fields: LlmFields): void {
  const { messages } = readCompletionPayload(fields.output?.value);
  const asked = messages.slice(0, messages.findLastIndex(({ role }) => role === "user") + 1);
  if (asked.length === 0 || asked.length === messages.length) return;
  fields.inputMessages = asked;
  fields.outputMessages = messages.slice(asked.length);
}

/** JSON that was cut off is no text that somebody said. */
function isReadable(payload: Payload | undefined): payload is Payload {
  if (payload === undefined || payload.value === REDACTED) return false;
  return !isJsonLike(payload) || typeof jsonOf(payload.value) !== "string";
}

function isJsonLike({ value }: Payload): boolean {
  return /^\s*[[{]/.test(value.slice(0, 100));
}

function isConversation(payload: Payload | undefined): boolean {
  if (payload === undefined || !isJsonLike(payload)) return false;
  // What has messages names them, or is a list of what has roles or types.
  if (!/"(?:messages|role|type)"/.test(payload.value)) return false;
  const opened = jsonOf(payload.value);
  const list = isRecord(opened) ? opened["messages"] : opened;
  return Array.isArray(list) && list.flat(1).some(isRecord) && readPromptPayload(opened).length > 0;
}

/** A graph gives back the conversation as it stands then, with what it was asked in it; `[]` where nothing came after. */
function sinceAsked(answered: Message[], asked: readonly Message[]): Message[] {
  const last = asked.at(-1);
  const at = last === undefined ? -1 : answered.map(textOfMessage).lastIndexOf(textOfMessage(last));
  return answered.slice(at + 1);
}

function textOfMessage({ role, parts }: Message): string {
  return jsonText([role, parts]);
}
