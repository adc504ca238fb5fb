import type { Message } from "@nightowl/model/span/message";
import type { Payload } from "@nightowl/model/span/span";
import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { readMessages } from "../../normalise/read-messages.ts";
import { isRecord, setOwn } from "../../normalise/record.ts";
import { readPrinted } from "./java-text.ts";

/**
 * The conversation of a span of Bedrock's: that of its flattened `messages`, unless an agent's trace tells the prompt that was
 * sent to the model. That is JSON text of `{system, messages}`, in which the content of a message is as Java prints it
 * (`[{text=Hi, type=text}]`), or plain text, which nobody but the user can have said.
 */
export function readAgentInput(messages: Message[], prompt: Payload | undefined): Message[] {
  const isTold = prompt?.mimeType === "text/plain";
  const opened = jsonOf(prompt?.value);
  const given = isRecord(opened) && Array.isArray(opened["messages"]) ? opened["messages"] : [];
  if (
    isTold ? given.length > 0 : given.some((message) => isRecord(message) && isPrinted(message["content"]))
  ) {
    const said = given.map((message) =>
      isRecord(message) ? { ...message, content: openContent(message["content"]) } : message,
    );
    const system = isRecord(opened) ? opened["system"] : undefined;
    const instructions = textOf(system) === undefined ? [] : [{ role: "system", content: system }];
    return readMessages([...instructions, ...said], "user");
  }
  const [only, ...others] = messages;
  const isPrompt = isTold && only?.role === "assistant" && others.length === 0 && only.parts.length === 1;
  return isPrompt ? [{ ...only, role: "user" }] : withNamedArguments(messages);
}

const isPrinted = (content: unknown) => typeof content === "string" && /^\[\{\w+=/.test(content);

function openContent(content: unknown): unknown {
  if (!isPrinted(content)) return content;
  return readPrinted(content as string) ?? content;
}

/** An action's parameters, `[{name, type, value}]`, as the arguments of the call that they are. */
function withNamedArguments(messages: readonly Message[]): Message[] {
  return messages.map((message) => {
    const hasLists = message.parts.some((part) => part.type === "tool_call" && Array.isArray(part.arguments));
    if (!hasLists) return message;
    const parts = message.parts.map((part) =>
      part.type === "tool_call" ? { ...part, arguments: namedArguments(part.arguments) } : part,
    );
    return { ...message, parts };
  });
}

function namedArguments(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const named: Record<string, unknown> = {};
  for (const item of value) {
    if (!isRecord(item) || typeof item["name"] !== "string" || !("value" in item)) return value;
    setOwn(named, item["name"], item["value"]);
  }
  return named;
}
