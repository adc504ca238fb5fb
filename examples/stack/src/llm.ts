import { llmSpan, recordLlmOutput, recordLlmStream } from "@nightowl/sdk";
import OpenAI from "openai";
import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import type { CompletionUsage } from "openai/resources/completions";
import type { ToolCall, ToolDefinition } from "./tools.ts";

export interface LlmOptions {
  /** Of any OpenAI-compatible API, with its `/v1`. */
  baseUrl?: string;
  apiKey: string;
  model: string;
  /** Who serves it, for the traces. */
  provider: string;
  /** Longest wait for an answer to begin, per attempt. */
  timeoutMs?: number;
  /** How often a request that was refused (408, 409, 429, 5xx) or not answered is sent again, with growing pauses. */
  maxRetries?: number;
  maxOutputTokens?: number;
}

export interface ChatRequest {
  messages: ChatCompletionMessageParam[];
  tools?: ToolDefinition[];
  /** Streams: called with every piece of text as it comes. */
  onText?: (text: string) => void;
  signal?: AbortSignal;
}

/** What the model said: text, or calls of tools, or both. */
export interface Turn {
  text: string;
  toolCalls: ToolCall[];
  /** `stop`, `length`, `tool_calls`, `content_filter`, or what else the endpoint says. */
  finishReason: string;
  usage?: CompletionUsage;
}

export interface Llm {
  model: string;
  /** Throws the openai package's `APIError`s, and `StreamCutError`. */
  chat(request: ChatRequest): Promise<Turn>;
}

/** The stream ended before the model said that it was done. */
export class StreamCutError extends Error {
  override name = "StreamCutError";
}

export function createLlm({
  baseUrl,
  apiKey,
  model,
  provider,
  timeoutMs = 60_000,
  maxRetries = 2,
  maxOutputTokens = 1000,
}: LlmOptions): Llm {
  const client = new OpenAI({ baseURL: baseUrl, apiKey, timeout: timeoutMs, maxRetries });

  return {
    model,
    chat({ messages, tools, onText, signal }) {
      const request = { model, messages, tools, max_completion_tokens: maxOutputTokens };
      if (!onText) {
        return llmSpan({ ...request, provider }, async (span) => {
          const completion = await client.chat.completions.create(request, { signal });
          recordLlmOutput(span, completion);
          return readCompletion(completion);
        });
      }
      const streamed = { ...request, stream: true, stream_options: { include_usage: true } } as const;
      return llmSpan({ ...streamed, provider }, async (span) => {
        const stream = await client.chat.completions.create(streamed, { signal });
        return readStream(recordLlmStream(span, stream), onText);
      });
    },
  };
}

function readCompletion({ choices, usage }: OpenAI.ChatCompletion): Turn {
  const [choice] = choices;
  if (!choice) throw new Error("the model returned no choice");
  return {
    text: choice.message.content ?? choice.message.refusal ?? "",
    toolCalls: (choice.message.tool_calls ?? []).flatMap((call) =>
      call.type === "function"
        ? [{ id: call.id, name: call.function.name, arguments: call.function.arguments }]
        : [],
    ),
    finishReason: choice.finish_reason,
    ...(usage ? { usage } : {}),
  };
}

async function readStream(
  stream: AsyncIterable<OpenAI.ChatCompletionChunk>,
  onText: (text: string) => void,
): Promise<Turn> {
  const turn: Turn = { text: "", toolCalls: [], finishReason: "" };
  for await (const chunk of stream) {
    // The chunk with the usage comes last and has no choice.
    if (chunk.usage) turn.usage = chunk.usage;
    const [choice] = chunk.choices;
    if (!choice) continue;
    const text = choice.delta.content ?? choice.delta.refusal ?? "";
    if (text !== "") onText(text);
    turn.text += text;
    for (const { index, id, function: part } of choice.delta.tool_calls ?? []) {
      const call = (turn.toolCalls[index] ??= { id: "", name: "", arguments: "" });
      if (id) call.id = id;
      call.name += part?.name ?? "";
      call.arguments += part?.arguments ?? "";
    }
    if (choice.finish_reason) turn.finishReason = choice.finish_reason;
  }
  if (turn.finishReason === "") throw new StreamCutError("the model's answer broke off");
  return turn;
}
