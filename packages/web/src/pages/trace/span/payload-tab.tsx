import type { SpanDetail } from "@nightowl/model/api/spans";
import { REDACTED } from "@nightowl/model/span/message";
import { useMemo, useState, type ReactNode } from "react";
import { Button } from "../../../components/button.tsx";
import { CopyButton } from "../../../components/copy-button.tsx";
import { Chip } from "../../../components/marks.tsx";
import { jsonText, parseJsonText, unquote } from "../../../view/transcript-messages.ts";
import { JsonText } from "../../../components/values/json-text.tsx";
import { RichText } from "../../../components/values/rich-text.tsx";
import { ValueTree } from "../../../components/values/value-tree.tsx";
import css from "./block.module.css";

/**
 * What went in and what came out, as the application gave it; and what else says it: template, texts. Of a tool, what it
 * was called with and what it answered, without what its framework wraps around them.
 */
export function PayloadTab({ span }: { span: SpanDetail }) {
  const { tool, promptTemplate, embeddings, metadata } = span;
  const input = tool?.arguments ?? span.input?.value;
  const output = tool?.result ?? span.output?.value;
  return (
    <>
      {embeddings.length > 0 && (
        <section className={css["block"]}>
          <header>
            <h3>Embedded texts</h3>
          </header>
          <ol className={css["texts"]}>
            {embeddings.slice(0, 200).map((embedding, index) => (
              // oxlint-disable-next-line react/no-array-index-key
              <li key={index}>
                {embedding.text === undefined || embedding.text === REDACTED ? (
                  <span className="faint">
                    {embedding.text === undefined ? "The text was not sent" : "Taken out by the sender"}
                  </span>
                ) : (
                  <RichText text={embedding.text} mode="raw" />
                )}
                {embedding.dimensions !== undefined && (
                  <span className="faint">{embedding.dimensions} dimensions</span>
                )}
              </li>
            ))}
          </ol>
        </section>
      )}
      {input !== undefined && <Payload title="Input" value={input} />}
      {output !== undefined && <Payload title="Output" value={output} />}
      {promptTemplate?.template !== undefined && (
        <Payload
          title="Prompt template"
          value={promptTemplate.template}
          end={
            promptTemplate.name !== undefined && (
              <Chip>
                {promptTemplate.name}
                {promptTemplate.version !== undefined && ` · ${promptTemplate.version}`}
              </Chip>
            )
          }
        />
      )}
      {promptTemplate?.variables !== undefined && (
        <Payload title="Template variables" value={promptTemplate.variables} />
      )}
      {metadata !== undefined && <Payload title="Metadata" value={metadata} />}
    </>
  );
}

/** One value: a tree where it is JSON, text where it is not; copied whole, wrapped or not. */
function Payload({ title, value: given, end }: { title: string; value: unknown; end?: ReactNode }) {
  const value = useMemo(() => unquote(given), [given]);
  const parsed = useMemo(() => (typeof value === "string" ? parseJsonText(value) : value), [value]);
  const structured = typeof parsed === "object" && parsed !== null;
  const [look, setLook] = useState<"tree" | "text">("tree");
  const [wrap, setWrap] = useState(true);
  const text = useMemo(
    () => (typeof value === "string" && !structured ? value : jsonText(value)),
    [value, structured],
  );
  return (
    <section className={css["block"]}>
      <header>
        <h3>{title}</h3>
        {end}
        <span className={css["space"]} />
        {structured && (
          <Button variant="ghost" size="small" onClick={() => setLook(look === "tree" ? "text" : "tree")}>
            {look === "tree" ? "JSON" : "Tree"}
          </Button>
        )}
        {(!structured || look === "text") && (text.length > 90 || text.includes("\n")) && (
          <Button variant="ghost" size="small" aria-pressed={wrap} onClick={() => setWrap(!wrap)}>
            Wrap
          </Button>
        )}
        <CopyButton text={text} label={`Copy: ${title}`} what={`${title} copied`} />
      </header>
      <div className={css["blockBody"]} data-nowrap={!wrap || undefined} tabIndex={wrap ? undefined : 0}>
        {text === "" ? (
          <span className="faint">Empty text</span>
        ) : structured && look === "tree" ? (
          <ValueTree value={parsed} />
        ) : structured ? (
          <JsonText text={text} wrap={wrap} />
        ) : (
          <RichText text={text} mode="raw" />
        )}
      </div>
    </section>
  );
}
