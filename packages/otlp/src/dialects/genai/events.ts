import type { Message } from "@nightowl/model/span/message";
import type { SpanEvent } from "@nightowl/model/span/span";
import { LOG_BODY_ATTRIBUTE } from "@nightowl/model/log/log-record";
import { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { openMessage } from "../../normalise/open-message.ts";
import { type Exchange, readMessageEvents } from "../../normalise/read-message-events.ts";
import { readMessages } from "../../normalise/read-messages.ts";
import { compact, isRecord } from "../../normalise/record.ts";

type Item = Record<string, unknown>;

/** OpenLIT's Ollama says `tools`. */
const ROLE_OR_CHOICE = /^gen_ai\.((system|developer|user|assistant|tools?)\.message|choice)$/;
const PROMPT_EVENT = "gen_ai.content.prompt";
/** Semantic Kernel's, with the prompt of a text completion in its body. */
const BARE_PROMPT_EVENT = "gen_ai.prompt";
const COMPLETION_EVENT = "gen_ai.content.completion";

/** The event that carries a call's content beside the span's own attributes, in the convention's current form. */
export const DETAILS_EVENT = "gen_ai.client.inference.operation.details";

/** True for an event that only a model call has. */
export function isGenaiEvent({ name }: SpanEvent): boolean {
  return name.startsWith("gen_ai.");
}

/**
 * Messages in events, as versions of the convention before 1.37 had them: one event a role
 * (`gen_ai.user.message`, `gen_ai.choice`), or the whole prompt in one (`gen_ai.content.prompt`).
 * What was said lies in attributes, or in the body of a log record.
 */
export function readSaidInEvents(events: readonly SpanEvent[]): Exchange {
  if (!events.some(isGenaiEvent)) return { input: [], output: [] };
  const told = events.filter(isGenaiEvent);
  const said = readMessageEvents(
    told
      .filter(({ name }) => ROLE_OR_CHOICE.test(name))
      .map((event) => ({ name: event.name, body: payloadOf(event) })),
  );
  for (const event of told) {
    if (event.name === BARE_PROMPT_EVENT)
      said.input.push(...readMessages([{ role: "user", ...payloadOf(event) }], "user"));
  }
  // Who says it message by message may say it once more in one event.
  if (said.input.length === 0) said.input = readWhole(told, PROMPT_EVENT, "gen_ai.prompt", "user");
  if (said.output.length === 0)
    said.output = readWhole(told, COMPLETION_EVENT, "gen_ai.completion", "assistant");
  return said;
}

function readWhole(told: readonly SpanEvent[], name: string, key: string, role: string): Message[] {
  const events = told.filter((event) => event.name === name);
  return events.flatMap((event) => readMessages(contentItems(event, key, role), role));
}

/** The message of an event: its attributes, or JSON in one of them. */
function payloadOf(event: SpanEvent): Item {
  const attrs = new AttributeReader(event.attributes);
  const whole = attrs.json("gen_ai.event.content") ?? attrs.json(LOG_BODY_ATTRIBUTE);
  if (isRecord(whole)) return whole;
  if (whole !== undefined && whole !== null) return { content: whole };
  const payload: Item = {};
  for (const key of attrs.keys()) if (!key.includes(".")) payload[key] = attrs.get(key);
  return payload;
}

/** Langtrace writes the tools that were called in place of the message that called them, of some clients without all they say. */
function openCalls(item: unknown): unknown[] {
  if (!Array.isArray(item)) return [item];
  const calls = item.filter((call) => isRecord(call) && isRecord(call["function"]));
  return calls.length === 0 ? [] : [{ role: "assistant", tool_calls: calls }];
}

/** One event for all that was said: a list of messages or of texts, one text, or one message a log record. */
function contentItems(event: SpanEvent, key: string, role: string): unknown[] {
  const attrs = new AttributeReader(event.attributes);
  const body = payloadOf(event);
  if (body["role"] !== undefined || body["tool_calls"] !== undefined) {
    return [openMessage({ role, ...body, ...compact({ finish_reason: attrs.get("finish_reason") }) })];
  }
  const value = attrs.json(key);
  const items = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  return items.flatMap(openCalls).map((item) => (isRecord(item) ? openMessage({ role, ...item }) : item));
}
