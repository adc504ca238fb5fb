import type { TreeNode } from "@nightowl/model/trace/build-tree";
import { findCallingModelCall, linkToolCalls } from "@nightowl/model/trace/link-tool-calls";
import { useMemo } from "react";
import { useSpan } from "../../../data/use-trace.ts";
import { toolCallsOf } from "../../../view/transcript-messages.ts";
import type { TraceModel } from "../trace-model.ts";
import { ordinalOf } from "./model-call-ordinal.ts";
import css from "./span-panel.module.css";

/** On a tool's span: the model call that asked for it, and the way back to it. Nothing where none is known to have. */
export function CalledBy({
  model,
  node,
  onShow,
}: {
  model: TraceModel;
  node: TreeNode;
  /** Shows the call of this tool's span in the transcript of that model call. */
  onShow: (modelCallId: string, toolSpanId: string) => void;
}) {
  const { spanId, toolCallId } = node.span;
  const caller = useMemo(
    () => findCallingModelCall(model.tree, spanId) ?? latestModelCall(model, node),
    [model, node, spanId],
  );
  const callerId = caller?.span.spanId;
  const { data: asked } = useSpan(model.project, model.traceId, callerId);
  const call = useMemo(() => {
    if (asked === undefined || callerId === undefined) return undefined;
    const calls = toolCallsOf(asked.outputMessages);
    const index = linkToolCalls(model.tree, callerId, calls).indexOf(node);
    // One span for a whole run of calls has those before the last among what went in.
    return (
      calls[index] ?? toolCallsOf(asked.inputMessages).find(({ id }) => id !== undefined && id === toolCallId)
    );
  }, [asked, callerId, model, node, toolCallId]);
  if (caller === undefined || call === undefined) return null;
  return (
    <p className={css["calledBy"]}>
      Called by the{" "}
      <button type="button" className={css["link"]} onClick={() => onShow(caller.span.spanId, spanId)}>
        {ordinalOf(model, caller)?.replace("Model", "model") ?? "model call"}
      </button>
      {call.id !== undefined && (
        <>
          {" "}
          as <code title="Id of the call">{call.id}</code>
        </>
      )}
    </p>
  );
}

/** Where another agent runs the tools, the last model call of any before it: an id of the call tells whether it asked. */
function latestModelCall({ tree }: TraceModel, { span, startOffsetNs }: TreeNode): TreeNode | undefined {
  if (span.toolCallId === undefined) return undefined;
  return tree.nodes
    .filter((each) => each.span.kind === "LLM" && each.startOffsetNs <= startOffsetNs)
    .reduce<TreeNode | undefined>(
      (latest, each) => (latest && latest.startOffsetNs > each.startOffsetNs ? latest : each),
      undefined,
    );
}
