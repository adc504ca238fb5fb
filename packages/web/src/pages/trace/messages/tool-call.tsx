import type { ToolCallPart } from "@nightowl/model/span/message";
import type { ReactNode } from "react";
import { breakJsonLines } from "../../../view/transcript-json.ts";
import { clipText, isLongText, jsonText } from "../../../view/transcript-messages.ts";
import { JsonText } from "../../../components/values/json-text.tsx";
import { useEffect, useRef, useState } from "react";
import { formatCount } from "../../../view/format-number.ts";
import css from "./messages.module.css";

/** A tool call like a line of code: the tool's name and its arguments, one a line. */
export function ToolCall({
  call,
  marked,
  link,
}: {
  call: ToolCallPart;
  /** Somebody came here from the span that ran it. */
  marked: boolean;
  link: ReactNode;
}) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (marked) ref.current?.scrollIntoView({ block: "nearest" });
  }, [marked]);
  const [all, setAll] = useState(false);
  const text = argumentLines(call.arguments);
  const long = isLongText(text);
  return (
    <div ref={ref} className={css["call"]} data-marked={marked || undefined}>
      {link !== undefined && <span className={css["callLink"]}>{link}</span>}
      <span className={css["callName"]} title={call.id === undefined ? undefined : `Call ${call.id}`}>
        {call.name || "(no name)"}
      </span>
      (
      {text !== "" && (
        <div className={css["arguments"]}>
          <JsonText text={long && !all ? clipText(text) : text} />
          {long && (
            <button type="button" className={css["link"]} onClick={() => setAll(!all)}>
              {all ? "Show less" : `Show all ${formatCount(text.length)} characters`}
            </button>
          )}
        </div>
      )}
      )
    </div>
  );
}

/** An object's fields without its braces; anything else as it is. */
function argumentLines(value: unknown): string {
  if (value === undefined || value === null || value === "") return "";
  const text = jsonText(value);
  if (!text.startsWith("{\n") || !text.endsWith("\n}")) return text === "{}" ? "" : text;
  return breakJsonLines(text.slice(2, -2).replace(/^ {2}/gm, ""));
}
