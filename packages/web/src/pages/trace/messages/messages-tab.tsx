import type { SpanDetail } from "@nightowl/model/api/spans";
import type { Message, ToolCallPart } from "@nightowl/model/span/message";
import type { TreeNode } from "@nightowl/model/trace/build-tree";
import { linkToolCalls } from "@nightowl/model/trace/link-tool-calls";
import { findPreviousModelCall } from "@nightowl/model/trace/previous-model-call";
import { Fragment, useMemo, useState } from "react";
import { Button } from "../../../components/button.tsx";
import { useSpan } from "../../../data/use-trace.ts";
import { answersById, answersInOrder } from "../../../view/transcript-answers.ts";
import { queryWords } from "../../../view/transcript-documents.ts";
import { toolCallsOf } from "../../../view/transcript-messages.ts";
import { findCacheBreak } from "../../../view/transcript-cache-break.ts";
import { newSince, type NewSince } from "../../../view/transcript-new-since.ts";
import type { TraceModel } from "../trace-model.ts";
import { useTextMode } from "../../../components/values/text-mode.ts";
import { CacheBreakNote } from "./cache-break-note.tsx";
import { MessageCard, type CardLinks } from "./message-card.tsx";
import css from "./messages.module.css";

/** What the model was shown and what it returned, as a conversation; what is new since the previous call stands out. */
export function MessagesTab({
  model,
  node,
  span,
  markedId,
  onSelect,
}: {
  model: TraceModel;
  node: TreeNode;
  span: SpanDetail;
  /** The tool's span whose call stands out. */
  markedId: string | undefined;
  onSelect: (spanId: string, push?: boolean) => void;
}) {
  const [mode, setMode] = useTextMode();
  // Counts presses, so that a press opens (or closes) what was toggled by hand since.
  const [all, setAll] = useState({ open: false, presses: 0 });
  const previous = useMemo(
    () => (node.span.kind === "LLM" ? findPreviousModelCall(model.tree, node.span.spanId) : undefined),
    [model, node],
  );
  const { data: before } = useSpan(model.project, model.traceId, previous?.span.spanId);
  const since = useMemo(
    () => (before === undefined || previous === undefined ? undefined : newSince(span.inputMessages, before)),
    [before, previous, span],
  );
  // Of another conversation nothing was to be expected in the cache; what the provider keeps is not compared.
  const broken = useMemo(
    () =>
      before === undefined || since === undefined || since.isKept ? undefined : findCacheBreak(span, before),
    [before, since, span],
  );
  const breakNote = broken && (
    <CacheBreakNote
      broken={broken}
      cacheReadTokens={span.usage.cacheReadTokens}
      inputTokens={span.usage.inputTokens}
    />
  );
  const breakIndex = broken === undefined ? -1 : broken.at === "tools" ? 0 : broken.index;
  const links = useLinks(model, span, markedId, previous, before?.outputMessages);
  const words = useMemo(() => queryWords(span.query ?? lastUserText(span.inputMessages)), [span]);
  // Senders that keep what was said to themselves still tell who spoke.
  const untold = [...span.inputMessages, ...span.outputMessages].every(({ parts }) => parts.length === 0);
  const seenCount = since?.seenCount ?? 0;
  const card = (message: Message, index: number, part: "input" | "output") => (
    <MessageCard
      key={`${part}-${index}-${all.presses}`}
      message={message}
      seen={part === "input" && index < seenCount}
      fresh={since !== undefined && (part === "output" || index >= seenCount)}
      answer={part === "output"}
      forceOpen={all.presses > 0 ? all.open : undefined}
      emptyText={
        untold
          ? "Not recorded"
          : emptyTextOf(message, part === "input" ? span.inputMessages[index + 1] : undefined)
      }
      mode={mode}
      words={words}
      links={links}
      onSelect={onSelect}
    />
  );
  // A call that failed is often tried again as it was.
  const isRepeated = seenCount >= span.inputMessages.length && span.outputMessages.length === 0;
  const sinceLine = since !== undefined && (
    <div className={css["since"]} role="separator">
      {isRepeated && "nothing "}new since the previous call
      {since.systemChanged ? ", and another system prompt" : ""}
    </div>
  );
  return (
    <div className={css["messages"]}>
      <div className={css["tools"]}>
        <PreviousCall
          previous={previous}
          since={since}
          waiting={previous !== undefined && before === undefined}
          untold={
            span.inputMessages.length === 0 ||
            (before?.inputMessages.length === 0 && before.outputMessages.length === 0)
          }
          onSelect={onSelect}
        />
        <span className={css["space"]} />
        <Button
          variant="ghost"
          size="small"
          onClick={() => setAll({ open: !all.open, presses: all.presses + 1 })}
        >
          {all.open ? "Fold all" : "Unfold all"}
        </Button>
        <div className={css["modes"]} role="group" aria-label="How text is shown">
          {(["markdown", "raw"] as const).map((each) => (
            <button key={each} type="button" aria-pressed={mode === each} onClick={() => setMode(each)}>
              {each === "markdown" ? "Markdown" : "Raw"}
            </button>
          ))}
        </div>
      </div>
      {node.span.kind === "LLM" && span.inputMessages.length === 0 && span.outputMessages.length > 0 && (
        <p className={css["none"]}>What it was asked was not recorded.</p>
      )}
      {span.inputMessages.map((message, index) => (
        // One list, whatever is known of the call before: a card that becomes an old one stays the card it was.
        <Fragment key={index}>
          {index === seenCount && sinceLine}
          {index === breakIndex && breakNote}
          {card(message, index, "input")}
        </Fragment>
      ))}
      {seenCount >= span.inputMessages.length && sinceLine}
      {breakIndex >= span.inputMessages.length && breakNote}
      {span.outputMessages.length > 0 && since === undefined && span.inputMessages.length > 0 && (
        <div className={css["answer"]} role="separator">
          answer
        </div>
      )}
      {span.outputMessages.map((message, index) => card(message, index, "output"))}
      {span.outputMessages.length === 0 && asksForAnswer(node, span) && (
        <p className={css["none"]}>
          {node.running
            ? "The model has not answered yet."
            : span.output === undefined
              ? "No answer was recorded."
              : "What came out is no message: it is under Input/Output."}
        </p>
      )}
    </div>
  );
}

