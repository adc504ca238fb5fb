import type { Message, MessagePart } from "@nightowl/model/span/message";
import type { LlmFields } from "@nightowl/model/span/span";
import { jsonOf } from "@nightowl/model/span/attribute-reader";
import { joinRanking, readDocuments } from "../../normalise/read-documents.ts";
import { readMessages } from "../../normalise/read-messages.ts";
import { isRecord } from "../../normalise/record.ts";
import type { AttributeTaker } from "../dialect.ts";
import { plainMessage } from "./messages.ts";

/** Envoy's AI gateway: what was thought is a message of nobody's, and of ranked documents the raw answer says which they are. */
export function readEnvoy(take: AttributeTaker, fields: Partial<LlmFields>): void {
  const { inputMessages, outputMessages, inputDocuments, output } = fields;
  if (inputMessages !== undefined)
    fields.inputMessages = asThought(inputMessages, "llm.input_messages", take);
  if (outputMessages !== undefined)
    fields.outputMessages = asThought(outputMessages, "llm.output_messages", take);
  const answer = inputDocuments?.length ? jsonOf(output?.value) : undefined;
  if (isRecord(answer) && Array.isArray(answer["results"]))
    fields.documents = joinRanking(readDocuments(answer["results"]), inputDocuments ?? []);
}

function asThought(messages: Message[], key: string, take: AttributeTaker): Message[] {
  const sent = take.list(key).items.map(plainMessage);
  const nobodys = sent.filter((message) => isRecord(message) && message["role"] === undefined);
  if (nobodys.length === 0) return messages;
  const thoughts = new Set(
    readMessages(nobodys, "assistant").flatMap(({ parts }) =>
      parts.map((part) => (part.type === "text" ? part.text : undefined)),
    ),
  );
  const told = (part: MessagePart): MessagePart =>
    part.type === "text" && thoughts.has(part.text) ? { type: "reasoning", text: part.text } : part;
  return messages.map((message) => ({ ...message, parts: message.parts.map(told) }));
}
