import type { Message, MessagePart, ToolCallPart } from "@nightowl/model/span/message";
import { jsonOf } from "@nightowl/model/span/attribute-reader";

/**
 * The calls of one streamed answer that a wrapper ran together, adding up pieces whatever call they are of:
 * `{id: "call_acall_b", name: "get_weatherget_time", arguments: "{…}{…}"}`; the name, and the id, may be the first one's
 * alone. They are taken apart where the arguments are whole objects and the names of the tools that were offered leave
 * no doubt about which were called; else they stay as they came.
 */
export function takeCallsApart(messages: readonly Message[], toolNames: readonly string[]): Message[] {
  return messages.map((message) =>
    message.parts.some(isJoined)
      ? { ...message, parts: message.parts.flatMap((part) => takeApart(part, toolNames)) }
      : message,
  );
}

function isJoined(part: MessagePart): part is ToolCallPart & { arguments: string } {
  return part.type === "tool_call" && typeof part.arguments === "string" && /\}\s*\{/.test(part.arguments);
}

function takeApart(part: MessagePart, toolNames: readonly string[]): MessagePart[] {
  if (!isJoined(part)) return [part];
  const objects = splitObjects(part.arguments);
  const names = objects === undefined ? undefined : splitName(part.name, objects.length, toolNames);
  if (objects === undefined || names === undefined) return [part];
  const ids = splitId(part.id, objects.length);
  return objects.map((each, index) => {
    const call: ToolCallPart = { type: "tool_call", name: names[index] as string, arguments: jsonOf(each) };
    const id = ids[index];
    return id === undefined ? call : { ...call, id };
  });
}

/** JSON objects that follow one another with nothing but white space between them. */
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
      objects.push(text.slice(start, at + 1).trim());
      start = at + 1;
    }
  }
  const isWhole = text.slice(start).trim() === "" && objects.every((object) => object.startsWith("{"));
  return objects.length > 1 && isWhole ? objects : undefined;
}

/** A name as so many names of tools, one after another; the name of the only tool may stand there once. */
function splitName(name: string, count: number, toolNames: readonly string[]): string[] | undefined {
  if (toolNames.length === 1 && toolNames[0] === name) return Array.from({ length: count }, () => name);
  return findNames(name, count, toolNames, new Set());
}

/** What was tried in vain is not tried again. */
function findNames(
  name: string,
  count: number,
  toolNames: readonly string[],
  failed: Set<string>,
): string[] | undefined {
  if (count === 0) return name === "" ? [] : undefined;
  const attempt = `${name.length} ${count}`;
  if (failed.has(attempt)) return undefined;
  for (const first of toolNames) {
    const rest = first !== "" && name.startsWith(first) ? name.slice(first.length) : undefined;
    const others = rest === undefined ? undefined : findNames(rest, count - 1, toolNames, failed);
    if (others !== undefined) return [first, ...others];
  }
  failed.add(attempt);
  return undefined;
}

/** Ids of one provider begin alike (`call_…`): where that beginning comes once, the id is the first call's. */
function splitId(id: string | undefined, count: number): string[] {
  if (id === undefined || id === "") return [];
  const beginning = /^[A-Za-z]+[_-]/.exec(id)?.[0];
  if (beginning === undefined) return [id];
  const ids = id.split(beginning).slice(1);
  return ids.length === 1 || ids.length === count ? ids.map((rest) => beginning + rest) : [];
}
