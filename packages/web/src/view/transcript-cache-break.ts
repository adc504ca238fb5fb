import type { Message, ToolDefinition } from "@nightowl/model/span/message";
import { jsonLine } from "./transcript-messages.ts";

/** A model call, as far as a provider's cache of prompts looks at it. */
export interface CachedCall {
  tools: readonly ToolDefinition[];
  inputMessages: readonly Message[];
  usage?: { cacheReadTokens?: number | undefined };
}

/**
 * Where a call's prompt stops being that of the previous call: a provider's cache holds good up to there.
 * - `tools`: the tool definitions, which stand before everything, differ. Not where something was read from the cache
 *   nevertheless: then the instrumentation told of the tools of one of the calls only, or the cache knew both.
 * - `message`: the message at `index` differs, after `sharedChars` characters; `before` and `after` are what follows there.
 * - `missing`: the previous call had more messages than this one has, and all of these.
 */
export type CacheBreak =
  | { at: "tools"; before: number; after: number }
  | { at: "message"; index: number; role: string; sharedChars: number; before: string; after: string }
  | { at: "missing"; index: number };

const EXCERPT_CHARS = 60;

/** Undefined where the previous call's whole prompt begins this one, so that all of it can come from the cache. */
export function findCacheBreak(current: CachedCall, previous: CachedCall): CacheBreak | undefined {
  if (jsonLine(current.tools.map(toolKey)) !== jsonLine(previous.tools.map(toolKey)))
    return current.usage?.cacheReadTokens
      ? undefined
      : { at: "tools", before: previous.tools.length, after: current.tools.length };
  for (const [index, before] of previous.inputMessages.entries()) {
    const after = current.inputMessages[index];
    if (after === undefined) return { at: "missing", index };
    const [then, now] = [exactText(before), exactText(after)];
    if (then === now) continue;
    let shared = 0;
    while (shared < then.length && then[shared] === now[shared]) shared += 1;
    const excerpt = (text: string): string => text.slice(shared, shared + EXCERPT_CHARS).toWellFormed();
    return {
      at: "message",
      index,
      role: after.role,
      sharedChars: before.role === after.role ? Math.max(0, shared - after.role.length - 1) : 0,
      before: excerpt(then),
      after: excerpt(now),
    };
  }
  return undefined;
}

function toolKey({ name, description, parameters, raw }: ToolDefinition): unknown {
  return parameters === undefined && description === undefined ? raw : [name, description, parameters];
}

/** Every character counts to a cache, also what a reader would call the same. */
function exactText({ role, parts }: Message): string {
  const texts = parts.map((part) => {
    if (part.type === "text") return part.text;
    // Whoever tells of reasoning and signatures tells of them in one call and not in the next.
    if (part.type === "reasoning") return "";
    return part.type === "tool_call" ? jsonLine([part.name, part.arguments]) : jsonLine(part);
  });
  return `${role}\n${texts.join("\n")}`;
}
