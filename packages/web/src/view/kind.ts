import type { SpanKind } from "@nightowl/model/span/span";

/** A span kind as people read it. Its colour comes from `data-kind` (styles/tokens.css). */
export const KIND_LABELS: Record<SpanKind, string> = {
  LLM: "LLM",
  EMBEDDING: "Embedding",
  CHAIN: "Chain",
  RETRIEVER: "Retriever",
  RERANKER: "Reranker",
  TOOL: "Tool",
  AGENT: "Agent",
  GUARDRAIL: "Guardrail",
  EVALUATOR: "Evaluator",
  PROMPT: "Prompt",
  UNKNOWN: "Span",
};
