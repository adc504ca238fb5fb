import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import type { Message } from "@nightowl/model/span/message";
import type { WireSpan } from "@nightowl/model/span/span";
import { lastSaid } from "../normalise/message-text.ts";
import { payloadOf } from "../normalise/payload.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Guardrails AI writes OpenInference, and what was asked as Python prints it: among the inputs of a guard, and among the
 * parameters of a call, whose own message of the user is empty.
 *
 * @see https://www.guardrailsai.com/docs/concepts/logs
 */
export const guardrailsAi: Dialect = {
  name: "guardrails-ai",
  speaks: (scope) => scope === "guardrails-ai",
  read,
};

/** A message as a guard prints it: `{'role': 'user', 'content': Prompt(Is it raining?)}`. */
const PRINTED = /\{'role': '(\w+)', 'content': (?:Prompt|Instructions)\(([\s\S]*?)\)\}\s*(?=\{'role': |$)/g;

function read(_span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const inputMessages = attrs.text("type") === "guardrails/guard" ? readGuard(take) : readCall(take);
  const fields = inputMessages.length > 0 ? { inputMessages, input: payloadOf(lastSaid(inputMessages)) } : {};
  return { fields, claimed: take.claimed, notes: take.notes };
}

function readGuard(take: AttributeTaker): Message[] {
  const printed = take.attrs.text("input.value")?.matchAll(PRINTED) ?? [];
  const messages = [...printed].map(([, role, content]) => ({ role, content }));
  return readMessages(messages, "user");
}

function readCall(take: AttributeTaker): Message[] {
  const messages = take.record("llm.invocation_parameters")?.["messages"];
  return Array.isArray(messages) ? readMessages(messages, "user") : [];
}
