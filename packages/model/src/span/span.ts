import type { Attributes } from "./attributes.ts";
import type { Message, ToolDefinition } from "./message.ts";
import type { Cost, Usage } from "./usage.ts";

/** OpenInference span kinds. */
export const SPAN_KINDS = [
  "LLM",
  "EMBEDDING",
  "CHAIN",
  "RETRIEVER",
  "RERANKER",
  "TOOL",
  "AGENT",
  "GUARDRAIL",
  "EVALUATOR",
  "PROMPT",
  "UNKNOWN",
] as const;
export type SpanKind = (typeof SPAN_KINDS)[number];

/** OpenTelemetry's own span kind, by number as on the wire (0 unspecified … 5 consumer; others are kept). */
export const OTEL_KINDS = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"] as const;

export type StatusCode = "UNSET" | "OK" | "ERROR";

export interface Resource {
  attributes: Attributes;
  droppedAttributesCount: number;
  /** `Resource.entity_refs` as they were sent, or `[]`. */
  entityRefs: { schemaUrl: string; type: string; idKeys: string[]; descriptionKeys: string[] }[];
  schemaUrl: string;
}

export interface Scope {
  name: string;
  version: string;
  attributes: Attributes;
  droppedAttributesCount: number;
  schemaUrl: string;
}

export interface SpanEvent {
  name: string;
  /** Unix nanoseconds, decimal. */
  timeNs: string;
  attributes: Attributes;
  droppedAttributesCount: number;
}

export interface SpanLink {
  traceId: string;
  spanId: string;
  traceState: string;
  attributes: Attributes;
  droppedAttributesCount: number;
  flags: number;
}

/**
 * A quiet remark on a span: what was odd about it when it was read, for people to see.
 * `code` is stable and machine-readable (`duplicate_key`, `ends_before_start`, `invalid_utf8`, …);
 * `attribute` names the key concerned, when there is one.
 */
export interface Note {
  code: string;
  message: string;
  attribute?: string;
}

/**
 * One span as OTLP says it, with nothing lost and nothing interpreted: what a decoder
 * returns, what the store keeps, and what the dialects read.
 */
export interface WireSpan {
  /** 32 lower-case hex digits, not all zero. */
  traceId: string;
  /** 16 lower-case hex digits, not all zero. */
  spanId: string;
  /** 16 lower-case hex digits, or `""` for a root. */
  parentSpanId: string;
  traceState: string;
  flags: number;
  name: string;
  /** OTLP's number; see {@link OTEL_KINDS}. */
  otelKind: number;
  /** Unix nanoseconds, decimal; `"0"` is "unknown". */
  startTimeNs: string;
  /** Unix nanoseconds, decimal; `"0"` is "has not ended". */
  endTimeNs: string;
  attributes: Attributes;
  droppedAttributesCount: number;
  events: SpanEvent[];
  droppedEventsCount: number;
  links: SpanLink[];
  droppedLinksCount: number;
  statusCode: StatusCode;
  statusMessage: string;
  /** Shared by all spans of one ResourceSpans: the same object, not copies. */
  resource: Resource;
  /** Shared by all spans of one ScopeSpans. */
  scope: Scope;
  /** What the decoder had to remark; `[]` nearly always. */
  notes: Note[];
}

/** A span's input or output as the application gave it. */
export interface Payload {
  /** Text as it came; JSON text where `mimeType` is `application/json`. */
  value: string;
  mimeType: "text/plain" | "application/json";
}

export interface Document {
  id?: string;
  text?: string;
  score?: number;
  /** 1-based position in the list. */
  rank: number;
  similarity?: number;
  metadata?: unknown;
}

export interface Embedding {
  text?: string;
  /** Number of dimensions of the vector, where one was sent. The vector itself stays in the attributes. */
  dimensions?: number;
}

export interface PromptTemplate {
  name?: string;
  version?: string;
  template?: string;
  variables?: Record<string, unknown>;
}

/** The template that a model call's prompt follows, declared or discovered, and which wording of it. */
export interface PromptReference {
  templateId: string;
  versionId: string;
}

export interface ErrorInfo {
  type?: string;
  message?: string;
  stacktrace?: string;
}

/**
 * What the dialects read out of a span's attributes: the AI half of the canonical span.
 * Every field is optional but `kind`; a list that is absent is `[]`.
 */
export interface LlmFields {
  kind: SpanKind;
  /** A better name than the span's own, where the dialect has one. */
  displayName?: string;
  provider?: string;
  requestModel?: string;
  responseModel?: string;
  responseId?: string;
  invocationParameters?: Record<string, unknown>;
  finishReasons: string[];
  streaming?: boolean;
  timeToFirstTokenMs?: number;
  input?: Payload;
  output?: Payload;
  inputMessages: Message[];
  outputMessages: Message[];
  tools: ToolDefinition[];
  usage: Usage;
  /** Each model call below it reports the tokens of those before it with its own. */
  cumulativeUsage?: boolean;
  cost?: Cost;
  /** Documents a retriever found; on a reranker, its output. */
  documents: Document[];
  /** On a reranker: the documents it was given. */
  inputDocuments: Document[];
  /** The query of a retriever or reranker. */
  query?: string;
  topK?: number;
  embeddings: Embedding[];
  promptTemplate?: PromptTemplate;
  tool?: { name?: string; callId?: string; description?: string; arguments?: unknown; result?: unknown };
  agentName?: string;
  graphNode?: { id?: string; name?: string; parentId?: string };
  sessionId?: string;
  userId?: string;
  tags: string[];
  metadata?: Record<string, unknown>;
  error?: ErrorInfo;
}

/** The canonical span: the wire span whole, and the dialects' reading of it. */
export interface Span extends WireSpan, LlmFields {
  project: string;
  serviceName: string;
  environment: string;
  /** How many spans this one stands for under sampling; 1 unless told. */
  sampleWeight: number;
  /** True where the status does not say that it failed, and its dialect does; see {@link statusOf}. */
  hasFailed?: boolean;
  /** Given to a model call when it is written; absent where its prompt follows no known template. */
  prompt?: PromptReference;
  /** Names of the dialects that recognised the span, in order of precedence. */
  dialects: string[];
  /** Attribute keys that some dialect turned into a field. */
  claimedKeys: string[];
  /** Of `notes`, those that came with the wire span; the others are the dialects', made anew on each reading. */
  wireNotes: Note[];
}

/** How the span ended: ERROR also where only its dialect says so (Langfuse's level, ADK's error code). */
export function statusOf(span: Pick<Span, "statusCode" | "hasFailed">): StatusCode {
  return span.hasFailed === true ? "ERROR" : span.statusCode;
}
