import { useMemo } from "react";
import { aiSpansOf, isAiSpan, nearestAiSpan } from "../../view/ai-spans.ts";
import { createTraceModel, type TraceModel } from "./trace-model.ts";
import type { TraceAddress } from "./use-trace-address.ts";

/** The trace without what lies between the steps of the AI's work, while that is asked for. */
export interface AiOnly {
  /** What is shown. */
  model: TraceModel;
  on: boolean;
  /** Spans that are, or would be, left out; with none there is nothing to choose. */
  hiddenCount: number;
  toggle: () => void;
}

/** A span that somebody asks for is never left out: then the whole trace is shown. */
export function useAiOnly(
  whole: TraceModel,
  address: TraceAddress,
  asked: string | undefined,
  setAsked: (spanId: string) => void,
): AiOnly {
  const hiddenCount = useMemo(() => whole.tree.nodes.filter((node) => !isAiSpan(node)).length, [whole]);
  const askedNode = asked === undefined ? undefined : whole.tree.bySpanId.get(asked);
  const on =
    address.search.only === "ai" && hiddenCount > 0 && (askedNode === undefined || isAiSpan(askedNode));
  const model = useMemo(() => {
    if (!on) return whole;
    const { project, traceId, summary, tree } = whole;
    return createTraceModel(project, traceId, { trace: summary, spans: aiSpansOf(tree) });
  }, [on, whole]);
  const toggle = () => {
    const nearest = nearestAiSpan(askedNode);
    if (!on && nearest !== undefined && nearest !== askedNode) setAsked(nearest.span.spanId);
    address.change({ only: on ? undefined : "ai" });
  };
  return { model, on, hiddenCount, toggle };
}
