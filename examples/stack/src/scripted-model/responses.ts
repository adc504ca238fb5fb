import { randomBytes } from "node:crypto";
import { z } from "zod";
import { invalidRequest } from "./openai-error.ts";
import { toUsageCost } from "./prices.ts";
import { play, SCRIPTED_MODEL, type Generation } from "./scripted-model.ts";
import type { JsonSchema, ScriptedMessage, ScriptedRequest } from "./scripted-request.ts";

const contentPart = z.looseObject({ type: z.string(), text: z.string().optional() });
const content = z.union([z.string(), z.array(contentPart)]);
/** Items that the model does not know (reasoning, references) are passed over. */
const inputItem = z.looseObject({
  type: z.string().optional(),
  role: z.enum(["system", "developer", "user", "assistant"]).optional(),
  content: content.nullish(),
  call_id: z.string().optional(),
  name: z.string().optional(),
  arguments: z.string().optional(),
  output: content.optional(),
});
const jsonSchema = z.record(z.string(), z.unknown()).transform((schema) => schema as JsonSchema);
const tool = z.looseObject({
  type: z.string(),
  name: z.string().optional(),
  description: z.string().nullish(),
  parameters: jsonSchema.nullish(),
});

/** The body of `POST /v1/responses`, as far as the scripted model minds it. */
export const responsesBody = z.looseObject({
  model: z.string(),
  input: z.union([z.string(), z.array(inputItem)]),
  instructions: z.string().nullish(),
  previous_response_id: z.string().nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: z.union([z.enum(["auto", "none", "required"]), z.looseObject({ name: z.string() })]).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  text: z
    .looseObject({ format: z.looseObject({ type: z.string(), schema: jsonSchema.optional() }).optional() })
    .nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
});
export type ResponsesBody = z.infer<typeof responsesBody>;

/**
 * The request in the model's own form, behind the messages of the response that it follows.
 * Throws an `OpenAiError` for tools that are no functions.
 */
export function readResponses(body: ResponsesBody, before: readonly ScriptedMessage[]): ScriptedRequest {
  const tools = (body.tools ?? []).map(({ type, name, description, parameters }) => {
    if (type !== "function" || name === undefined)
      throw invalidRequest(`the scripted model has no tool of type ${type}: only functions`, "tools");
    return { name, description: description ?? "", parameters: parameters ?? {} };
  });
  const choice = body.tool_choice ?? "auto";
  const format = body.text?.format;
  const json = format?.type === "json_schema" ? (format.schema ?? true) : format?.type === "json_object";
  return {
    messages: [
      ...(body.instructions ? [{ role: "system" as const, text: body.instructions }] : []),
      ...before,
      ...readInput(body.input),
    ],
    tools,
    toolChoice: typeof choice === "object" ? { name: choice.name } : choice,
    parallelToolCalls: body.parallel_tool_calls ?? true,
    ...(json ? { json } : {}),
  };
}

/** The items of an input as messages. */
export function readInput(input: ResponsesBody["input"]): ScriptedMessage[] {
  if (typeof input === "string") return [{ role: "user", text: input }];
  return input.flatMap((item): ScriptedMessage[] => {
    const { type, role, call_id: callId = "", name = "" } = item;
    if (type === "function_call")
      return [
        { role: "assistant", text: "", toolCalls: [{ id: callId, name, arguments: item.arguments ?? "" }] },
      ];
    if (type === "function_call_output")
      return [{ role: "tool", text: readText(item.output), toolCallId: callId }];
    if (!role) return [];
    const images = Array.isArray(item.content)
      ? item.content.filter((part) => part.type === "input_image")
      : [];
    const text = readText(item.content);
    return [{ role: role === "developer" ? "system" : role, text, imageCount: images.length }];
  });
}

function readText(value: z.infer<typeof content> | null | undefined): string {
  if (typeof value === "string") return value;
  return (value ?? []).map(({ text = "" }) => text).join("\n");
}

