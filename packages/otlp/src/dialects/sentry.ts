import type { Message } from "@nightowl/model/span/message";
import type { LlmFields, WireSpan } from "@nightowl/model/span/span";
import { type AttributeReader, jsonOf, stringsOf } from "@nightowl/model/span/attribute-reader";
import { finishReasonOf } from "../normalise/finish-reason.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { readPromptPayload } from "../normalise/read-payloads.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, isRecord } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Sentry's instrumentations of AI clients, where its spans are exported over OTLP: GenAI's names, and beside them its own
 * for the answer, the tools and what was embedded.
 *
 * @see https://docs.sentry.io/platforms/javascript/guides/node/configuration/integrations/openai/
 */
export const sentry: Dialect = {
  name: "sentry",
  speaks: (_scope, keys) => keys.hasFamily("gen_ai") && keys.hasFamily("sentry"),
  read,
};

function read(_span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const asked = take.json("gen_ai.request.messages");
  const fields: Partial<LlmFields> = {
    streaming: take.boolean("gen_ai.response.streaming"),
    tools: readTools(take.list("gen_ai.request.available_tools").items),
    embeddings: stringsOf(take.json("gen_ai.embeddings.input")).map((text) => ({ text })),
    tool: compact({
      arguments: take.json("gen_ai.tool.input"),
      result: take.json("gen_ai.tool.output"),
    }),
  };
  const fallback: Partial<LlmFields> = {
    inputMessages: asked === undefined ? [] : readPromptPayload(asked),
    outputMessages: readAnswer(take),
    finishReasons: take.strings("gen_ai.response.stop_reason").map(finishReasonOf),
  };
  return { fields, fallback, claimed: take.claimed, notes: take.notes };
}

/** Text, or a list of the choices' texts in JSON, beside the calls of tools; of a graph, all messages that it added. */
function readAnswer(take: AttributeTaker): Message[] {
  const said = take.json("gen_ai.response.text");
  const calls = jsonOf(take.json("gen_ai.response.tool_calls"));
  if (Array.isArray(said) && said.length > 0 && said.every(isRecord)) return readAdded(said, calls);
  const texts = Array.isArray(said) ? said : [said];
  const content: unknown[] = texts
    .filter((text) => typeof text === "string" && text !== "")
    .map((text) => ({ type: "text", text }));
  if (content.length === 0 && !Array.isArray(calls)) return [];
  return readMessages([{ role: "assistant", content, tool_calls: calls }], "assistant");
}

/** Calls are told apart from the messages: they belong to the first that tools answered, else to the last. */
function readAdded(said: readonly Record<string, unknown>[], calls: unknown): Message[] {
  const caller = said.findIndex(
    ({ role }, index) => role === "assistant" && said[index + 1]?.["role"] === "tool",
  );
  const at = caller === -1 ? said.length - 1 : caller;
  return readMessages(
    said.map((message, index) =>
      index === at && Array.isArray(calls) ? { ...message, tool_calls: calls } : message,
    ),
    "assistant",
  );
}
