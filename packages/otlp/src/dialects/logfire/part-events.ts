import { isRecord } from "../../normalise/record.ts";

type Event = Record<string, unknown>;

/**
 * The events of a request to Responses: each part of a user's message is one of its own. Of a picture the address is
 * the text; before version 5 any part lies whole beside a word about it, and its speaker is unknown. Brings these
 * back into one message. Items that are no such events stay as they are.
 */
export function joinPartEvents(items: readonly unknown[]): unknown[] {
  const joined: unknown[] = [];
  for (const item of items) {
    const part = isRecord(item) ? partOf(item) : undefined;
    const before = joined.at(-1);
    if (part === undefined) joined.push(item);
    else if (isRecord(before) && before["role"] === "user")
      joined[joined.length - 1] = { ...before, content: [...partsOf(before["content"]), part] };
    else joined.push({ "event.name": "gen_ai.user.message", role: "user", content: [part] });
  }
  return joined;
}

function partOf({ content, data, role }: Event): unknown {
  if (isRecord(data)) return role === "unknown" && INPUTS.has(data["type"]) ? data : undefined;
  const isPicture = typeof content === "string" && /^data:image\/[\w.+-]+;base64,/.test(content);
  return isPicture && role === "user" ? { type: "input_image", image_url: content } : undefined;
}

const INPUTS = new Set<unknown>(["input_text", "input_image", "input_file", "input_audio"]);

function partsOf(content: unknown): unknown[] {
  return Array.isArray(content) ? content : [{ type: "input_text", text: content }];
}
