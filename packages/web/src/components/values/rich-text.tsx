import { useMemo, useState } from "react";
import { formatCount } from "../../view/format-number.ts";
import { breakJsonLines } from "../../view/transcript-json.ts";
import { renderMarkdown } from "../../view/transcript-markdown.ts";
import { clipText, isLongText, jsonText, parseJsonText } from "../../view/transcript-messages.ts";
import { JsonText } from "./json-text.tsx";
import type { TextMode } from "./text-mode.ts";
import css from "./values.module.css";

/** Beyond this many characters the page itself would become slow; the rest is in the Raw tab's download. */
const MAX_SHOWN = 1_000_000;

/** A text of a message: formatted, as JSON, or as it came; a long one begins clipped. */
export function RichText({
  text,
  mode,
  clip = true,
  mono = false,
}: {
  text: string;
  mode: TextMode;
  clip?: boolean;
  /** As it came, in letters of one width. */
  mono?: boolean;
}) {
  const [all, setAll] = useState(false);
  const pretty = useMemo(() => (mode === "raw" ? text : prettyJson(text)), [text, mode]);
  const json = pretty !== text || (mode !== "raw" && parseJsonText(text) !== undefined);
  const long = clip && isLongText(pretty);
  const shown = long && !all ? clipText(pretty) : pretty.slice(0, MAX_SHOWN);
  return (
    <div>
      <div className={long && !all ? css["fade"] : undefined}>
        {json ? (
          <JsonText text={shown} />
        ) : mode === "markdown" && !mono ? (
          <Markdown text={shown} />
        ) : (
          <RawText text={shown} mono={mono} />
        )}
      </div>
      {long && (
        <button type="button" className={css["more"]} onClick={() => setAll(!all)}>
          {all ? "Show less" : `Show all ${formatCount(pretty.length)} characters`}
        </button>
      )}
      {all && pretty.length > MAX_SHOWN && <Cut length={pretty.length} />}
    </div>
  );
}

/** JSON objects and lists are indented, and their texts broken into lines; everything else, and what is too long to be worth it, stays. */
function prettyJson(text: string): string {
  return text.length > MAX_SHOWN || parseJsonText(text) === undefined ? text : breakJsonLines(jsonText(text));
}

function Markdown({ text }: { text: string }) {
  const html = useMemo(() => renderMarkdown(text), [text]);
  if (html === undefined) return <RawText text={text} />;
  // Sanitised by renderMarkdown, and tried with hostile text in a real browser (tests/e2e/hostile-markdown.test.ts).
  return <div className={css["markdown"]} dangerouslySetInnerHTML={{ __html: html }} />;
}

export function RawText({ text, mono = false }: { text: string; mono?: boolean }) {
  return <pre className={`${css["raw"]} ${mono ? css["mono"] : ""}`}>{text}</pre>;
}

export function Cut({ length }: { length: number }) {
  return (
    <p className={css["notice"]}>
      The first {formatCount(MAX_SHOWN)} of {formatCount(length)} characters. Copy or download gives
      everything.
    </p>
  );
}
