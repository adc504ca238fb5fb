import type { SpanEvent } from "@nightowl/model/span/span";
import { LOG_BODY_ATTRIBUTE } from "@nightowl/model/log/log-record";
import { AttributeReader, jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { compact, firstOf, isRecord } from "../../normalise/record.ts";
import { openMessage } from "./content.ts";

type Item = Record<string, unknown>;

/** What was said around a model call, one message or text at a time, in the order of the events. */
export interface SaidInEvents {
  input: unknown[];
  output: unknown[];
}

const ROLE_EVENT = /^gen_ai\.(system|developer|user|assistant|tool)\.message$/;
const CHOICE_EVENT = "gen_ai.choice";
const PROMPT_EVENT = "gen_ai.content.prompt";
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
export function readSaidInEvents(events: readonly SpanEvent[]): SaidInEvents {
  const said: SaidInEvents = { input: [], output: [] };
  for (const event of events) {
    if (!isGenaiEvent(event)) continue;
    const role = ROLE_EVENT.exec(event.name)?.[1];
    if (role !== undefined) said.input.push(roleMessage(role, payloadOf(event)));
    else if (event.name === CHOICE_EVENT) said.output.push(choiceMessage(payloadOf(event)));
    else if (event.name === PROMPT_EVENT) said.input.push(...contentItems(event, "gen_ai.prompt", "user"));
    else if (event.name === COMPLETION_EVENT)
      said.output.push(...contentItems(event, "gen_ai.completion", "assistant"));
  }
  return said;
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

function roleMessage(role: string, payload: Item): unknown {
  const { id: _id, ...rest } = payload;
  const message: Item = { ...rest, role: textOf(payload["role"]) ?? role };
  if (role === "tool") {
    message["role"] = "tool";
    message["tool_call_id"] = firstOf(payload, "id", "tool_call_id");
  }
  return openMessage(message);
}

function choiceMessage(payload: Item): unknown {
  const said = jsonOf(payload["message"]);
  const message: Item = isRecord(said) ? said : { content: said ?? payload["content"] };
  const beside = compact({
    tool_calls: payload["tool_calls"],
    finish_reason: payload["finish_reason"],
  });
  return openMessage({ role: "assistant", ...message, ...beside });
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
  return items.map((item) => (isRecord(item) ? openMessage({ role, ...item }) : item));
}