type Item = Record<string, unknown> & { id: string };

export interface ScriptedResponse {
  id: string;
  /** The `response` object, before and after the answer. */
  begun: Record<string, unknown>;
  done: Record<string, unknown>;
  items: Item[];
}

/** The answer as a `response`. */
export function toResponse(generation: Generation, body: ResponsesBody): ScriptedResponse {
  const { reply, finishReason } = generation;
  const status = finishReason === "length" || finishReason === "content_filter" ? "incomplete" : "completed";
  const items: Item[] =
    reply.toolCalls.length > 0
      ? reply.toolCalls.map((call) => ({
          id: createId("fc"),
          type: "function_call",
          status: "completed",
          call_id: createId("call"),
          ...call,
        }))
      : [{ id: createId("msg"), type: "message", status, role: "assistant", content: [toPart(reply.text)] }];
  const createdAt = Math.floor(Date.now() / 1000);
  const begun = {
    id: createId("resp"),
    object: "response",
    created_at: createdAt,
    status: "in_progress",
    background: false,
    error: null,
    incomplete_details: null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    model: SCRIPTED_MODEL,
    output: [],
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    reasoning: { effort: null, summary: null },
    service_tier: "default",
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: body.text ?? { format: { type: "text" } },
    tool_choice: body.tool_choice ?? "auto",
    tools: body.tools ?? [],
    top_p: body.top_p ?? 1,
    truncation: "disabled",
    usage: null,
    metadata: body.metadata ?? {},
  };
  const reason = finishReason === "length" ? "max_output_tokens" : "content_filter";
  const done = {
    ...begun,
    status,
    incomplete_details: status === "incomplete" ? { reason } : null,
    output: items,
    usage: toUsage(generation),
  };
  return { id: begun.id, begun, done, items };
}

/** The answer as the events of a stream. */
export async function* toResponseEvents(
  generation: Generation,
  { begun, done, items }: ScriptedResponse,
  signal: AbortSignal,
): AsyncGenerator<Record<string, unknown>> {
  let sequence = 0;
  const event = (type: string, fields: Record<string, unknown>): Record<string, unknown> => ({
    type,
    sequence_number: sequence++,
    ...fields,
  });
  yield event("response.created", { response: begun });
  yield event("response.in_progress", { response: begun });
  for (const [index, item] of items.entries()) {
    const place = { item_id: item.id, output_index: index };
    const isCall = item["type"] === "function_call";
    const empty = isCall ? { arguments: "" } : { content: [] };
    const added = { ...item, ...empty, status: "in_progress" };
    yield event("response.output_item.added", { output_index: index, item: added });
    if (isCall) {
      const { name, arguments: text } = item as unknown as { name: string; arguments: string };
      for await (const delta of play(text, generation, signal))
        yield event("response.function_call_arguments.delta", { ...place, delta });
      yield event("response.function_call_arguments.done", { ...place, name, arguments: text });
    } else {
      const { text } = generation.reply;
      const part = { ...place, content_index: 0 };
      yield event("response.content_part.added", { ...part, part: toPart("") });
      for await (const delta of play(text, generation, signal))
        yield event("response.output_text.delta", { ...part, delta, logprobs: [] });
      yield event("response.output_text.done", { ...part, text, logprobs: [] });
      yield event("response.content_part.done", { ...part, part: toPart(text) });
    }
    yield event("response.output_item.done", { output_index: index, item });
  }
  yield event(done["status"] === "incomplete" ? "response.incomplete" : "response.completed", {
    response: done,
  });
}

function toPart(text: string): Record<string, unknown> {
  return { type: "output_text", text, annotations: [], logprobs: [] };
}

function toUsage({ usage, cost }: Generation): Record<string, unknown> {
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cachedInput },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: usage.input + usage.output,
    ...toUsageCost(cost),
  };
}

function createId(prefix: string): string {
  return `${prefix}_${randomBytes(16).toString("hex")}`;
}
