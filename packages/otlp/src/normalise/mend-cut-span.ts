import { jsonOf } from "@nightowl/model/span/attribute-reader";
import type { Message } from "@nightowl/model/span/message";
import type { LlmFields, Note } from "@nightowl/model/span/span";
import { readCompletionPayload, readPromptPayload } from "./read-payloads.ts";
import { readTools } from "./read-tools.ts";
import { isRecord } from "./record.ts";

/**
 * An SDK keeps 128 attributes of a span unless told otherwise, so that a long conversation which was flattened into
 * attributes arrives cut. Where the whole request or answer lies in one attribute, it knows more.
 */
export function mendCutSpan(fields: LlmFields, droppedCount: number): Note {
  const mended: string[] = [];
  if (fields.kind === "LLM" && fields.input !== undefined) {
    const messages = readPromptPayload(fields.input.value);
    if (messages.length > fields.inputMessages.length) {
      fields.inputMessages = messages;
      mended.push("the conversation");
    }
    const request = jsonOf(fields.input.value);
    const tools = isRecord(request) && Array.isArray(request["tools"]) ? readTools(request["tools"]) : [];
    if (tools.length > fields.tools.length) {
      fields.tools = tools;
      mended.push("the tools");
    }
  }
  if (fields.kind === "LLM" && fields.output !== undefined) {
    const { messages } = readCompletionPayload(fields.output.value);
    if (partCount(messages) > partCount(fields.outputMessages)) {
      fields.outputMessages = messages;
      mended.push("the answer");
    }
  }
  const dropped = droppedCount === 1 ? "1 attribute" : `${droppedCount} attributes`;
  const message =
    mended.length === 0
      ? `The sender dropped ${dropped} of the span: what was flattened into many attributes may be cut.`
      : `The sender dropped ${dropped} of the span; read from the whole request instead: ${mended.join(", ")}.`;
  return { code: "attributes_dropped", message };
}

function partCount(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + message.parts.length, 0);
}
