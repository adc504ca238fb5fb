import type { SpanDetail } from "@nightowl/model/api/spans";
import { Download } from "lucide-react";
import { useMemo, useState } from "react";
import { Button } from "../../../components/button.tsx";
import { CopyButton } from "../../../components/copy-button.tsx";
import { useSpan } from "../../../data/use-trace.ts";
import { formatCount } from "../../../view/format-number.ts";
import { MAX_COLOURED_LENGTH } from "../../../view/transcript-json.ts";
import type { TraceModel } from "../trace-model.ts";
import { JsonText } from "../../../components/values/json-text.tsx";
import css from "./block.module.css";

/** The page shows this many characters; copying and downloading take all. */
const SHOWN = 400_000;

/** The whole span as JSON, with every byte of it. */
export function RawTab({ model, span }: { model: TraceModel; span: SpanDetail }) {
  const cut = span.truncated.length > 0;
  const full = useSpan(model.project, model.traceId, cut ? span.spanId : undefined, true);
  const whole = full.data ?? span;
  const text = useMemo(() => JSON.stringify(whole, null, 2), [whole]);
  const [wrap, setWrap] = useState(true);
  return (
    <section className={css["block"]}>
      <header>
        <h3>Span</h3>
        <span className="faint">
          {formatCount(text.length)} characters{full.isFetching && ", loading the rest…"}
        </span>
        <span className={css["space"]} />
        <Button variant="ghost" size="small" aria-pressed={wrap} onClick={() => setWrap(!wrap)}>
          Wrap
        </Button>
        <Button variant="ghost" size="small" onClick={() => download(text, `span-${span.spanId}.json`)}>
          <Download size={12} aria-hidden="true" />
          Download
        </Button>
        <CopyButton text={text} label="Copy the span as JSON" what="Span copied" />
      </header>
      <div className={css["blockBody"]} tabIndex={wrap ? undefined : 0}>
        <JsonText text={text.slice(0, text.length > MAX_COLOURED_LENGTH ? SHOWN : text.length)} wrap={wrap} />
        {text.length > SHOWN && (
          <p className="faint">The first {formatCount(SHOWN)} characters; the download has everything.</p>
        )}
      </div>
    </section>
  );
}

function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
