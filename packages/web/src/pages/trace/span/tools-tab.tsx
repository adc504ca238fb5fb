import type { SpanDetail } from "@nightowl/model/api/spans";
import type { ToolDefinition } from "@nightowl/model/span/message";
import { useMemo, useState } from "react";
import { Button } from "../../../components/button.tsx";
import { CopyButton } from "../../../components/copy-button.tsx";
import { Chip } from "../../../components/marks.tsx";
import { jsonText } from "../../../view/transcript-messages.ts";
import { toolParameters } from "../../../view/transcript-tool-signature.ts";
import { JsonText } from "../../../components/values/json-text.tsx";
import { RichText } from "../../../components/values/rich-text.tsx";
import block from "./block.module.css";
import css from "./tools-tab.module.css";

/** The tools that the model was offered, and which of them it called. */
export function ToolsTab({ span }: { span: SpanDetail }) {
  const called = new Map<string, number>();
  for (const message of span.outputMessages) {
    for (const part of message.parts) {
      if (part.type === "tool_call") called.set(part.name, (called.get(part.name) ?? 0) + 1);
    }
  }
  return span.tools.map((tool, index) => (
    // oxlint-disable-next-line react/no-array-index-key
    <Tool key={index} tool={tool} calls={called.get(tool.name) ?? 0} />
  ));
}

function takesNothing(schema: unknown): boolean {
  if (typeof schema !== "object" || schema === null) return false;
  const { properties } = schema as { properties?: unknown };
  return properties === undefined
    ? Object.keys(schema).every((key) => key === "type" || key === "additionalProperties")
    : typeof properties === "object" && properties !== null && Object.keys(properties).length === 0;
}

function Tool({ tool, calls }: { tool: ToolDefinition; calls: number }) {
  const [schema, setSchema] = useState(false);
  const parameters = useMemo(() => toolParameters(tool.parameters), [tool]);
  const text = useMemo(
    () => jsonText(schema || tool.parameters === undefined ? tool.raw : tool.parameters),
    [schema, tool],
  );
  // Without parameters a schema is clear; a schema that cannot be read as parameters is shown as it is.
  const unreadable =
    parameters.length === 0 && tool.parameters !== undefined && !takesNothing(tool.parameters);
  return (
    <section className={block["block"]}>
      <header>
        <h3 className={css["signature"]}>
          <span className={css["toolName"]}>{tool.name || "(no name)"}</span>(
          {parameters.map((parameter, index) => (
            <span key={parameter.name}>
              {index > 0 && ", "}
              {parameter.name}
              {!parameter.required && "?"}
              <span className="faint">: {parameter.type}</span>
            </span>
          ))}
          )
        </h3>
        <span className={block["space"]} />
        {calls > 0 && <Chip>{calls === 1 ? "called" : `called ${calls} times`}</Chip>}
        <Button variant="ghost" size="small" aria-pressed={schema} onClick={() => setSchema(!schema)}>
          Schema
        </Button>
        <CopyButton text={() => jsonText(tool.raw)} label="Copy the definition" what="Definition copied" />
      </header>
      <div className={css["toolBody"]}>
        {tool.description !== undefined && <RichText text={tool.description} mode="raw" />}
        {parameters.some((parameter) => parameter.description !== undefined) && (
          <dl className={css["described"]}>
            {parameters.map((parameter) => (
              <div key={parameter.name}>
                <dt>
                  <code>{parameter.name}</code>
                </dt>
                <dd>{parameter.description}</dd>
              </div>
            ))}
          </dl>
        )}
        {(schema || unreadable) && <JsonText text={text} />}
      </div>
    </section>
  );
}
