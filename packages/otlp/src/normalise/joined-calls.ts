import type { Message, MessagePart, ToolDefinition } from "@nightowl/model/span/message";
import { jsonOf } from "@nightowl/model/span/attribute-reader";
import { isRecord } from "./record.ts";

/**
 * The calls of one streamed answer that a wrapper ran together: arguments one behind the other
 * (`{"city":"A"}{"city":"B"}`), the names too or one of them alone, and at most the first one's id. They are taken apart
 * where every argument is whole and the tools that were offered leave no doubt about the names; else they stay as they came.
 */
export function takeCallsApart(messages: readonly Message[], tools: readonly ToolDefinition[]): Message[] {
  return messages.map((message) => ({
    ...message,
    parts: message.parts.flatMap((part) => takeApart(part, tools)),
  }));
}

function takeApart(part: MessagePart, tools: readonly ToolDefinition[]): MessagePart[] {
  if (part.type !== "tool_call" || typeof part.arguments !== "string") return [part];
  const given = part.arguments.split(/(?<=\})\s*(?=\{)/).map(jsonOf);
  if (given.length < 2 || !given.every(isRecord)) return [part];
  const names = namesIn(part.name, tools, given.length);
  if (names === undefined) return [part];
  const { id: _id, ...rest } = part;
  return names.map((name, index) => ({ ...(index === 0 ? part : rest), name, arguments: given[index] }));
}

/** As many names of tools as there are calls, one behind the other; or that of the only tool, once. */
function namesIn(joined: string, tools: readonly ToolDefinition[], count: number): string[] | undefined {
  const only = tools.length === 1 ? tools[0]?.name : undefined;
  if (only !== undefined && only === joined) return Array.from({ length: count }, () => only);
  const names: string[] = [];
  for (let rest = joined; rest !== "" && names.length < count;) {
    const tool = tools.find(({ name }) => name !== "" && rest.startsWith(name));
    if (tool === undefined) return undefined;
    names.push(tool.name);
    rest = rest.slice(tool.name.length);
  }
  return names.length === count && names.join("") === joined ? names : undefined;
}
