import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { logEventName, type LogRecord } from "@nightowl/model/log/log-record";
import type { Message, MessagePart } from "@nightowl/model/span/message";
import type { Document, Span, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { Usage } from "@nightowl/model/span/usage";
import { AgentMemory, readAgentEvents } from "../agent-events/agent-events.ts";
import { toldIdOf, toldIdsIn } from "../agent-events/told-by-id.ts";
import { decodeLogsJson } from "../decode/logs-json.ts";
import { previewOf } from "./preview.ts";

/** The captures: `<dialect>/<case>/request.json`, and `expected.json` beside those that have a table. */
export const FIXTURES = new URL("../../fixtures/", import.meta.url).pathname;

/** A message as the table says it: its parts gathered by kind. A member that is absent must not be there. */
export interface MessageExpectation {
  role: string;
  /** All text parts, joined by a line break. */
  text?: string;
  reasoning?: string;
  signature?: string;
  toolCalls?: { id?: string; name: string; arguments: unknown }[];
  /** URLs. */
  images?: string[];
  /** Of a tool's answer. */
  result?: unknown;
  callId?: string;
  name?: string;
  finishReason?: string;
  /** Parts of any other type, as they are. */
  other?: MessagePart[];
}

/**
 * What must be read of one span. Everything is exact, and a member that is absent must not be read:
 * no model, no messages, no tokens. Written by people who looked at the captures, never from output.
 */
export interface SpanExpectation {
  spanId: string;
  name: string;
  kind: SpanKind;
  displayName?: string;
  dialects?: string[];
  provider?: string;
  requestModel?: string;
  responseModel?: string;
  responseId?: string;
  /** Invocation parameters. */
  parameters?: Record<string, unknown>;
  streaming?: boolean;
  timeToFirstTokenMs?: number;
  finishReasons?: string[];
  input?: MessageExpectation[];
  output?: MessageExpectation[];
  /** Names of the tool definitions. */
  tools?: string[];
  usage?: Usage;
  /** US dollars as reported, or `unpriced`. */
  cost?: number | "unpriced";
  documents?: Omit<Document, "rank">[];
  inputDocuments?: Omit<Document, "rank">[];
  query?: string;
  topK?: number;
  embeddings?: { text?: string; dimensions?: number }[];
  promptTemplate?: Record<string, unknown>;
  tool?: Record<string, unknown>;
  agentName?: string;
  graphNode?: Record<string, unknown>;
  sessionId?: string;
  userId?: string;
  tags?: string[];
  /** `message` is its first line. */
  error?: { type?: string; message?: string; hasStack?: boolean };
  /** By the dialect's word alone: the status says otherwise. */
  hasFailed?: boolean;
  /** Codes of the notes, sorted. */
  notes?: string[];
  inputPreview?: string;
  outputPreview?: string;
}

/** One capture and what must be read of it. */
export interface CaptureExpectation {
  /** `<dialect>/<case>`, for test names. */
  name: string;
  /** Path of the OTLP/JSON request. */
  requestPath: string;
  /** Path of the log records that were sent beside it, where there are any. */
  logsPath: string | undefined;
  /** One for each span of the capture, in the order sent. */
  spans: SpanExpectation[];
}

/** Every capture that has an `expected.json`, sorted by name. For tests of the reading, the API and the page. */
export function readExpectations(): CaptureExpectation[] {
  const expectations: CaptureExpectation[] = [];
  for (const folder of captureFolders()) {
    const tablePath = join(folder, "expected.json");
    if (!existsSync(tablePath)) continue;
    const table = JSON.parse(readFileSync(tablePath, "utf8")) as { spans: SpanExpectation[] };
    const name = relative(FIXTURES, folder);
    const logsPath = join(folder, "logs.json");
    expectations.push({
      name,
      requestPath: join(folder, "request.json"),
      logsPath: existsSync(logsPath) ? logsPath : undefined,
      spans: table.spans,
    });
  }
  return expectations;
}

/** Folders of all captures, with or without a table, sorted. */
export function captureFolders(): string[] {
  const folders = (parent: string) =>
    readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(parent, entry.name))
      .sort();
  return folders(FIXTURES)
    .flatMap(folders)
    .filter((folder) => existsSync(join(folder, "request.json")));
}

