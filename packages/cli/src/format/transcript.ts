import { shownName } from "@nightowl/model/api/span-row";
import type { SpanDetail } from "@nightowl/model/api/spans";
import type { Message, MessagePart } from "@nightowl/model/span/message";
import type { Document } from "@nightowl/model/span/span";
import { durationMs } from "@nightowl/model/trace/nanoseconds";
import { formatCost, formatDuration, formatTime, formatTokens } from "./amounts.ts";
import type { Palette } from "./palette.ts";
import { plainLine, plainText } from "./plain-text.ts";

const DATA_URI_CUT = 60;

/**
 * One span for reading in the terminal: what it was, the conversation as it went (or input and output where there
 * is none), documents, its error and the remarks on it.
 */
export function formatTranscript(
  span: SpanDetail,
  { palette, timeZone }: { palette: Palette; timeZone?: string },
): string[] {
  const conversation = span.inputMessages.length > 0 || span.outputMessages.length > 0;
  const sections: string[][] = [formatHead(span, palette, timeZone)];
  if (conversation) {
    for (const message of span.inputMessages) sections.push(formatMessage(message, palette, ""));
    for (const message of span.outputMessages) sections.push(formatMessage(message, palette, " (output)"));
  }
  if (span.input && !(conversation && span.inputMessages.length > 0)) {
    sections.push(section("input", palette, [span.input.value]));
  }
  if (span.output && !(conversation && span.outputMessages.length > 0)) {
    sections.push(section("output", palette, [span.output.value]));
  }
  if (span.query !== undefined) sections.push(section("query", palette, [span.query]));
  if (span.inputDocuments.length > 0)
    sections.push(formatDocuments("documents in", span.inputDocuments, palette));
  if (span.documents.length > 0) sections.push(formatDocuments("documents", span.documents, palette));
  if (span.statusCode === "ERROR" || span.error) sections.push(formatError(span, palette));
  if (span.notes.length > 0) {
    const notes = span.notes.map((note) => `${note.attribute ? `${note.attribute}: ` : ""}${note.message}`);
    sections.push(section("notes", palette, notes));
  }
  if (span.truncated.length > 0) {
    sections.push([palette.dim(`cut to keep the answer light: ${span.truncated.map(plainLine).join(", ")}`)]);
  }
  return sections.flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]));
}

function formatHead(span: SpanDetail, palette: Palette, timeZone: string | undefined): string[] {
  const model = span.responseModel ?? span.requestModel;
  const tokens = formatTokens(span.usage.inputTokens, span.usage.outputTokens);
  const facts = [
    span.kind,
    ...(model ? [plainLine(model)] : []),
    ...(span.provider ? [plainLine(span.provider)] : []),
    span.endTimeNs === "0" ? "running" : formatDuration(durationMs(span.startTimeNs, span.endTimeNs)),
    ...(tokens ? [`${tokens} tokens`] : []),
    ...(span.cost && span.cost.source !== "unpriced" ? [formatCost(span.cost.costUsd)] : []),
    formatTime(span.startTimeNs, timeZone),
  ];
  return [
    `${palette.bold(plainLine(shownName(span)) || "(no name)")}  ${facts.join("  ")}`,
    palette.dim(`span ${span.spanId}  trace ${span.traceId}`),
  ];
}

function formatMessage(message: Message, palette: Palette, suffix: string): string[] {
  const name = message.name ? ` ${plainLine(message.name)}` : "";
  const answers = message.toolCallId ? ` → ${plainLine(message.toolCallId)}` : "";
  return [
    palette.bold(`${plainLine(message.role) || "message"}${name}${answers}${suffix}`),
    ...message.parts.flatMap((part) => formatPart(part, palette)),
  ];
}

function formatPart(part: MessagePart, palette: Palette): string[] {
  switch (part.type) {
    case "text":
      return indented(part.text);
    case "reasoning":
      return indented(part.text || "(reasoning, encrypted)").map((line) => palette.dim(line));
    case "tool_call":
      return indented(
        `${palette.cyan("call")} ${plainLine(part.name)}(${inline(part.arguments)})${part.id ? ` ${palette.dim(plainLine(part.id))}` : ""}`,
        true,
      );
    case "tool_result":
      return indented(part.isError ? `error: ${inline(part.result)}` : inline(part.result));
    case "image":
    case "audio":
    case "file":
      return indented(`[${part.type}] ${mediaName(part)}`);
    case "raw":
      return indented(inline(part.value));
  }
}

/** Data URIs are megabytes of base64: their beginning says what they are. */
function mediaName(part: Extract<MessagePart, { type: "image" | "audio" | "file" }>): string {
  const url = part.url ?? "";
  const place = url.startsWith("data:") && url.length > DATA_URI_CUT ? `${url.slice(0, DATA_URI_CUT)}…` : url;
  const name = part.type === "file" ? (part.name ?? part.id) : undefined;
  const transcript = part.type === "audio" ? part.transcript : undefined;
  return [name, place, part.mimeType, transcript].filter(Boolean).join(" ");
}

function formatDocuments(title: string, documents: readonly Document[], palette: Palette): string[] {
  return [
    palette.bold(title),
    ...documents.flatMap((document) => {
      const score = document.score === undefined ? "" : `  score ${document.score}`;
      return [
        palette.dim(`  ${document.rank}.${document.id ? ` ${plainLine(document.id)}` : ""}${score}`),
        ...indented(document.text ?? "(no text)", false, "     "),
      ];
    }),
  ];
}

function formatError(span: SpanDetail, palette: Palette): string[] {
  const type = span.error?.type ? `${plainLine(span.error.type)}: ` : "";
  const message = span.error?.message ?? span.statusMessage;
  return [
    palette.red(`✗ ${type}${plainLine(message) || "failed"}`),
    ...(span.error?.stacktrace ? indented(span.error.stacktrace).map((line) => palette.dim(line)) : []),
  ];
}

function section(title: string, palette: Palette, texts: readonly string[]): string[] {
  return [palette.bold(title), ...texts.flatMap((text) => indented(text))];
}

/** `clean`: the text is our own or was cleaned already, colours included. */
function indented(text: string, clean = false, indent = "  "): string[] {
  return (clean ? text : plainText(text)).split("\n").map((line) => indent + line);
}

function inline(value: unknown): string {
  if (typeof value === "string") return plainText(value);
  return plainText(JSON.stringify(value) ?? "");
}
