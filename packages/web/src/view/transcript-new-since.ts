import type { Message, MessagePart } from "@nightowl/model/span/message";

/** How a model call's messages continue the ones of the call before it. */
export interface NewSince {
  /** This many of the messages, from the first, the model had been shown or had said already. */
  seenCount: number;
  /** The two calls differ in their system prompt. */
  systemChanged: boolean;
  /** The provider keeps what was said before: this call's messages are not its whole prompt. */
  isKept: boolean;
}

/** A model call, as far as its conversation goes. */
export interface Conversation {
  inputMessages: Message[];
  outputMessages: Message[];
}

/**
 * Compares a call's input messages with what the previous call had seen and answered.
 * `undefined` where the calls share no message but a system prompt: then it is another conversation,
 * and everything in it is new; unless it begins with the answers to what the previous call asked its tools, where
 * the provider keeps the rest (Responses' `previous_response_id`).
 *
 * Agents send the whole conversation again with each call. What they leave out or rewrite on the way
 * must not make the same message look new: system prompts are compared apart, and of a message only
 * its role and what it says count, not names, signatures, finish reasons or reasoning.
 */
export function newSince(current: readonly Message[], previous: Conversation): NewSince | undefined {
  const before = [...previous.inputMessages, ...previous.outputMessages];
  const currentHead = countLeadingSystem(current);
  const beforeHead = countLeadingSystem(before);
  let shared = 0;
  for (;;) {
    const now = current[currentHead + shared];
    const then = before[beforeHead + shared];
    if (!now || !then || signatureOf(now) !== signatureOf(then)) break;
    shared++;
  }
  if (shared === 0 && !answers(current[currentHead], previous.outputMessages)) return undefined;
  const systemNow = current.slice(0, currentHead).map(signatureOf).join("\n");
  const systemThen = before.slice(0, beforeHead).map(signatureOf).join("\n");
  const isKept = shared === 0;
  const systemChanged = systemNow !== systemThen && !(isKept && currentHead === 0);
  return { seenCount: currentHead + shared, systemChanged, isKept };
}

/** Whether a message is what a tool answered to one of these messages' calls. */
function answers(message: Message | undefined, asking: readonly Message[]): boolean {
  if (message?.role !== "tool") return false;
  const ids = message.parts.map((part) => (part.type === "tool_result" ? part.callId : undefined));
  const answered = new Set([message.toolCallId, ...ids]);
  return asking.some(({ parts }) =>
    parts.some((part) => part.type === "tool_call" && part.id !== undefined && answered.has(part.id)),
  );
}

function countLeadingSystem(messages: readonly Message[]): number {
  let count = 0;
  while (messages[count]?.role === "system") count++;
  return count;
}

/** What a message says, as one text: equal for two tellings of the same message. */
function signatureOf(message: Message): string {
  const parts = message.parts.map(partSignature).filter((text) => text !== "");
  return JSON.stringify([message.role, parts]);
}

function partSignature(part: MessagePart): string {
  switch (part.type) {
    case "text":
      return part.text.trim();
    case "reasoning":
      return "";
    case "tool_call":
      return `call ${part.name} ${stableJson(part.arguments)}`;
    case "tool_result":
      // A result may be told as text in one call and as a result in the next.
      return typeof part.result === "string" ? part.result.trim() : stableJson(part.result);
    case "image":
    case "audio":
    case "file":
      return `${part.type} ${part.url ?? ""}`;
    case "raw":
      return stableJson(part.value);
  }
}

/** JSON with sorted keys; JSON text reads like the value it says. */
function stableJson(value: unknown): string {
  let read = value;
  if (typeof value === "string") {
    try {
      read = JSON.parse(value);
    } catch {
      return value.trim();
    }
  }
  return (
    JSON.stringify(read, (_key, item: unknown) => {
      if (item === null || typeof item !== "object" || Array.isArray(item)) return item;
      return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
    }) ?? ""
  );
}
