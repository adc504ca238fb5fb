import type { Message } from "@nightowl/model/span/message";
import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { AttributeReader, textOf } from "@nightowl/model/span/attribute-reader";
import { payloadOf } from "../normalise/payload.ts";
import { compact } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * OpenLIT: GenAI's names with additions of its own, and, in versions before 1.35, conversations written as one text
 * (`user: …`).
 *
 * @see https://github.com/openlit/openlit
 */
export const openlit: Dialect = {
  name: "openlit",
  detect: (span, attrs) =>
    span.scope.name.startsWith("openlit") ||
    attrs.text("telemetry.sdk.name") === "openlit" ||
    span.resource.attributes["telemetry.sdk.name"] === "openlit",
  read,
};

/** Operations that are its own; the convention's are read as such. */
const KINDS: Record<string, SpanKind> = {
  image: "LLM",
  audio: "LLM",
  translate: "LLM",
  speech_to_text: "LLM",
  text_to_speech: "LLM",
  speech_to_text_translate: "LLM",
  transliterate: "LLM",
  language_identification: "LLM",
  video: "LLM",
  realtime: "LLM",
  model_request: "LLM",
  moderation: "GUARDRAIL",
  memory_search: "RETRIEVER",
  memory_get: "RETRIEVER",
  memory: "CHAIN",
  memory_add: "CHAIN",
  memory_update: "CHAIN",
  memory_delete: "CHAIN",
  crawl: "TOOL",
  crawl_deep: "TOOL",
  scrape: "TOOL",
  extract: "TOOL",
  search: "TOOL",
  map: "TOOL",
  browser_run: "AGENT",
  browser_step: "CHAIN",
  browser_action: "TOOL",
  conversation: "CHAIN",
  batch: "CHAIN",
  file: "CHAIN",
  fine_tuning: "CHAIN",
  framework: "CHAIN",
  agent: "AGENT",
  execute_task: "CHAIN",
  task: "CHAIN",
  execution: "CHAIN",
  user_prompt_processing: "CHAIN",
  tool_coordination: "CHAIN",
  mcp_tool_call: "TOOL",
};
const SEARCHES = /^(query|search|retrieve|get|fetch|similarity_search)/i;

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const kind = readKind(attrs);
  const fields: Partial<LlmFields> = {
    kind,
    streaming: take.boolean("gen_ai.request.is_stream"),
    inputMessages: readTranscript(span, attrs, "gen_ai.input.messages", "gen_ai.prompt", "user"),
    query: take.text("gen_ai.retrieval.query"),
    topK: kind === "RETRIEVER" ? take.number("db.vector.query.top_k") : undefined,
    tool: readTool(take),
    tags: take.strings("gen_ai.framework.tags"),
  };
  if (kind === "RETRIEVER") fields.query ??= take.text("db.query.text");
  const input = take.json("gen_ai.workflow.input");
  const output = take.json("gen_ai.workflow.output");
  if (input !== undefined) fields.input = payloadOf(input);
  if (output !== undefined) fields.output = payloadOf(output);
  return { fields, claimed: take.claimed, notes: take.notes };
}

function readKind(attrs: AttributeReader): SpanKind | undefined {
  const operation = attrs.text("gen_ai.operation.name")?.toLowerCase();
  if (operation === undefined) return undefined;
  if (operation === "vectordb") {
    return SEARCHES.test(attrs.text("db.operation.name") ?? attrs.text("db.operation") ?? "")
      ? "RETRIEVER"
      : "CHAIN";
  }
  return Object.hasOwn(KINDS, operation) ? KINDS[operation] : undefined;
}

function readTool(take: AttributeTaker): LlmFields["tool"] {
  return compact({
    name: take.text("mcp.tool.name"),
    arguments: take.json("gen_ai.tool.input", "gen_ai.tool.args", "mcp.tool.arguments"),
    result: take.json("gen_ai.tool.output", "mcp.tool.result"),
  });
}

const TURN = /^(system|developer|user|assistant|tool|human|ai): /;

/** `user: Hello\nassistant: Hi` as messages; `[]` where the text does not begin in this way. */
function readTranscript(
  span: WireSpan,
  attrs: AttributeReader,
  key: string,
  olderKey: string,
  role: string,
): Message[] {
  const event = span.events.find((each) => each.name === "gen_ai.content.prompt");
  const said = new AttributeReader(event?.attributes ?? {});
  const text = attrs.get(key) ?? said.get(key) ?? said.get(olderKey);
  if (typeof text !== "string" || !TURN.test(text)) return [];
  return text.split(/\n(?=(?:system|developer|user|assistant|tool|human|ai): )/).map((turn) => {
    const speaker = TURN.exec(turn)?.[1] ?? role;
    const spoken = turn.replace(TURN, "");
    return {
      role: speaker === "human" ? "user" : speaker === "ai" ? "assistant" : speaker,
      parts: textOf(spoken) === undefined ? [] : [{ type: "text" as const, text: spoken }],
    };
  });
}