/** The capture's log records that tell of a span and have an event name, in the order sent. */
export function readLogsOf(logsPath: string | undefined, span: WireSpan): LogRecord[] {
  if (logsPath === undefined) return [];
  const { records } = decodeLogsJson(readFileSync(logsPath));
  // As they are put to their spans on their way in.
  const memory = new AgentMemory((text) => createHash("sha256").update(text).digest("hex"));
  const id = toldIdOf(span);
  const isOf = (record: LogRecord) =>
    record.spanId === span.spanId || (id !== undefined && toldIdsIn(record).includes(id));
  return readAgentEvents(records, memory).records.filter(
    (record) => record.traceId === span.traceId && isOf(record) && logEventName(record) !== "",
  );
}

/** A span said in the table's words, to compare with its expectation. */
export function describeSpan(span: Span): SpanExpectation {
  const { inputPreview, outputPreview } = previewOf(span);
  return clean({
    spanId: span.spanId,
    name: span.name,
    kind: span.kind,
    displayName: span.displayName,
    dialects: span.dialects,
    provider: span.provider,
    requestModel: span.requestModel,
    responseModel: span.responseModel,
    responseId: span.responseId,
    parameters: span.invocationParameters,
    streaming: span.streaming,
    timeToFirstTokenMs: span.timeToFirstTokenMs,
    finishReasons: span.finishReasons,
    input: span.inputMessages.map(describeMessage),
    output: span.outputMessages.map(describeMessage),
    tools: span.tools.map((tool) => tool.name),
    usage: span.usage,
    cost: span.cost === undefined || span.cost.source === "unpriced" ? span.cost?.source : span.cost.costUsd,
    documents: span.documents.map(withoutRank),
    inputDocuments: span.inputDocuments.map(withoutRank),
    query: span.query,
    topK: span.topK,
    embeddings: span.embeddings,
    promptTemplate: span.promptTemplate as Record<string, unknown> | undefined,
    tool: span.tool,
    agentName: span.agentName,
    graphNode: span.graphNode,
    sessionId: span.sessionId,
    userId: span.userId,
    tags: span.tags,
    error: span.error && describeError(span.error),
    hasFailed: span.hasFailed,
    notes: span.notes.map((note) => note.code).sort(),
    inputPreview,
    outputPreview,
  });
}

/** A message said in the table's words. */
export function describeMessage(message: Message): MessageExpectation {
  const { parts } = message;
  const reasoning = parts.filter((part) => part.type === "reasoning");
  const results = parts.filter((part) => part.type === "tool_result");
  return clean({
    role: message.role,
    text: joined(parts.filter((part) => part.type === "text").map((part) => part.text)),
    reasoning: joined(reasoning.map((part) => part.text)),
    signature: reasoning.find((part) => part.signature !== undefined)?.signature,
    toolCalls: parts
      .filter((part) => part.type === "tool_call")
      .map(({ id, name, arguments: args }) => clean({ id, name, arguments: args })),
    images: parts.filter((part) => part.type === "image").map((part) => part.url),
    result: results[0]?.result,
    callId: message.toolCallId,
    name: message.name,
    finishReason: message.finishReason,
    other: [...parts.filter((part) => !GATHERED.has(part.type)), ...results.slice(1)],
  });
}

const GATHERED = new Set<string>(["text", "reasoning", "tool_call", "tool_result", "image"]);

function joined(texts: string[]): string | undefined {
  return texts.length === 0 ? undefined : texts.join("\n");
}

function withoutRank({ rank: _rank, ...document }: Document): Omit<Document, "rank"> {
  return document;
}

function describeError(error: NonNullable<Span["error"]>): SpanExpectation["error"] {
  const firstLine = error.message?.split("\n")[0];
  return clean({
    type: error.type,
    message: firstLine,
    hasStack: error.stacktrace === undefined ? undefined : true,
  });
}

/** Without what is `undefined` or empty; empty arguments of a call stay. */
function clean<T extends object>(value: T): T {
  const isEmpty = (item: unknown) =>
    item === undefined ||
    item === "" ||
    (typeof item === "object" && item !== null && Object.keys(item).length === 0);
  return Object.fromEntries(
    Object.entries(value).filter(([key, item]) => key === "arguments" || !isEmpty(item)),
  ) as T;
}
