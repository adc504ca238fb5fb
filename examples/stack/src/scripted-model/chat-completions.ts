import { randomBytes } from "node:crypto";
import { z } from "zod";
import { invalidRequest } from "./openai-error.ts";
import { toUsageCost } from "./prices.ts";
import { play, SCRIPTED_MODEL, type Generation } from "./scripted-model.ts";
import type { JsonSchema, ScriptedMessage, ScriptedRequest, ScriptedTool } from "./scripted-request.ts";

/** Shown in every answer, where OpenAI names its configuration. */
export const SYSTEM_FINGERPRINT = "fp_scripted";

const contentPart = z.looseObject({ type: z.string(), text: z.string().optional() });
const message = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: z.union([z.string(), z.array(contentPart)]).nullish(),
  tool_call_id: z.string().optional(),
  tool_calls: z
    .array(z.looseObject({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) }))
    .optional(),
});
const jsonSchema = z.record(z.string(), z.unknown()).transform((schema) => schema as JsonSchema);
const tool = z.looseObject({
  type: z.literal("function"),
  function: z.looseObject({
    name: z.string().min(1),
    description: z.string().optional(),
    parameters: jsonSchema.optional(),
  }),
});

/** The body of `POST /v1/chat/completions`, as far as the scripted model minds it. */
export const chatCompletionsBody = z.looseObject({
  model: z.string(),
  messages: z.array(message).min(1),
  tools: z.array(tool).nullish(),
  tool_choice: z
    .union([
      z.enum(["auto", "none", "required"]),
      z.looseObject({ function: z.object({ name: z.string() }) }),
    ])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: z
    .looseObject({
      type: z.string(),
      json_schema: z.looseObject({ schema: jsonSchema.optional() }).optional(),
    })
    .nullish(),
  n: z.number().nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
});
export type ChatCompletionsBody = z.infer<typeof chatCompletionsBody>;

/** The request in the model's own form. Throws an `OpenAiError` for what it cannot do. */
export function readChatCompletions(body: ChatCompletionsBody): ScriptedRequest {
  if ((body.n ?? 1) !== 1) throw invalidRequest("the scripted model makes one choice: n must be 1", "n");
  const tools = (body.tools ?? []).map(readTool);
  const choice = body.tool_choice ?? "auto";
  const toolChoice = typeof choice === "object" ? { name: choice.function.name } : choice;
  if (typeof toolChoice === "object" && !tools.some(({ name }) => name === toolChoice.name))
    throw invalidRequest(`tool_choice names ${toolChoice.name}, which is not in tools`, "tool_choice");
  const format = body.response_format;
  const json =
    format?.type === "json_schema" ? (format.json_schema?.schema ?? true) : format?.type === "json_object";
  return {
    messages: body.messages.map(readMessage),
    tools,
    toolChoice,
    parallelToolCalls: body.parallel_tool_calls ?? true,
    ...(json ? { json } : {}),
  };
}

function readTool({
  function: { name, description = "", parameters = {} },
}: z.infer<typeof tool>): ScriptedTool {
  return { name, description, parameters };
}

function readMessage({ role, content, tool_calls, tool_call_id }: z.infer<typeof message>): ScriptedMessage {
  const parts = Array.isArray(content) ? content : [];
  return {
    role: role === "developer" ? "system" : role === "function" ? "tool" : role,
    text: typeof content === "string" ? content : parts.map(({ text = "" }) => text).join("\n"),
    imageCount: parts.filter(({ type }) => type === "image_url").length,
    ...(tool_call_id === undefined ? {} : { toolCallId: tool_call_id }),
    ...(tool_calls ? { toolCalls: tool_calls.map(({ id, function: call }) => ({ id, ...call })) } : {}),
  };
}

/** The answer as one `chat.completion`. */
export function toChatCompletion(generation: Generation): Record<string, unknown> {
  const { reply, finishReason } = generation;
  return {
    ...head("chat.completion"),
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: reply.toolCalls.length > 0 ? null : reply.text,
          refusal: null,
          annotations: [],
          ...(reply.toolCalls.length > 0 ? { tool_calls: reply.toolCalls.map(toToolCall) } : {}),
        },
        logprobs: null,
        finish_reason: finishReason,
      },
    ],
    usage: toUsage(generation),
    service_tier: "default",
  };
}

/** The answer as `chat.completion.chunk`s; the usage in one of its own at the end, when it is asked for. */
export async function* toChatChunks(
  generation: Generation,
  { includesUsage, signal }: { includesUsage: boolean; signal: AbortSignal },
): AsyncGenerator<Record<string, unknown>> {
  const { reply, finishReason } = generation;
  const shared = { ...head("chat.completion.chunk"), service_tier: "default" };
  const usage = includesUsage ? { usage: null } : {};
  const chunk = (delta: Record<string, unknown>, finish: string | null = null): Record<string, unknown> => ({
    ...shared,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...usage,
  });
  let isBegun = false;
  const begin = (content: string | null): Record<string, unknown> => {
    isBegun = true;
    return chunk({ role: "assistant", content, refusal: null });
  };
  for await (const piece of play(reply.text, generation, signal)) {
    if (!isBegun) yield begin("");
    yield chunk({ content: piece });
  }
  if (!isBegun) yield begin(reply.toolCalls.length > 0 ? null : "");
  for (const [index, call] of reply.toolCalls.entries()) {
    const { id, type } = toToolCall(call);
    yield chunk({ tool_calls: [{ index, id, type, function: { name: call.name, arguments: "" } }] });
    for await (const piece of play(
      call.arguments,
      { ...generation, pace: { ...generation.pace, firstTokenMs: 0 } },
      signal,
    ))
      yield chunk({ tool_calls: [{ index, function: { arguments: piece } }] });
  }
  yield chunk({}, finishReason);
  if (includesUsage) yield { ...shared, choices: [], usage: toUsage(generation) };
}

function head(object: string): Record<string, unknown> {
  return {
    id: `chatcmpl-${randomBytes(12).toString("hex")}`,
    object,
    created: Math.floor(Date.now() / 1000),
    model: SCRIPTED_MODEL,
    system_fingerprint: SYSTEM_FINGERPRINT,
  };
}

function toToolCall(call: { name: string; arguments: string }): Record<string, unknown> {
  return { id: `call_${randomBytes(12).toString("hex")}`, type: "function", function: call };
}

function toUsage({ usage, cost }: Generation): Record<string, unknown> {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cachedInput, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
    ...toUsageCost(cost),
  };
}
