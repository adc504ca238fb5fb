import { stringsOf } from "@nightowl/model/span/attribute-reader";
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
