import { stringsOf, textOf } from "@nightowl/model/span/attribute-reader";
import type { SpanKind, WireSpan } from "@nightowl/model/span/span";
import { isRecord } from "../../normalise/record.ts";

/** What LangChain itself tags a step of a chain or a graph with. */
const OWN_TAG = /^(seq:step|map:key|graph:step|langsmith:|branch:|condition:)/;

/** Tags that the application gave a run, from what LangChain's callback was called with: `{inputs, tags, metadata, kwargs}`. */
export function readCallbackTags(called: unknown): string[] {
  if (!isRecord(called) || !isRecord(called["kwargs"])) return [];
  return stringsOf(called["tags"]).filter((tag) => !OWN_TAG.test(tag));
}

/** Where LangGraph names the node that a step is of. */
export const GRAPH_NODE = "langgraph_node";

/** True for what LangChain and LangGraph say of themselves where the application's own metadata is. */
export function isHousekeeping(name: string): boolean {
  return /^(ls_|lc_|langgraph_(step|triggers|path|checkpoint_ns)$|checkpoint_(ns|id)$)/.test(name);
}

/**
 * What a span of the older instrumentation in JavaScript is: it traces methods of LangChain's classes, each as a task or a
 * workflow, and its name tells the class.
 */
export function kindOfClass({ scope, name }: WireSpan): SpanKind | undefined {
  if (scope.name !== "@traceloop/instrumentation-langchain") return undefined;
  if (name === "langchain.agent") return "AGENT";
  if (name.endsWith("Retriever.task")) return "RETRIEVER";
  return name.endsWith("Tool.task") ? "TOOL" : undefined;
}

/** What such a method was called with, and the name of the run, where its settings tell one. */
export function openMethodCall(called: unknown): { called: unknown; runName?: string | undefined } {
  const args = isRecord(called) ? called["args"] : undefined;
  if (!Array.isArray(args) || args.length < 2) return { called };
  const settings = args.slice(1);
  const isSettings = (each: unknown) => each === null || (isRecord(each) && "recursionLimit" in each);
  if (!settings.every(isSettings)) return { called };
  const runName = settings
    .map((each) => (isRecord(each) ? textOf(each["runName"]) : undefined))
    .find(Boolean);
  return { called: { ...(called as object), args: [args[0]] }, runName };
}
