import type { Message, MessagePart, ToolCallPart } from "@nightowl/model/span/message";
import { jsonOf } from "@nightowl/model/span/attribute-reader";

/**
 * Calls that a stream made at once, glued to one by an instrumentation that adds all pieces up whatever call they are of:
 * `{id: "call_acall_b", name: "get_weatherget_time", arguments: "{…}{…}"}`. They are taken apart where the arguments are
 * objects one after another and the name is made of names of tools that were offered; else they stay as they came.
 */
export function splitGluedCalls(messages: readonly Message[], toolNames: readonly string[]): Message[] {
  return messages.map((message) =>
    message.parts.some(isGlued)
      ? { ...message, parts: message.parts.flatMap((part) => splitCall(part, toolNames)) }
      : message,
  );
}

function isGlued(part: MessagePart): part is ToolCallPart & { arguments: string } {
  return part.type === "tool_call" && typeof part.arguments === "string" && part.arguments.includes("}{");
}

function splitCall(part: MessagePart, toolNames: readonly string[]): MessagePart[] {
  if (!isGlued(part)) return [part];
  const objects = splitObjects(part.arguments);
  const names = objects === undefined ? undefined : splitName(part.name, objects.length, toolNames);
  if (objects === undefined || names === undefined) return [part];
  const ids = splitEvenly(part.id ?? "", objects.length);
  return objects.map((each, index) => {
    const call: ToolCallPart = { type: "tool_call", name: names[index] as string, arguments: jsonOf(each) };
    return ids === undefined ? call : { ...call, id: ids[index] as string };
  });
}

/** JSON objects that follow one another without anything between them. */
function splitObjects(text: string): string[] | undefined {
  const objects: string[] = [];
  let [depth, start, isInString] = [0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isInString) {
      if (character === "\\") at += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === "{") depth += 1;
    else if (character === "}" && (depth -= 1) === 0) {
      objects.push(text.slice(start, at + 1));
      start = at + 1;
    }
  }
  return objects.length > 1 && start === text.length ? objects : undefined;
}

/** A name as so many names of the list, one after another. What was tried in vain is not tried again. */
function splitName(
  name: string,
  count: number,
  names: readonly string[],
  failed = new Set<string>(),
): string[] | undefined {
  if (count === 0) return name === "" ? [] : undefined;
  const attempt = `${name.length} ${count}`;
  if (failed.has(attempt)) return undefined;
  for (const first of names) {
    const rest = first !== "" && name.startsWith(first) ? name.slice(first.length) : undefined;
    const others = rest === undefined ? undefined : splitName(rest, count - 1, names, failed);
    if (others !== undefined) return [first, ...others];
  }
  failed.add(attempt);
  return undefined;
}

/** Ids of one provider are all as long. */
function splitEvenly(id: string, count: number): string[] | undefined {
  const length = id.length / count;
  if (length < 1 || !Number.isInteger(length)) return undefined;
  return Array.from({ length: count }, (_, index) => id.slice(index * length, (index + 1) * length));
}
