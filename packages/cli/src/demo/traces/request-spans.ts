import { costAttributes } from "../content/models.ts";
import { CONTENTS, PROMPT_ID, renderTemplate, type PromptVersion } from "../content/prompts.ts";
import {
  documentAttributes,
  modelCallAttributes,
  tokenAttributes,
  tokensOf,
  type ChatMessage,
  type FoundDocument,
  type TokenCounts,
  type ToolCall,
} from "../openinference.ts";
import type { Turn } from "../plan/plan-week.ts";
import { addSpan, newSpanId, type Attributes, type SpanError, type TraceDraft } from "../trace-draft.ts";
import type { Hit, SearchResult } from "./retrieve.ts";

/** One request while its trace is written. */
export interface RequestDraft {
  trace: TraceDraft;
  turn: Turn;
  prompt: PromptVersion;
  promptVariables: Record<string, string>;
  /** Session, user, tags and metadata, which every span of the request carries. */
  context: Attributes;
  /** How much longer than usual models take. */
  slowness: number;
}

/** Where something was put into the trace, and when it ended, in milliseconds after the trace's start. */
export interface Written {
  spanId: string;
  endMs: number;
}

export interface Place {
  parentSpanId: string;
  startMs: number;
}

/** What the model is asked, and what it says or fails with. */
export interface ModelRequest {
  input: readonly ChatMessage[];
  /** How many of the first messages the provider has had a moment ago, and may have in its cache. */
  seenMessages: number;
  output?: ChatMessage;
  error?: SpanError & { afterMs: number };
}

const EMBEDDING_MODEL = "universal-sentence-encoder-lite";
const RERANKER_MODEL = "term-coverage-and-sentence-cosine";
const LANGUAGES: Record<string, string> = { de: "German", ja: "Japanese", es: "Spanish" };
const CACHE_STEP_TOKENS = 128;
const MIN_CACHED_TOKENS = 1024;
const IMAGE_TOKENS = 765;

/** The system prompt as it was filled in for this request. */
export function promptVariablesOf({ release, startMs, topic, version }: Turn): Record<string, string> {
  const variables = {
    product: "Nightowl",
    today: new Date(startMs).toISOString().slice(0, 10),
    contents: CONTENTS,
  };
  if (version === "v1") return variables;
  return { ...variables, release, language: LANGUAGES[topic.language ?? ""] ?? "English" };
}

export function systemMessage({ prompt, promptVariables }: RequestDraft): ChatMessage {
  return { role: "system", content: renderTemplate(prompt.template, promptVariables) };
}

/** Adds an `llm.chat`. */
export function addModelCall(
  { trace, turn, prompt, promptVariables, context, slowness }: RequestDraft,
  { parentSpanId, startMs }: Place,
  call: ModelRequest,
): Written {
  const { model } = turn.person;
  const { random } = trace;
  const tokens = call.output && countTokens(call, { output: call.output, turn, tools: prompt.tools });
  const thoughtMs = ((tokens?.reasoning ?? 0) / model.tokensPerSecond) * 1000;
  const firstTokenMs =
    (random.skewed(model.firstTokenMs) + (model.reasoning === "hidden" ? thoughtMs : 0)) * slowness;
  const saidTokens =
    (tokens?.completion ?? 0) - (model.reasoning === "hidden" ? (tokens?.reasoning ?? 0) : 0);
  const sayingMs = (saidTokens / (model.tokensPerSecond * (0.8 + random.next() * 0.5))) * 1000;
  const durationMs = call.error ? call.error.afterMs : firstTokenMs + sayingMs * Math.sqrt(slowness);
  const parameters = { model: model.name, ...prompt.parameters, stream: true };
  const spanId = addSpan(trace, {
    name: "llm.chat",
    parentSpanId,
    startMs,
    durationMs,
    attributes: {
      ...modelCallAttributes({
        model: model.name,
        provider: model.provider,
        // Reasoning models take no temperature.
        parameters:
          model.reasoning === "hidden"
            ? { ...parameters, temperature: undefined, reasoning_effort: "low" }
            : parameters,
        input: call.input,
        ...(call.output ? { output: call.output } : {}),
        tools: prompt.tools,
      }),
      ...(tokens ? { ...tokenAttributes(tokens), ...costAttributes(model, tokens) } : {}),
      "prompt.id": PROMPT_ID,
      "llm.prompt_template.template": prompt.template,
      "llm.prompt_template.version": prompt.version,
      "llm.prompt_template.variables": JSON.stringify(promptVariables),
      ...context,
    },
    events: call.error ? [] : [{ name: "First Token Stream Event", atMs: startMs + firstTokenMs }],
    ...(call.error ? { error: call.error } : {}),
  });
  return { spanId, endMs: startMs + durationMs };
}

/** Tokens that a prompt of these messages and tools has. */
export function promptTokensOf(messages: readonly ChatMessage[], tools: readonly unknown[]): number {
  return messages.reduce((sum, message) => sum + messageTokens(message), tokensOf(JSON.stringify(tools)));
}

