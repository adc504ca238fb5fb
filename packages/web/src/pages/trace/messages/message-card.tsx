import { shownName } from "@nightowl/model/api/span-row";
import type { Message, ToolCallPart } from "@nightowl/model/span/message";
import type { TreeNode } from "@nightowl/model/trace/build-tree";
import { useState } from "react";
import { CopyButton } from "../../../components/copy-button.tsx";
import { Chip } from "../../../components/marks.tsx";
import { formatPlural } from "../../../view/format-number.ts";
import { countToolCalls, foldOf, plainTextOf, previewOf } from "../../../view/transcript-messages.ts";
import type { TextMode } from "../../../components/values/text-mode.ts";
import { MessagePartView } from "./message-part.tsx";
import css from "./messages.module.css";

/** What a card asks about tool calls. */
export interface CardLinks {
  /** The tool's span whose call stands out. */
  markedId: string | undefined;
  spanOf: (call: ToolCallPart) => TreeNode | undefined;
  callOf: (callId: string | undefined) => ToolCallPart | undefined;
  /** The call that a tool message answers. */
  answeredBy: (message: Message) => ToolCallPart | undefined;
}

/** Finish reasons that are the ordinary end of an answer, and need no colour. */
const CALM_REASONS = new Set([
  "stop",
  "end_turn",
  "tool_calls",
  "tool_use",
  "tool-calls",
  "function_call",
  "STOP",
]);

/** One message of a conversation; its header folds and unfolds it. */
export function MessageCard({
  message,
  seen,
  fresh,
  answer,
  forceOpen,
  emptyText,
  mode,
  words,
  links,
  onSelect,
}: {
  message: Message;
  /** The model had been shown this before. */
  seen: boolean;
  /** It is new since the previous call. */
  fresh: boolean;
  /** The model returned it. */
  answer: boolean;
  forceOpen: boolean | undefined;
  /** What to say of a message without parts. */
  emptyText: string;
  mode: TextMode;
  words: readonly string[];
  links: CardLinks;
  onSelect: (spanId: string, push?: boolean) => void;
}) {
  // What the reader did stays; until then the card follows what is known of the message.
  const [chosen, setOpen] = useState<boolean>();
  const open = chosen ?? forceOpen ?? foldOf(message, seen) !== "line";
  const calls = countToolCalls(message);
  const answered = links.answeredBy(message);
  const ran = answered && links.spanOf(answered);
  const name = message.name ?? answered?.name;
  return (
    <article
      className={css["card"]}
      data-fresh={fresh || undefined}
      data-open={open || undefined}
      aria-label={`${message.role}${answer ? ", answer" : ""}`}
    >
      <header className={css["cardHead"]}>
        <button type="button" className={css["role"]} aria-expanded={open} onClick={() => setOpen(!open)}>
          <b>{message.role || "(no role)"}</b>
          {name !== undefined && <span className={css["of"]}>{name}</span>}
        </button>
        {open ? (
          <span className={css["space"]} />
        ) : (
          <button type="button" className={css["folded"]} onClick={() => setOpen(true)} tabIndex={-1}>
            {previewOf(message) || emptyText}
          </button>
        )}
        <span className={css["copy"]}>
          <CopyButton text={() => plainTextOf(message)} label="Copy the message" what="Message copied" />
        </span>
        {calls > 0 && <span>{formatPlural(calls, "tool call")}</span>}
        {message.finishReason !== undefined && (
          <Chip
            tone={CALM_REASONS.has(message.finishReason) ? "plain" : "warn"}
            title="Why the model stopped"
          >
            {message.finishReason}
          </Chip>
        )}
        {ran !== undefined && <OpenSpan node={ran} onSelect={onSelect} />}
      </header>
      {open && (
        // Who has clicked inside is reading it, or has unfolded a part of it.
        <div className={css["content"]} onClick={() => setOpen(true)}>
          {message.parts.map((part, index) => (
            <MessagePartView
              // Parts of a message never move.
              // oxlint-disable-next-line react/no-array-index-key
              key={index}
              part={part}
              role={message.role}
              mode={mode}
              words={words}
              links={links}
              onSelect={onSelect}
            />
          ))}
          {message.parts.length === 0 && <p className={css["none"]}>{emptyText}</p>}
        </div>
      )}
    </article>
  );
}

/** A button to the span that ran a tool call. */
export function OpenSpan({
  node,
  onSelect,
}: {
  node: TreeNode;
  onSelect: (spanId: string, push?: boolean) => void;
}) {
  return (
    <button
      type="button"
      className={css["link"]}
      onClick={() => onSelect(node.span.spanId, true)}
      title={`${shownName(node.span)} ran this call`}
    >
      {node.span.statusCode === "ERROR" && <span className="error-text">failed · </span>}
      open span →
    </button>
  );
}
