import type { Message } from "@nightowl/model/span/message";
import type { LlmFields } from "@nightowl/model/span/span";
import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { takeCallsApart } from "../../normalise/joined-calls.ts";
import { readCompletionPayload, readPromptPayload, textMessage } from "../../normalise/read-payloads.ts";
import { readTools } from "../../normalise/read-tools.ts";
import { isRecord } from "../../normalise/record.ts";

type Item = Record<string, unknown>;

/** A model's call: the wrapper of OpenAI's client keeps the request as input, messages and tools beside them. */
export function readLangfuseCall(
  input: string | undefined,
  output: string | undefined,
  metadata: Item,
): Partial<LlmFields> {
  const request = jsonOf(input);
  const completion = readCompletionPayload(output ?? {});
  // LangChain's handler puts the tools that were offered among the messages.
  const offered = Array.isArray(request) ? request.filter(isOffer).map((item) => item["content"]) : [];
  const own = isRecord(request) && Array.isArray(request["tools"]) ? request["tools"] : offered;
  const told = metadata["tools"];
  const tools = readTools(own.length === 0 && isResponse(metadata) && Array.isArray(told) ? told : own);
  return {
    inputMessages: readPromptPayload(askedIn(request) ?? {}),
    outputMessages: takeCallsApart(
      completion.messages,
      tools.map(({ name }) => name),
    ),
    finishReasons: completion.finishReasons,
    tools,
  };
}

/** What the wrapper of OpenAI's client keeps as metadata of an answer of Responses: its instructions. */
export function readInstructions(metadata: Item): Message[] {
  const instructions = textOf(metadata["instructions"]);
  return instructions === undefined || !isResponse(metadata) ? [] : textMessage(instructions, "system");
}

function isResponse(metadata: Item): boolean {
  return (
    metadata["object"] === "response" || (metadata["status"] !== undefined && metadata["tools"] !== undefined)
  );
}

/** Without what the wrapper of OpenAI's client added and has a place of its own. */
export function withoutResponse(metadata: Item): Item {
  if (!isResponse(metadata)) return metadata;
  const { instructions: _instructions, tools: _tools, metadata: own, ...rest } = metadata;
  return isRecord(own) && Object.keys(own).length === 0 ? rest : { ...rest, metadata: own };
}

function askedIn(request: unknown): unknown {
  return Array.isArray(request) ? request.filter((item) => !isOffer(item)) : request;
}

function isOffer(item: unknown): item is Item {
  if (!isRecord(item) || item["role"] !== "tool" || !isRecord(item["content"])) return false;
  return item["content"]["type"] === "function" && isRecord(item["content"]["function"]);
}

/** LangChain's documents: its handler in JavaScript calls a retriever a span. */
export function isOfDocuments(output: string | undefined): boolean {
  if (output === undefined || !output.startsWith("[{")) return false;
  const items = jsonOf(output);
  const isDocument = (item: unknown) =>
    isRecord(item) && typeof item["pageContent"] === "string" && isRecord(item["metadata"]);
  return Array.isArray(items) && items.every(isDocument);
}
