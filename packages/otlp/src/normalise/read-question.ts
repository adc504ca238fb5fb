import { jsonOf } from "@nightowl/model/span/attribute-reader";
import { REDACTED, type Message } from "@nightowl/model/span/message";
import type { LlmFields, Payload } from "@nightowl/model/span/span";
import { isRecord } from "./record.ts";
import { readMessages } from "./read-messages.ts";

/** Where functions that run an agent have what it is asked, among their settings. */
const QUESTION = ["task", "user_prompt", "question", "query", "input"];

/** Where their results have what it answered, beside its state. */
const ANSWER = ["output", "answer", "response", "result", "_value"];

/**
 * What an agent's function was called with and gave back as a question and an answer: `{"task": "…"}` and a text, or
 * `{"output": "…"}`. `undefined` where the one or the other is no text; a run that failed needs no answer.
 */
export function readQuestion({
  input,
  output,
  error,
}: LlmFields): { asked: Message[]; answered: Message[] } | undefined {
  const question = textIn(input, QUESTION);
  if (question === undefined) return undefined;
  const asked = readMessages([{ role: "user", content: question }], "user");
  const answer = isText(output) ? output.value : textIn(output, ANSWER);
  if (answer !== undefined)
    return { asked, answered: readMessages([{ role: "assistant", content: answer }], "assistant") };
  return output === undefined || error !== undefined ? { asked, answered: [] } : undefined;
}

/** The first of these members of a JSON object that is there, where it is a text. */
function textIn(payload: Payload | undefined, names: readonly string[]): string | undefined {
  const opened = payload === undefined ? undefined : jsonOf(payload.value);
  if (!isRecord(opened)) return undefined;
  const text = opened[names.find((name) => opened[name] !== undefined) ?? ""];
  return typeof text === "string" && text !== "" && !isJsonLike(text) ? text : undefined;
}

function isText(payload: Payload | undefined): payload is Payload {
  return payload !== undefined && payload.value !== REDACTED && !isJsonLike(payload.value);
}

function isJsonLike(text: string): boolean {
  return /^\s*["[{]/.test(text.slice(0, 100));
}
