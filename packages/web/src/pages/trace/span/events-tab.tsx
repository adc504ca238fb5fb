import type { SpanDetail } from "@nightowl/model/api/spans";
import type { SpanEvent } from "@nightowl/model/span/span";
import { offsetNs } from "@nightowl/model/trace/nanoseconds";
import { useMemo, useState } from "react";
import { Button } from "../../../components/button.tsx";
import { CopyButton } from "../../../components/copy-button.tsx";
import { formatDuration } from "../../../view/format-duration.ts";
import { formatIsoNs } from "../../../view/format-time.ts";
import { formatPlural } from "../../../view/format-number.ts";
import { ValueTree } from "../../../components/values/value-tree.tsx";
import { errorOf, exceptionOf, stackLines, withoutBlankLines } from "./exception.ts";
import block from "./block.module.css";
import css from "./events-tab.module.css";

const PAGE = 200;

/** What happened during the span, in time order; exceptions with a stack trace that can be read. */
export function EventsTab({ span }: { span: SpanDetail }) {
  const [shown, setShown] = useState(PAGE);
  const hasException = span.events.some((event) => exceptionOf(event.attributes).stacktrace !== undefined);
  const { stacktrace } = errorOf(span);
  return (
    <>
      {!hasException && stacktrace !== undefined && (
        <section className={block["block"]}>
          <header>
            <h3>Error</h3>
          </header>
          <Stack text={stacktrace} />
        </section>
      )}
      {span.events.slice(0, shown).map((event, index) => (
        // oxlint-disable-next-line react/no-array-index-key
        <EventBlock key={index} event={event} startTimeNs={span.startTimeNs} />
      ))}
      {span.events.length > shown && (
        <Button onClick={() => setShown(shown + PAGE * 10)}>
          {formatPlural(span.events.length - shown, "more event", "more events")}
        </Button>
      )}
    </>
  );
}

function EventBlock({ event, startTimeNs }: { event: SpanEvent; startTimeNs: string }) {
  const { type, message, stacktrace } = exceptionOf(event.attributes);
  const exception = event.name === "exception" || type !== undefined || stacktrace !== undefined;
  const rest = Object.fromEntries(
    Object.entries(event.attributes).filter(
      ([key]) => !exception || !["exception.type", "exception.message", "exception.stacktrace"].includes(key),
    ),
  );
  return (
    <section className={block["block"]} data-failed={exception || undefined}>
      <header>
        <span className={css["offset"]} title={formatIsoNs(event.timeNs)}>
          {event.timeNs === "0"
            ? "time unknown"
            : `+${formatDuration(offsetNs(event.timeNs, startTimeNs) / 1e6)}`}
        </span>
        <h3>{event.name || "(no name)"}</h3>
      </header>
      {exception && (
        <p className={css["exception"]}>
          <b>{type ?? "Exception"}</b>
          {message !== undefined && <span>{withoutBlankLines(message)}</span>}
        </p>
      )}
      {stacktrace !== undefined && <Stack text={stacktrace} />}
      {Object.keys(rest).length > 0 && (
        <div className={block["blockBody"]}>
          <ValueTree value={rest} tagged />
        </div>
      )}
      {event.droppedAttributesCount > 0 && (
        <p className={css["dropped"]}>
          {formatPlural(event.droppedAttributesCount, "attribute")} dropped by the exporter
        </p>
      )}
    </section>
  );
}

/** A stack trace: the reader's own frames stand out; those of libraries step back, or away. */
function Stack({ text }: { text: string }) {
  const [ownOnly, setOwnOnly] = useState(false);
  const lines = useMemo(() => stackLines(text), [text]);
  const mixed = lines.some((line) => line.part === "own") && lines.some((line) => line.part === "library");
  const shown = ownOnly ? lines.filter((line) => line.part !== "library") : lines;
  return (
    <div className={css["stack"]}>
      <div className={css["stackTools"]}>
        {mixed && (
          <Button variant="ghost" size="small" aria-pressed={ownOnly} onClick={() => setOwnOnly(!ownOnly)}>
            Own frames only
          </Button>
        )}
        <CopyButton text={text} label="Copy the stack trace" what="Stack trace copied" />
      </div>
      <pre tabIndex={0} aria-label="Stack trace">
        {shown.map((line, index) => (
          // oxlint-disable-next-line react/no-array-index-key
          <span key={index} data-part={line.part}>
            {line.text}
            {"\n"}
          </span>
        ))}
      </pre>
    </div>
  );
}
