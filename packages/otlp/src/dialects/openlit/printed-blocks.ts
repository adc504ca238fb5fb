import type { Message } from "@nightowl/model/span/message";
import type { SpanEvent } from "@nightowl/model/span/span";
import { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { pythonLiteral } from "../../normalise/python-literal.ts";
import { readMessages } from "../../normalise/read-messages.ts";
import { isRecord } from "../../normalise/record.ts";

const ROLE = /^gen_ai\.(system|user|assistant)\.message$/;

/** Where Python's print of a block may begin: behind nothing, or behind the words before it. */
const BLOCK = /(?:^| )(?=\{')/g;

/** Each is read to where it ends: so many braces in a message's words are no reason to read it all again. */
const MAX_BEGINNINGS = 16;

/**
 * Anthropic's conversation where OpenLIT before 1.35 prints the blocks of a message as Python does, one behind the other,
 * and joins them to its words; all that one role said is one event, so that a tool's answer stands before its call.
 * `[]` where no message has such blocks: the conventions' reading says as much.
 */
export function readPrintedBlocks(events: readonly SpanEvent[]): Message[] {
  const messages: Message[] = [];
  let isPrinted = false;
  for (const { name, attributes } of events) {
    const role = ROLE.exec(name)?.[1];
    if (role === undefined) continue;
    const content = new AttributeReader(attributes).text("content");
    const blocks = content === undefined ? undefined : openBlocks(content);
    if (blocks !== undefined) isPrinted = true;
    messages.push(...readMessages([{ role, content: blocks ?? content }], role));
  }
  if (!isPrinted) return [];
  const isAnswer = ({ role }: Message) => role === "tool";
  return [...messages.filter((message) => !isAnswer(message)), ...messages.filter(isAnswer)];
}

/** The words and the blocks behind them; `undefined` where there are none. */
function openBlocks(content: string): unknown[] | undefined {
  for (const { index, 0: space } of [...content.matchAll(BLOCK)].slice(0, MAX_BEGINNINGS)) {
    const opened = pythonLiteral(`[${content.slice(index + space.length)}]`);
    if (!Array.isArray(opened) || !opened.every(isBlock)) continue;
    const text = content.slice(0, index);
    return text === "" ? opened : [{ type: "text", text }, ...opened];
  }
  return undefined;
}

function isBlock(value: unknown): boolean {
  return isRecord(value) && typeof value["type"] === "string";
}
