import type { Attributes, Span } from "@opentelemetry/api";
import {
  OpenInferenceSpanKind,
  SemanticConventions as Names,
} from "@arizeai/openinference-semantic-conventions";
import { ownsProvider } from "../init.ts";
import { failureOf, isModelResponse, responseAttributes } from "./llm-response.ts";
import { StreamedAnswer } from "./streamed-answer.ts";
import { isFields, setMessages, setTools } from "./message-attributes.ts";
import { attempt } from "./attempt.ts";
import { recordError } from "./record-error.ts";
import { runSpan, type Traced } from "./run-span.ts";
import { toJson } from "./to-json.ts";
import { inputAttributes } from "./values.ts";

/**
 * A call of a model, as it is sent: the request object of a client can be passed as it is. What is not named here
 * (`temperature`, `max_tokens`, `top_p`, …) is recorded as an invocation parameter under its own name.
 */
export interface LlmSpanOptions {
  model: string;
  /** OpenAI's chat messages or Anthropic's. */
  messages?: readonly unknown[] | string;
  /** The Responses API's name for them. */
  input?: readonly unknown[] | string;
  /** Anthropic's and Responses' system prompt. */
  system?: unknown;
  instructions?: unknown;
  tools?: readonly unknown[] | null;
  /** Who serves the model: `openai`, `anthropic`, `azure`, … Not sent to the model. */
  provider?: string;
  /** The span's name. Default: `llm.chat`. Not sent to the model. */
  name?: string;
  /** More attributes of the span. Not sent to the model. */
  attributes?: Attributes;
  [parameter: string]: unknown;
}

/** The event that marks when the first piece of a streamed answer arrived, as OpenInference's packages name it. */
const FIRST_TOKEN_EVENT = "First Token Stream Event";
/** Past this many, an application's own provider with OpenTelemetry's limit of 128 would cut the conversation. */
const ATTRIBUTES_AT_RISK = 100;

/** Spans whose answer was recorded by hand; what their callbacks return is then left alone. */
const recorded = new WeakSet<Span>();

/**
 * Runs a model call in a span of kind LLM. What the callback returns is recorded when it is an answer in a known
 * shape, a text, or a stream of either's pieces (then with the time to the first one); otherwise call
 * `recordLlmOutput`. Returns what the callback returns; throws what it throws.
 *
 * ```ts
 * const request = { model: "gpt-4o-mini", messages, temperature: 0.2 };
 * const completion = await llmSpan(request, () => client.chat.completions.create(request));
 * ```
 */
export function llmSpan<T>(options: LlmSpanOptions, fn: (span: Span) => T): Traced<T> {
  const streamed = new StreamedAnswer();
  return runSpan(
    {
      name: options.name ?? "llm.chat",
      kind: OpenInferenceSpanKind.LLM,
      attributes: () => requestAttributes(options),
      onResult: (span, result) => {
        if (recorded.has(span) || result === undefined || result === null) return;
        if (typeof result === "string" || isModelResponse(result)) recordLlmOutput(span, result);
      },
      onChunk: (span, chunk) => {
        if (streamed.add(chunk)) span.addEvent(FIRST_TOKEN_EVENT);
      },
      onStreamEnd: (span) => {
        const answer = streamed.answer();
        if (answer !== undefined && !recorded.has(span)) recordLlmOutput(span, answer);
      },
    },
    fn,
  );
}

/**
 * Records what a model answered: OpenAI's chat completions and Responses, Anthropic's messages, bare text; with
 * token counts (cache, reasoning and audio among them), finish reason and the model that answered. Anything else
 * is kept as JSON. `costUsd` is what the call cost by the application's own account. Never throws.
 */
export function recordLlmOutput(span: Span, response: unknown, { costUsd }: { costUsd?: number } = {}): void {
  recorded.add(span);
  if (!span.isRecording()) return;
  attempt(() => {
    span.setAttributes(responseAttributes(response));
    const failure = failureOf(response);
    if (failure !== undefined) recordError(span, failure);
  });
  if (costUsd !== undefined && Number.isFinite(costUsd)) span.setAttribute(Names.LLM_COST_TOTAL, costUsd);
}

/**
 * Passes a stream on and records it on the span that is open around it: first piece, whole answer, usage. For
 * callbacks that consume the stream themselves; a stream that `llmSpan`'s callback returns is recorded anyhow.
 * What the stream throws is thrown on.
 */
export async function* recordLlmStream<T>(span: Span, stream: AsyncIterable<T>): AsyncGenerator<T> {
  const streamed = new StreamedAnswer();
  try {
    for await (const chunk of stream) {
      attempt(() => {
        if (streamed.add(chunk)) span.addEvent(FIRST_TOKEN_EVENT);
      });
      yield chunk;
    }
  } finally {
    attempt(() => {
      const answer = streamed.answer();
      if (answer !== undefined) recordLlmOutput(span, answer);
    });
  }
}

function requestAttributes(options: LlmSpanOptions): Attributes {
  const {
    model,
    messages,
    input,
    system,
    instructions,
    tools,
    provider,
    name: _name,
    attributes: more,
    ...parameters
  } = options;
  const attributes: Attributes = {
    [Names.LLM_MODEL_NAME]: model,
    [Names.LLM_REQUEST_MODEL_NAME]: model,
  };
  if (provider !== undefined) attributes[Names.LLM_PROVIDER] = provider;
  const settings = toJson(parameters);
  if (settings !== undefined && settings !== "{}") attributes[Names.LLM_INVOCATION_PARAMETERS] = settings;
  const sent = messages ?? input;
  const conversation = [
    ...systemMessages(system ?? instructions),
    ...(typeof sent === "string" ? [sent] : (sent ?? [])),
  ];
  Object.assign(attributes, inputAttributes(lastAsked(conversation)));
  setMessages(attributes, Names.LLM_INPUT_MESSAGES, conversation);
  if (Array.isArray(tools)) setTools(attributes, tools);
  if (!ownsProvider() && Object.keys(attributes).length > ATTRIBUTES_AT_RISK) {
    // One attribute that holds the whole request survives where the flattened ones are cut.
    Object.assign(attributes, inputAttributes({ model, messages: conversation, tools }));
  }
  return more === undefined ? attributes : Object.assign(attributes, more);
}

function systemMessages(content: unknown): unknown[] {
  return content === undefined || content === null ? [] : [{ role: "system", content }];
}

/** The text that was asked last, for lists. */
function lastAsked(messages: readonly unknown[]): string | undefined {
  const last = messages.at(-1);
  if (typeof last === "string") return last;
  if (!isFields(last)) return undefined;
  const { content } = last;
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return typeof last["output"] === "string" ? last["output"] : undefined;
  const texts = content
    .map((part) => (isFields(part) ? part["text"] : part))
    .filter((text) => typeof text === "string");
  return texts.length === 0 ? undefined : texts.join("\n");
}
