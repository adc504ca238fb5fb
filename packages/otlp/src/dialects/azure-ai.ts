import type { AttributeKeys } from "@nightowl/model/span/attribute-keys";
import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { mergeAssistantMessages, readMessages } from "../normalise/read-messages.ts";
import type { Exchange } from "../normalise/read-message-events.ts";
import { readTools } from "../normalise/read-tools.ts";
import { isRecord } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Azure's AI SDKs (inference, agents, projects): GenAI's names, with the runs of agents that live at Azure, which are
 * asked for, polled and listed, and with contents in events whose names those of attributes became.
 *
 * @see https://learn.microsoft.com/azure/ai-foundry/how-to/develop/trace-agents-sdk
 */
export const azureAi: Dialect = { name: "azure-ai", speaks, read };

function speaks(scope: string, keys: AttributeKeys): boolean {
  const isAzure = /^@?azure[./-]/i.test(scope);
  return (isAzure && keys.hasFamily("gen_ai")) || keys.has("gen_ai.thread.run.id");
}

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const said = readSaid(span);
  const answered = take.list("gen_ai.output.messages").items;
  const output = answered.length > 0 ? readMessages(answered, "assistant") : said.output;
  const tools = take.json("gen_ai.request.tools");
  const { sessionId, runId } = readPlace(take);
  const fields: Partial<LlmFields> = {
    kind: readKind(attrs),
    inputMessages: said.input,
    // Each call of an answer comes as a message of its own.
    outputMessages: mergeAssistantMessages(output),
    tools: Array.isArray(tools) ? readTools(tools) : [],
    sessionId,
    // What is told of one run by several spans counts once.
    responseId: runId,
  };
  return { fields, claimed: take.claimed, notes: take.notes };
}

/** A run is a call of a model once it has ended: before, it was only asked for, or asked about. */
function readKind(attrs: AttributeReader): SpanKind | undefined {
  const operation = attrs.text("gen_ai.operation.name") ?? "";
  if (operation === "responses") return "LLM";
  if (!/^((start|get|process)_thread_run|submit_tool_outputs)$/.test(operation)) return undefined;
  if (attrs.has("gen_ai.usage.input_tokens")) return "LLM";
  const isOpen = /^(queued|in_progress|requires_action)$/.test(attrs.text("gen_ai.thread.run.status") ?? "");
  return isOpen || operation === "get_thread_run" || operation === "submit_tool_outputs" ? "CHAIN" : "LLM";
}

/** Some spans have the ids of their thread and of their run the wrong way round. */
function readPlace(take: AttributeTaker): { sessionId: string | undefined; runId: string | undefined } {
  const threadId = take.text("gen_ai.thread.id");
  const runId = take.text("gen_ai.thread.run.id");
  const isSwapped = threadId?.startsWith("run_") === true && runId?.startsWith("thread_") === true;
  return isSwapped ? { sessionId: runId, runId: threadId } : { sessionId: threadId, runId };
}

function readSaid(span: WireSpan): Exchange {
  const said: Exchange = { input: [], output: [] };
  for (const event of span.events) {
    if (!event.name.startsWith("gen_ai.")) continue;
    const content = new AttributeReader(event.attributes).json("gen_ai.event.content");
    if (event.name === "gen_ai.run_step.tool_calls" && isRecord(content))
      said.output.push(...readMessages([{ role: "assistant", ...content }], "assistant"));
    if (!Array.isArray(content)) continue;
    if (event.name === "gen_ai.input.messages") said.input.push(...readMessages(content, "user"));
    else if (event.name === "gen_ai.output.messages" || event.name === "gen_ai.conversation.item")
      said.output.push(...readMessages(content, "assistant"));
  }
  return said;
}
