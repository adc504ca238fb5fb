import { findResultDocuments } from "@nightowl/model/retrieval/find-result-documents";
import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { REDACTED, type Message, type MessagePart } from "@nightowl/model/span/message";
import type { Payload, Span } from "@nightowl/model/span/span";
import { callArguments } from "./call-arguments.ts";
import { queryOf } from "./complete-retrieval.ts";
import { payloadOf } from "./payload.ts";
import { pythonLiteral } from "./python-literal.ts";
import { openResult } from "./read-parts.ts";
import { isRecord } from "./record.ts";

/** What is written where there is no id: `<not specified>`, `unknown`. */
const PLACEHOLDER = /^(<.*>|unknown)$/;

/** What LangChain's tools are made of, which its JavaScript tells in place of a tool's name. */
const CLASS_NAME = /^(Dynamic)?(Structured)?Tool$/;

/** A tool's arguments, result and name, from whatever its span holds, and the documents that it found. */
export function completeTool(fields: Span): void {
  const [input, output] = [told(fields.input), told(fields.output)];
  const tool = { ...fields.tool };
  if (tool.callId !== undefined && PLACEHOLDER.test(tool.callId)) delete tool.callId;
  // A call and its answer told as messages are the tool's arguments and result, and no conversation.
  const [asked, answered] = [onlyPart(fields.inputMessages), onlyPart(fields.outputMessages)];
  if (asked?.type === "tool_call" || asked?.type === "tool_result") {
    tool.arguments ??= asked.type === "tool_call" ? asked.arguments : asked.result;
    fields.inputMessages = [];
  }
  if (answered?.type === "tool_result") {
    tool.result ??= answered.result;
    if (answered.isError === true) markFailed(fields, answered.result);
    fields.outputMessages = [];
  }
  if (tool.arguments === undefined && input !== undefined)
    tool.arguments = callArguments(openPrinted(jsonOf(input.value)));
  const sent = tool.result ?? (output === undefined ? undefined : jsonOf(output.value));
  if (sent !== undefined) {
    const answer = unwrapToolMessage(sent);
    tool.result = answer.result;
    if (answer.callId !== undefined) tool.callId ??= answer.callId;
    if (answer.name !== undefined && CLASS_NAME.test(tool.name ?? "Tool")) {
      if (fields.displayName === tool.name) fields.displayName = undefined;
      tool.name = answer.name;
    }
    if (answer.isError === true) markFailed(fields, answer.result);
  }
  if (fields.input === undefined && tool.arguments !== undefined) fields.input = payloadOf(tool.arguments);
  if (fields.output === undefined && tool.result !== undefined) fields.output = payloadOf(tool.result);
  fields.tool = Object.keys(tool).length > 0 ? tool : undefined;
  fields.displayName ??= tool.name;
  if (fields.documents.length > 0) return;
  fields.documents = findResultDocuments(tool.result) ?? [];
  if (fields.documents.length > 0 && fields.input !== undefined) fields.query ??= queryOf(fields.input.value);
}

/** LangChain prints a tool's arguments as Python does where there are several. */
function openPrinted(value: unknown): unknown {
  if (typeof value !== "string" || !value.startsWith("{")) return value;
  const opened = pythonLiteral(value);
  return isRecord(opened) ? opened : value;
}

/** A tool whose failure the model is told of, so that its span went well by its status. */
function markFailed(fields: Span, result: unknown): void {
  fields.error ??= { message: textOf(result) ?? "The tool answered with an error." };
  if (fields.statusCode !== "ERROR") fields.hasFailed = true;
}

/** A payload that was not taken out for privacy. */
function told(payload: Payload | undefined): Payload | undefined {
  return payload?.value === REDACTED ? undefined : payload;
}

function onlyPart(messages: readonly Message[]): MessagePart | undefined {
  return messages.length === 1 && messages[0]?.parts.length === 1 ? messages[0].parts[0] : undefined;
}

interface ToolAnswer {
  result: unknown;
  callId?: string | undefined;
  name?: string | undefined;
  isError?: boolean;
}

/**
 * LangChain wraps a tool's answer in a message, serialised by it or by Python; LlamaIndex in an output that has the bare
 * one inside; Gemini in the function's response; the Model Context Protocol in a list of contents.
 */
function unwrapToolMessage(value: unknown): ToolAnswer {
  if (isRecord(value) && value["raw_output"] !== undefined && value["tool_name"] !== undefined)
    return {
      result: openResult(value["raw_output"]),
      name: textOf(value["tool_name"]),
      isError: value["is_error"] === true,
    };
  if (isFunctionResponse(value)) return { result: value["response"], callId: textOf(value["id"]) };
  if (isMcpResult(value)) return { result: openResult(value["content"]), isError: value["isError"] === true };
  const message = isRecord(value) ? (isRecord(value["output"]) ? value["output"] : value) : undefined;
  const plain = message?.["type"] === "tool" && isRecord(message["data"]) ? message["data"] : message;
  const kwargs =
    plain?.["type"] === "tool" && plain["tool_call_id"] !== undefined
      ? plain
      : message?.["lc"] !== undefined && isRecord(message["kwargs"])
        ? message["kwargs"]
        : undefined;
  if (kwargs?.["content"] === undefined) return { result: isRecord(value) ? openResult(value) : value };
  return {
    result: openResult(kwargs["content"]),
    callId: textOf(kwargs["tool_call_id"]),
    name: textOf(kwargs["name"]),
    isError: kwargs["status"] === "error",
  };
}

const MCP_RESULT = new Set(["content", "isError", "structuredContent", "_meta"]);

/** The Model Context Protocol's form of a tool's answer; a structured one is in its text too. */
function isMcpResult(value: unknown): value is Record<string, unknown> {
  const content = isRecord(value) ? value["content"] : undefined;
  if (!isRecord(value) || !Array.isArray(content)) return false;
  const isTyped = content.length > 0 && content.every((part) => isRecord(part) && textOf(part["type"]));
  return ("isError" in value || isTyped) && Object.keys(value).every((key) => MCP_RESULT.has(key));
}

/** Gemini's form of a tool's answer. */
function isFunctionResponse(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value) || typeof value["name"] !== "string" || !isRecord(value["response"])) return false;
  return Object.keys(value).every((key) => key === "id" || key === "name" || key === "response");
}
