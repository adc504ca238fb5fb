import { findResultDocuments } from "@nightowl/model/retrieval/find-result-documents";
import { REDACTED, type MessagePart } from "@nightowl/model/span/message";
import { useMemo, useState } from "react";
import { approvalOf } from "@nightowl/model/span/approval";
import { isStackTrace, jsonText, parseJsonText } from "../../../view/transcript-messages.ts";
import { DocumentRows } from "../span/document-rows.tsx";
import { JsonText } from "../../../components/values/json-text.tsx";
import { RichText } from "../../../components/values/rich-text.tsx";
import type { TextMode } from "../../../components/values/text-mode.ts";
import { ApprovalPart } from "./approval-part.tsx";
import { AudioPart, FilePart, ImagePart } from "./media-part.tsx";
import { OpenSpan, type CardLinks } from "./message-card.tsx";
import { ToolCall } from "./tool-call.tsx";
import css from "./messages.module.css";

/** One part of a message, as what it is. */
export function MessagePartView({
  part,
  role,
  mode,
  words,
  links,
  onSelect,
}: {
  part: MessagePart;
  role: string;
  mode: TextMode;
  words: readonly string[];
  links: CardLinks;
  onSelect: (spanId: string, push?: boolean) => void;
}) {
  switch (part.type) {
    case "text":
      // A tool's answer often comes as text that is JSON.
      return role === "tool" ? (
        <ToolResult result={part.text} mode={mode} words={words} />
      ) : (
        <RichText text={part.text} mode={mode} />
      );
    case "tool_call": {
      const ran = links.spanOf(part);
      const marked = ran !== undefined && ran.span.spanId === links.markedId;
      return (
        <ToolCall call={part} marked={marked} link={ran && <OpenSpan node={ran} onSelect={onSelect} />} />
      );
    }
    case "tool_result":
      return (
        <div data-error={part.isError || undefined} className={css["result"]}>
          {part.isError === true && <p className="error-text">The tool failed</p>}
          <ToolResult result={part.result} mode={mode} words={words} />
        </div>
      );
    case "reasoning":
      return <Reasoning part={part} mode={mode} />;
    case "image":
      return <ImagePart part={part} />;
    case "audio":
      return <AudioPart part={part} mode={mode} />;
    case "file":
      return <FilePart part={part} />;
    case "raw": {
      if (part.value === REDACTED) return <span className="faint">Taken out by the sender</span>;
      const approval = approvalOf(part.value);
      if (approval !== undefined)
        return <ApprovalPart approval={approval} named={links.callOf(approval.callId)} value={part.value} />;
      return (
        <div className={css["rawPart"]}>
          <span className="faint">A part of a kind that is not known here, as it was sent</span>
          <JsonText text={jsonText(part.value)} />
        </div>
      );
    }
  }
}

/** What a tool gave back: documents as a list, JSON as JSON, text as text. */
function ToolResult({ result, mode, words }: { result: unknown; mode: TextMode; words: readonly string[] }) {
  const documents = useMemo(() => {
    if (mode === "raw") return undefined;
    return findResultDocuments(typeof result === "string" ? parseJsonText(result) : result);
  }, [result, mode]);
  if (documents !== undefined) return <DocumentRows documents={documents} words={words} />;
  if (typeof result === "string") return <RichText text={result} mode={mode} mono={isStackTrace(result)} />;
  // It answered with nothing, or what it answered was not recorded.
  if ((result ?? null) === null) return <span className="faint">No result</span>;
  return <RichText text={jsonText(result)} mode={mode} />;
}

/** What the model thought before it spoke: apart from the answer, and folded. */
function Reasoning({ part, mode }: { part: Extract<MessagePart, { type: "reasoning" }>; mode: TextMode }) {
  const [open, setOpen] = useState(false);
  const hidden = part.text === "";
  const facts = [
    part.signature !== undefined && "signed",
    part.encrypted !== undefined && `encrypted, ${part.encrypted.length.toLocaleString("en-US")} characters`,
  ].filter(Boolean);
  return (
    <div className={css["reasoning"]}>
      <button
        type="button"
        className={css["reasoningHead"]}
        aria-expanded={open}
        disabled={hidden}
        onClick={() => setOpen(!open)}
      >
        <b>Reasoning</b>
        {facts.length > 0 && <span title={part.signature}>{facts.join(" · ")}</span>}
        {hidden ? (
          <span>not shown by the provider</span>
        ) : (
          !open && <span className="truncate">{part.text.slice(0, 240)}</span>
        )}
      </button>
      {open && !hidden && (
        <div className={css["reasoningText"]}>
          <RichText text={part.text} mode={mode} />
        </div>
      )}
    </div>
  );
}
