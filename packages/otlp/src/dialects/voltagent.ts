import type { AttributeKeys } from "@nightowl/model/span/attribute-keys";
import type { LlmFields, Payload, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { Usage } from "@nightowl/model/span/usage";
import { type AttributeReader, jsonOf, numberOf, textOf } from "@nightowl/model/span/attribute-reader";
import { finishReasonOf } from "../normalise/finish-reason.ts";
import { readInvocationParameters } from "../normalise/invocation-parameters.ts";
import { providerOf } from "../normalise/provider.ts";
import { readDocuments } from "../normalise/read-documents.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { textMessage } from "../normalise/read-payloads.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, isRecord } from "../normalise/record.ts";
import { reportedCost } from "../normalise/usage.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";
import { readScorer } from "./voltagent/scores.ts";

/**
 * VoltAgent: `entity.*` says whose span it is, `span.type` what it is; an agent's own span has no type. It repeats
 * the usage of the calls below it.
 *
 * @see https://voltagent.dev/observability-docs/
 */
export const voltagent: Dialect = { name: "voltagent", speaks, read };

function speaks(scope: string, keys: AttributeKeys): boolean {
  return (
    scope === "@voltagent/core" ||
    keys.hasFamily("voltagent") ||
    (keys.has("entity.type") && keys.has("entity.id"))
  );
}

/** Types that are missing are steps of VoltAgent's own: CHAIN. */
const KINDS: Record<string, SpanKind> = {
  agent: "AGENT",
  llm: "LLM",
  tool: "TOOL",
  retriever: "RETRIEVER",
  embedding: "EMBEDDING",
  vector: "RETRIEVER",
  guardrail: "GUARDRAIL",
  scorer: "EVALUATOR",
};

function read(_span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const type = take.text("span.type")?.toLowerCase();
  const kind = kindOf(type ?? take.text("entity.type")?.toLowerCase());
  const name = take.text("subagent.name", "entity.name");
  const label = take.text("span.label", "voltagent.label");
  const input = take.payload("input", ...GUARDED);
  const asked = input === undefined ? undefined : jsonOf(input.value);
  // A search of the memory says the query and the model in one.
  const sought = kind === "EMBEDDING" && isRecord(asked) ? asked : {};
  const model = take.text("llm.model", "ai.model.name", "embedding.model") ?? textOf(sought["model"]);
  const output = take.payload(
    "output",
    "guardrail.input.after",
    "guardrail.output.after",
    "guardrail.message",
  );
  const isAgent = kind === "AGENT";
  const fields: Partial<LlmFields> = {
    kind,
    displayName: type === undefined ? (name ?? label) : label,
    requestModel: model,
    provider: providerOf(take.text("llm.provider", "ai.model.provider"), model),
    invocationParameters: readParameters(take),
    streaming: take.boolean("llm.stream"),
    input,
    output,
    inputMessages: readMessages(take.list(isAgent ? "agent.messages" : "llm.messages").items, "user"),
    outputMessages: isAgent && output !== undefined ? textMessage(output.value, "assistant") : [],
    tools: readTools(take.strings(isAgent ? "agent.tools" : "llm.tools")),
    usage: readUsage(take),
    cost: reportedCost(take.number("usage.cost"), undefined, undefined),
    finishReasons: take.strings("llm.finish_reason", "ai.response.finish_reason").map(finishReasonOf),
    promptTemplate: compact({ name: take.text("prompt.name"), version: take.text("prompt.version") }),
    tool: compact({
      name: take.text("tool.name"),
      callId: take.text("tool.call.id"),
      // Its parameters are the schema, as its validator holds it.
      arguments: kind === "TOOL" ? asked : undefined,
    }),
    agentName: name,
    sessionId: take.text("conversation.id", "voltagent.conversation_id"),
  };
  noteLastStep(kind, fields, take);
  if (kind === "EVALUATOR") Object.assign(fields, readScorer(take));
  if (kind === "RETRIEVER" && output !== undefined) fields.documents = readFound(output);
  if (kind === "EMBEDDING")
    fields.embeddings = readEmbedding(textOf(sought["query"]) ?? input?.value, output, take);
  return {
    fields,
    instructions: textMessage(textOf(take.text("agent.instructions")) ?? "", "system"),
    claimed: take.claimed,
    notes: take.notes,
  };
}

/** What a guardrail was given: after those before it, or at first. */
const GUARDED = [
  "guardrail.input.current",
  "guardrail.output.current",
  "guardrail.input.original",
  "guardrail.output.original",
];

/** A retriever answers one text; a search of the memory the messages that it found. */
function readFound(output: Payload): LlmFields["documents"] {
  if (output.mimeType === "text/plain") return output.value === "" ? [] : readDocuments([output.value]);
  const found = jsonOf(output.value);
  return Array.isArray(found) ? readDocuments(found.map(rememberedText)) : [];
}

function rememberedText(item: unknown): unknown {
  if (!isRecord(item) || !Array.isArray(item["parts"])) return item;
  const texts = readMessages([item], "user").flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === "text" ? [part.text] : [])),
  );
  return { id: item["id"], text: texts.join("\n"), role: item["role"], score: item["score"] };
}

/** The answer of an embedder is how long its vector is. */
function readEmbedding(
  text: string | undefined,
  output: Payload | undefined,
  take: AttributeTaker,
): LlmFields["embeddings"] {
  const dimensions = take.number("embedding.dimensions") ?? numberOf(output?.value);
  const embedding = compact({ text, dimensions });
  return embedding === undefined ? [] : [embedding];
}

/** A call that may go on after a tool is one span for all its steps, and its usage that of the last. */
function noteLastStep(kind: SpanKind | undefined, fields: Partial<LlmFields>, take: AttributeTaker): void {
  if (kind !== "LLM" || (fields.tools ?? []).length === 0 || fields.usage?.inputTokens === undefined) return;
  take.notes.push({
    code: "partial_usage",
    message:
      "VoltAgent reports the tokens of a call's last step. Where tools ran in between, those of all steps are on its agent.",
  });
}

function kindOf(type: string | undefined): SpanKind | undefined {
  if (type === undefined) return undefined;
  return Object.hasOwn(KINDS, type) ? KINDS[type] : "CHAIN";
}

const PARAMETERS: [string, ...string[]][] = [
  ["temperature", "llm.temperature", "ai.model.temperature"],
  ["max_tokens", "llm.max_output_tokens", "ai.model.max_tokens"],
  ["top_p", "llm.top_p", "ai.model.top_p"],
  ["top_k", "ai.model.top_k"],
  ["frequency_penalty", "ai.model.frequency_penalty"],
  ["presence_penalty", "ai.model.presence_penalty"],
];

function readParameters(take: AttributeTaker): Record<string, unknown> | undefined {
  const settings = PARAMETERS.map(([name, ...keys]) => [name, take.number(...keys)] as const);
  const stop = take.json("llm.stop_condition");
  const all = compact({ ...Object.fromEntries(settings), stop });
  return readInvocationParameters(all);
}

/** `llm.usage.*` on a call, `usage.*` on the agent. */
function readUsage(take: AttributeTaker): Usage {
  const count = (name: string) => take.count(`llm.usage.${name}`, `usage.${name}`);
  return (
    compact({
      inputTokens: count("prompt_tokens"),
      outputTokens: count("completion_tokens"),
      totalTokens: count("total_tokens"),
      cacheReadTokens: count("cached_tokens"),
      reasoningTokens: count("reasoning_tokens"),
    }) ?? {}
  );
}
