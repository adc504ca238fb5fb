import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * n8n: a workflow and its nodes, by their names and types. What a node was given and answered is not sent.
 *
 * @see https://docs.n8n.io/hosting/logging-monitoring/opentelemetry/
 */
export const n8n: Dialect = {
  name: "n8n",
  speaks: (_scope, keys) => keys.has("n8n.node.type") || keys.has("n8n.workflow.id"),
  read,
};

/** Of the nodes that n8n builds upon LangChain; its others are steps. */
const KINDS: [RegExp, SpanKind][] = [
  [/\.agent(Tool)?$/, "AGENT"],
  [/\.lm[A-Z]/, "LLM"],
  [/\.(tool[A-Z]|mcpClientTool)/, "TOOL"],
  [/\.embeddings[A-Z]/, "EMBEDDING"],
  [/\.(vectorStore|retriever)[A-Z]/, "RETRIEVER"],
  [/\.reranker[A-Z]/, "RERANKER"],
  [/\.guardrails$/, "GUARDRAIL"],
];

function read(_span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const type = take.text("n8n.node.type") ?? "";
  const node = take.text("n8n.node.name");
  const kind = type.startsWith("@n8n/") ? KINDS.find(([pattern]) => pattern.test(type))?.[1] : undefined;
  const fields: Partial<LlmFields> = {
    kind: kind ?? "CHAIN",
    displayName: node ?? take.text("n8n.workflow.name"),
    agentName: kind === "AGENT" ? node : undefined,
    tool: kind === "TOOL" && node !== undefined ? { name: node } : undefined,
  };
  return { fields, claimed: take.claimed, notes: take.notes };
}