function messageTokens({ content, reasoning = "", imageUrl, calls = [] }: ChatMessage): number {
  const called = calls.map((each) => each.name + each.arguments).join("");
  return tokensOf(content + reasoning + called) + (imageUrl ? IMAGE_TOKENS : 0) + 4;
}

function countTokens(
  { input, seenMessages }: { input: readonly ChatMessage[]; seenMessages: number },
  { output, turn, tools }: { output: ChatMessage; turn: Turn; tools: readonly unknown[] },
): TokenCounts {
  const { model } = turn.person;
  const said = messageTokens(output);
  const seen = promptTokensOf(input.slice(0, seenMessages), tools);
  const cached = seen < MIN_CACHED_TOKENS ? 0 : Math.floor(seen / CACHE_STEP_TOKENS) * CACHE_STEP_TOKENS;
  // Thinking is billed in steps of 64 tokens, more of it for longer answers.
  const reasoning =
    model.reasoning === "hidden" ? 64 * Math.ceil(1 + said / 60) : tokensOf(output.reasoning ?? "");
  return {
    prompt: promptTokensOf(input, tools),
    completion: model.reasoning === "hidden" ? said + reasoning : said,
    ...(model.reportsCache ? { cacheRead: cached } : {}),
    ...(model.reasoning === undefined ? {} : { reasoning }),
  };
}

/** Adds a `tool.…` span around what `inside` adds; it ends a moment after that. */
export function addToolCall(
  { trace, context }: RequestDraft,
  { parentSpanId, startMs }: Place,
  {
    call,
    result,
    error,
    inside,
  }: { call: ToolCall; result?: unknown; error?: SpanError; inside?: (place: Place) => Written },
): Written {
  const spanId = newSpanId(trace);
  const workedMs =
    inside?.({ parentSpanId: spanId, startMs: startMs + 0.2 }).endMs ?? startMs + trace.random.skewed(1.4);
  const endMs = workedMs + 0.1;
  addSpan(trace, {
    spanId,
    name: `tool.${call.name}`,
    parentSpanId,
    startMs,
    durationMs: endMs - startMs,
    attributes: {
      "openinference.span.kind": "TOOL",
      "tool.name": call.name,
      "tool.id": call.id,
      "input.value": call.arguments,
      "input.mime_type": "application/json",
      ...(result === undefined
        ? {}
        : typeof result === "string"
          ? { "output.value": result }
          : { "output.value": JSON.stringify(result), "output.mime_type": "application/json" }),
      ...context,
    },
    ...(error ? { error } : {}),
  });
  return { spanId, endMs };
}

/** Adds a `retrieval` with its `embedding` and `rerank`. With an error, the search failed before it found anything. */
export function addRetrieval(
  { trace, context }: RequestDraft,
  { parentSpanId, startMs }: Place,
  { query, topK, result, error }: { query: string; topK: number; result?: SearchResult; error?: SpanError },
): Written {
  const { random } = trace;
  const spanId = newSpanId(trace);
  const embedMs = random.skewed(11);
  addSpan(trace, {
    name: "embedding",
    parentSpanId: spanId,
    startMs: startMs + 0.3,
    durationMs: embedMs,
    attributes: {
      "openinference.span.kind": "EMBEDDING",
      "embedding.model_name": EMBEDDING_MODEL,
      "embedding.embeddings.0.embedding.text": query,
      ...context,
    },
  });
  const searchedMs = startMs + 0.3 + embedMs + random.skewed(5);
  let endMs = searchedMs + 0.2;
  if (result) {
    const rerankMs = random.skewed(24);
    addSpan(trace, {
      name: "rerank",
      parentSpanId: spanId,
      startMs: searchedMs,
      durationMs: rerankMs,
      attributes: {
        "openinference.span.kind": "RERANKER",
        "reranker.model_name": RERANKER_MODEL,
        "reranker.query": query,
        "reranker.top_k": topK,
        ...documentAttributes("reranker.input_documents", result.candidates.map(candidateOf)),
        ...documentAttributes("reranker.output_documents", result.found.map(documentOf)),
        ...context,
      },
    });
    endMs = searchedMs + rerankMs + 0.2;
  }
  addSpan(trace, {
    spanId,
    name: "retrieval",
    parentSpanId,
    startMs,
    durationMs: endMs - startMs,
    attributes: {
      "openinference.span.kind": "RETRIEVER",
      "input.value": query,
      "gen_ai.retrieval.top_k": topK,
      ...(result ? documentAttributes("retrieval.documents", result.found.map(documentOf)) : {}),
      ...context,
    },
    ...(error ? { error } : {}),
  });
  return { spanId, endMs };
}

/** Before it was reranked a passage has no score. */
function candidateOf({ passage, similarity, fusedRank }: Hit): FoundDocument {
  const { id, text, source, heading } = passage;
  return { id, text, metadata: { path: source, title: heading, similarity, rank: fusedRank } };
}

function documentOf(hit: Hit, index: number): FoundDocument {
  const { metadata, ...candidate } = candidateOf(hit);
  const ranks = { rank: index + 1, fusedRank: hit.fusedRank };
  return { ...candidate, score: hit.rerankScore, metadata: { ...metadata, ...ranks } };
}
