import type { Message } from "@nightowl/model/span/message";
import type { LlmFields, WireSpan } from "@nightowl/model/span/span";
import { type AttributeReader, jsonOf, stringsOf } from "@nightowl/model/span/attribute-reader";
import { readMessages } from "../normalise/read-messages.ts";
import { readPromptPayload } from "../normalise/read-payloads.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact } from "../normalise/record.ts";
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
  };
  return { fields, fallback, claimed: take.claimed, notes: take.notes };
}

/** Text, or a list of the choices' texts in JSON, beside the calls of tools. */
function readAnswer(take: AttributeTaker): Message[] {
  const said = take.json("gen_ai.response.text");
  const calls = jsonOf(take.json("gen_ai.response.tool_calls"));
  const texts = Array.isArray(said) ? said : [said];
  const content: unknown[] = texts
    .filter((text) => typeof text === "string" && text !== "")
    .map((text) => ({ type: "text", text }));
  if (content.length === 0 && !Array.isArray(calls)) return [];
  return readMessages([{ role: "assistant", content, tool_calls: calls }], "assistant");
}
