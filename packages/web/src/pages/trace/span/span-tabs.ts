import type { SpanDetail } from "@nightowl/model/api/spans";
import type { Tab } from "../../../components/tabs.tsx";

/** The tabs of a span that have something in them, most telling first. Attributes, Evals and Raw are always there. */
export function tabsOf(span: SpanDetail, evalCount: number): Tab[] {
  const tabs: Tab[] = [];
  const add = (id: string, label: string, count: number | undefined, show: boolean) => {
    if (show) tabs.push(count === undefined ? { id, label } : { id, label, count });
  };
  const messages = span.inputMessages.length + span.outputMessages.length;
  const documents = span.documents.length + span.inputDocuments.length;
  const retrieves = span.kind === "RETRIEVER" || span.kind === "RERANKER";
  if (retrieves) add("documents", "Documents", documents, documents > 0);
  add("messages", "Messages", messages, messages > 0);
  const asks = span.kind === "LLM" && (span.inputMessages.length > 0 || span.promptTemplate !== undefined);
  add("prompt", "Prompt", undefined, asks);
  add(
    "io",
    hasPayload(span) ? "Input/Output" : "Metadata",
    undefined,
    hasPayload(span) || span.metadata !== undefined,
  );
  if (!retrieves) add("documents", "Documents", documents, documents > 0);
  add("tools", "Tools", span.tools.length, span.tools.length > 0);
  // What stands around the calls repeats their tokens, and has a cost of its own only seldom.
  const isCall = span.kind === "LLM" || span.kind === "EMBEDDING" || span.kind === "RERANKER";
  if (isCall) add("cost", "Cost", undefined, hasCost(span));
  add("attributes", "Attributes", Object.keys(span.attributes).length, true);
  if (!isCall) add("cost", "Cost", undefined, hasCost(span));
  add("events", "Events", span.events.length, span.events.length > 0 || span.error?.stacktrace !== undefined);
  add("evals", "Evals", evalCount > 0 ? evalCount : undefined, true);
  add("raw", "Raw", undefined, true);
  return tabs;
}

function hasPayload(span: SpanDetail): boolean {
  return (
    span.input !== undefined ||
    span.output !== undefined ||
    span.tool?.arguments !== undefined ||
    span.tool?.result !== undefined ||
    span.promptTemplate !== undefined ||
    span.embeddings.length > 0
  );
}

function hasCost({ usage, cost }: SpanDetail): boolean {
  return cost !== undefined || usage.inputTokens !== undefined || usage.outputTokens !== undefined;
}