function PreviousCall({
  previous,
  since,
  waiting,
  untold,
  onSelect,
}: {
  previous: TreeNode | undefined;
  since: NewSince | undefined;
  waiting: boolean;
  /** What this call or the one before was shown was not recorded: nothing can be said of it. */
  untold: boolean;
  onSelect: (spanId: string, push?: boolean) => void;
}) {
  if (previous === undefined || waiting || untold) return null;
  return (
    <span className={css["previous"]}>
      {since === undefined ? "Nothing in common with the " : "Continues the "}
      <button type="button" className={css["link"]} onClick={() => onSelect(previous.span.spanId, true)}>
        previous model call
      </button>
    </span>
  );
}

/** Which span ran each tool call, and which call each tool message answers. */
function useLinks(
  model: TraceModel,
  span: SpanDetail,
  markedId: string | undefined,
  previous: TreeNode | undefined,
  previousOutput: Message[] | undefined,
): CardLinks {
  return useMemo(() => {
    const ran = new Map<ToolCallPart, TreeNode>();
    const link = (spanId: string, calls: ToolCallPart[]) => {
      const nodes = linkToolCalls(model.tree, spanId, calls);
      for (const [index, call] of calls.entries()) {
        const node = nodes[index];
        if (node) ran.set(call, node);
      }
    };
    const made = toolCallsOf(span.outputMessages);
    link(span.spanId, made);
    const earlier = toolCallsOf(span.inputMessages);
    // Calls of earlier turns are found by their id; those of the turn before also by name.
    const byId = new Map<string, TreeNode>();
    for (const node of model.tree.nodes) {
      if (node.span.toolCallId) byId.set(node.span.toolCallId, node);
    }
    const asked = previous && previousOutput ? toolCallsOf(previousOutput) : [];
    for (const call of [...earlier, ...asked]) {
      const node = call.id === undefined ? undefined : byId.get(call.id);
      if (node) ran.set(call, node);
    }
    const inOrder = answersInOrder(span.inputMessages, asked);
    if (previous) {
      // Of some calls only what they said was recorded, and what they asked for stands in the history of the next.
      const turn = asked.length > 0 ? earlier.slice(-asked.length) : lastTurnCalls(span.inputMessages);
      link(
        previous.span.spanId,
        turn.filter((call) => !ran.has(call)),
      );
      // Their turn may be missing in this call's history.
      if ([...inOrder.values()].some((call) => asked.includes(call))) link(previous.span.spanId, asked);
    }
    const named = answersById([...span.inputMessages, ...span.outputMessages], asked);
    const byCallId = new Map<string, ToolCallPart>();
    // An agent's answer holds its tools' answers as well.
    for (const call of [...asked, ...earlier, ...made])
      if (call.id !== undefined) byCallId.set(call.id, call);
    return {
      markedId,
      spanOf: (call) => ran.get(call),
      callOf: (callId) => (callId === undefined ? undefined : byCallId.get(callId)),
      answeredBy: (message) => named.get(message) ?? inOrder.get(message),
    };
  }, [model, span, markedId, previous, previousOutput]);
}

/** What embeds or ranks texts says nothing; an agent that was only set up, with its instructions, was asked nothing yet. */
function asksForAnswer({ span: { kind } }: TreeNode, { inputMessages }: SpanDetail): boolean {
  if (kind === "EMBEDDING" || kind === "RERANKER") return false;
  return kind !== "AGENT" || inputMessages.some(({ role }) => role !== "system");
}

/** The tool calls whose answers end a conversation. */
function lastTurnCalls(messages: readonly Message[]): ToolCallPart[] {
  const end = messages.findLastIndex((each) => each.role !== "tool");
  return end === messages.length - 1 ? [] : toolCallsOf(messages.slice(end, end + 1));
}

/** Some instrumentations tell of what tools answered, and not of the calls that they answered. */
function emptyTextOf({ role }: Message, next: Message | undefined): string {
  return role === "assistant" && next?.role === "tool"
    ? "The tool calls of this turn were not recorded"
    : "Empty message";
}

function lastUserText(messages: readonly Message[]): string {
  const message = messages.findLast((each) => each.role === "user");
  return message?.parts.map((part) => (part.type === "text" ? part.text : "")).join(" ") ?? "";
}
