import { shownName, type SpanRow } from "@nightowl/model/api/span-row";
import type { TreeNode } from "@nightowl/model/trace/build-tree";
import { formatCount } from "./format-number.ts";

/** The words beside a span's name. `error` where they say what went wrong. */
export interface SubText {
  text: string;
  error: boolean;
}

/** What tells this span from others of its name: why it failed, its model, arguments, documents. */
export function subTextOf(node: TreeNode): SubText {
  const { span } = node;
  if (span.statusCode === "ERROR") {
    const message = withoutRepr(span.statusMessage);
    const text = [span.errorType, message].filter(Boolean).join(": ");
    // Many exporters repeat the type in the message: "TimeoutError: TimeoutError: …".
    const repeated = span.errorType !== undefined && message?.startsWith(span.errorType) === true;
    return { text: (repeated ? message : text) || "failed", error: true };
  }
  return { text: calmText(span, node.parent?.span), error: false };
}

/** `ValueError('no such city\nOslo')` → `ValueError: no such city Oslo`: what Python prints of an exception, without where. */
function withoutRepr(message: string | undefined): string | undefined {
  const told = message?.replace(/(?<=\S)\s*Traceback \(most recent call last\).*$/s, "");
  const printed = /^(\w+)\((['"])(.+)\2,?\)$/s.exec(told ?? "");
  return printed === null ? told : `${printed[1]}: ${printed[3]?.replaceAll(/\\[nrt]/g, " ")}`;
}

function calmText(span: SpanRow, parent: SpanRow | undefined): string {
  switch (span.kind) {
    case "LLM":
    case "EMBEDDING":
      return unlike(shortModel(span.model), shownName(span));
    case "TOOL":
      return joined(unlike(span.toolName, shownName(span)), argumentsText(span.inputPreview));
    case "RETRIEVER":
      return joined(documentsText(span), span.inputPreview);
    case "RERANKER":
      return joined(shortModel(span.model), documentsText(span));
    case "AGENT":
      return joined(unlike(span.agentName, shownName(span)), argumentsText(span.inputPreview));
    default:
      return span.service !== undefined && parent !== undefined && span.service !== parent.service
        ? span.service
        : "";
  }
}

/** `gpt-4o-2024-11-20` → `gpt-4o`: in a row the date says little and takes much room. */
export function shortModel(model: string | undefined): string {
  return (model ?? "").replace(/[-@](?:\d{4}-\d{2}-\d{2}|20\d{6})$/, "");
}

/** `{"query": "django", "k": 4}` → `django, 4`: the names are the tool's, the values are this call's. */
export function argumentsText(preview: string | undefined): string {
  if (preview === undefined) return "";
  if (!preview.startsWith("{")) return preview;
  try {
    const value: unknown = JSON.parse(preview);
    if (typeof value !== "object" || value === null) return preview;
    return Object.values(value)
      .map((item) => (typeof item === "string" ? item : JSON.stringify(item)))
      .join(", ");
  } catch {
    // The preview was cut in the middle.
    return preview;
  }
}

function documentsText(span: SpanRow): string {
  if (span.documentCount === undefined) return "";
  return span.documentCount === 1 ? "1 document" : `${formatCount(span.documentCount)} documents`;
}

function unlike(text: string | undefined, name: string): string {
  return text === undefined || name.toLowerCase().includes(text.toLowerCase()) ? "" : text;
}

function joined(...texts: (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined && text !== "").join(" · ");
}

/** Spans whose name, words beside it, kind, model, tool or previews contain the text; case does not matter. */
export function matchSpans(nodes: readonly TreeNode[], text: string): Set<string> {
  const wanted = text.trim().toLowerCase();
  const found = new Set<string>();
  if (wanted === "") return found;
  for (const node of nodes) {
    const { span } = node;
    const fields = [
      span.name,
      span.displayName,
      span.model,
      span.toolName,
      span.agentName,
      span.errorType,
      span.statusMessage,
      span.inputPreview,
      span.outputPreview,
      span.spanId,
    ];
    if (fields.some((field) => field !== undefined && field.toLowerCase().includes(wanted)))
      found.add(span.spanId);
  }
  return found;
}
