import type { SpanDetail } from "@nightowl/model/api/spans";
import { statusOf } from "@nightowl/model/span/span";
import { Button } from "../../../components/button.tsx";
import { CopyButton } from "../../../components/copy-button.tsx";
import { errorOf, withoutBlankLines } from "./exception.ts";
import css from "./error-strip.module.css";

/** Why the span failed, above whatever tab is open; quieter where an exception was recorded on a span that did not fail. */
export function ErrorStrip({ span, tab, onEvents }: { span: SpanDetail; tab: string; onEvents: () => void }) {
  const survived = statusOf(span) !== "ERROR";
  if (survived && span.error === undefined) return null;
  // There the exception is told in full, with its stack.
  if (tab === "events" && span.events.some((event) => event.name === "exception")) return null;
  const { type, message: reported, stacktrace } = errorOf(span);
  const message = reported === undefined ? undefined : withoutBlankLines(reported);
  const text = [type, message].filter(Boolean).join(": ");
  return (
    <div className={css["error"]} data-survived={survived || undefined} role="note" aria-label="Error">
      <div>
        <b>{type ?? "Failed"}</b>
        {message !== undefined && message !== "" && <span>{message}</span>}
        {text === "" && <span>No reason was recorded.</span>}
        {survived && <p>The span is not marked as failed.</p>}
      </div>
      {stacktrace !== undefined && tab !== "events" && (
        <Button size="small" onClick={onEvents}>
          Stack trace
        </Button>
      )}
      <CopyButton text={stacktrace ?? text} label="Copy the error" what="Error copied" />
    </div>
  );
}
