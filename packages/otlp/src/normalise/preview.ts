import { jsonOf } from "@nightowl/model/span/attribute-reader";
import type { Span } from "@nightowl/model/span/span";
import {
  isHollow,
  lastAnswered,
  lastSaid,
  lastSpoken,
  lastText,
  messageText,
  plainText,
  resultText,
} from "./message-text.ts";
import { foundText, INPUT_SIDE, OUTPUT_SIDE, payloadText } from "./payload-text.ts";

/** Code points of a preview, its ellipsis included. */
export const PREVIEW_LENGTH = 200;

/** What a person sees of a span in a list: one line each, at most {@link PREVIEW_LENGTH} code points; `""` for nothing. */
export interface Previews {
  inputPreview: string;
  outputPreview: string;
}

/**
 * A span's input and output as one line each, chosen for a human: the last thing the user said and what the
 * model answered or called, a tool's arguments and result, a retriever's query and what it found,
 * the text inside the wrappers that chains put around it.
 */
export function previewOf(span: Span): Previews {
  return { inputPreview: oneLine(inputOf(span)), outputPreview: oneLine(outputOf(span)) };
}

function inputOf(span: Span): string {
  if (span.kind === "TOOL" && span.tool?.arguments !== undefined) return plainText(span.tool.arguments);
  if (span.query !== undefined) return span.query;
  if (span.embeddings.length > 0) return embeddedTexts(span);
  const said = lastSaid(span.inputMessages);
  if (span.kind === "AGENT" && said !== "") return said;
  // Some prompts are instructions only.
  const isInstructed = span.inputMessages.every(({ role }) => role === "system");
  if (span.kind === "LLM" && span.inputMessages.length > 0)
    return isInstructed ? lastText(span.inputMessages) : said;
  return payloadText(span.input, INPUT_SIDE, said);
}

function outputOf(span: Span): string {
  if (span.kind === "TOOL" && span.tool?.result !== undefined) return resultText(span.tool.result);
  if (span.kind === "RETRIEVER" || span.kind === "RERANKER") {
    const isEmpty = span.output?.mimeType === "application/json" && isHollow(jsonOf(span.output.value));
    if (span.documents.length > 0 || isEmpty) return foundText(span.documents);
  }
  const size = embeddedSize(span);
  if (size !== "") return size;
  if (span.kind === "LLM" && span.outputMessages.length > 0)
    return span.outputMessages.map(messageText).filter(Boolean).join(" ");
  // A prompt is what will be said, by whomever.
  if (span.kind === "PROMPT") return payloadText(span.output, INPUT_SIDE, lastSaid(span.outputMessages));
  const said = lastAnswered(span.outputMessages);
  // What an agent called on its way is not what it gave back in the end.
  const told = span.kind === "AGENT" ? lastSpoken(span.outputMessages) : said;
  return payloadText(span.output, OUTPUT_SIDE, told) || said;
}

function embeddedTexts(span: Span): string {
  const texts = span.embeddings.map((embedding) => embedding.text).filter((text) => text !== undefined);
  return texts.length > 0 ? texts.join(" · ") : payloadText(span.input, INPUT_SIDE, "");
}

function embeddedSize(span: Span): string {
  const vectors = span.embeddings.filter((embedding) => embedding.dimensions !== undefined);
  const dimensions = vectors[0]?.dimensions;
  if (dimensions === undefined) return "";
  const count = `${vectors.length} ${vectors.length === 1 ? "vector" : "vectors"}`;
  const isEven = vectors.every((embedding) => embedding.dimensions === dimensions);
  return isEven ? `${count} of ${dimensions} dimensions` : count;
}

/** Enough of a long text for a preview, whatever is in it. */
const READ_LENGTH = PREVIEW_LENGTH * 5;
/** Anything but single spaces between words. */
const UNEVEN = /[^\S ]| {2}|\p{Cc}/u;

/** A text on one line: at most {@link PREVIEW_LENGTH} code points, well-formed, an ellipsis where it was cut. */
export function oneLine(text: string): string {
  let line = text.trimStart();
  const isLong = line.length > READ_LENGTH;
  if (isLong) line = line.slice(0, READ_LENGTH);
  if (UNEVEN.test(line)) line = line.replaceAll(/[\s\p{Cc}]+/gu, " ");
  line = line.trim();
  if (line.length < PREVIEW_LENGTH && !isLong) return line.toWellFormed();
  const points = /[\ud800-\udfff]/.test(line) ? Array.from(line.toWellFormed()) : undefined;
  const length = points?.length ?? line.length;
  if (length <= PREVIEW_LENGTH && !isLong) return points?.join("") ?? line;
  const kept = PREVIEW_LENGTH - 1;
  return `${points?.slice(0, kept).join("") ?? line.slice(0, kept)}…`;
}
