import { setTimeout as delay } from "node:timers/promises";
import * as conventions from "@arizeai/openinference-semantic-conventions";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Collector } from "../testing/collector.ts";
import { initTestTracing, type TestSpan } from "../testing/testing.ts";
import { llmSpan, recordLlmOutput, recordLlmStream } from "./llm-span.ts";

const { tracing, exporter } = initTestTracing();
let provider: Collector;
let client: OpenAI;
/** What the model's server answers next: an object, or the events of a stream. */
let next: object | object[];
beforeAll(async () => {
  provider = await Collector.start((_request, response) => {
    if (!Array.isArray(next)) {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(next));
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of next) response.write(`data: ${JSON.stringify(event)}\n\n`);
    response.end("data: [DONE]\n\n");
  });
  client = new OpenAI({ apiKey: "k", baseURL: provider.url, maxRetries: 0 });
});
afterAll(() => provider.close());
beforeEach(async () => {
  await tracing.flush();
  exporter.reset();
});

async function ended(name = "llm.chat"): Promise<TestSpan> {
  await tracing.flush();
  return exporter.span(name);
}

const CALL = { id: "c1", type: "function", function: { name: "look", arguments: '{"at":"sky"}' } };
const USAGE = {
  prompt_tokens: 20,
  completion_tokens: 9,
  total_tokens: 29,
  prompt_tokens_details: { cached_tokens: 16 },
  completion_tokens_details: { reasoning_tokens: 4 },
};
const CHAT = {
  id: "x",
  object: "chat.completion",
  created: 1,
  model: "gpt-4o-2024-08-06",
  choices: [
    {
      index: 0,
      finish_reason: "tool_calls",
      message: { role: "assistant", content: "I look.", refusal: null, tool_calls: [CALL] },
    },
    { index: 1, finish_reason: "stop", message: { role: "assistant", content: "Dark.", refusal: null } },
  ],
  usage: USAGE,
};
const chunk = (index: number, delta: object, finish_reason: string | null = null): object => ({
  id: "x",
  object: "chat.completion.chunk",
  created: 1,
  model: CHAT.model,
  choices: [{ index, delta, finish_reason }],
  usage: null,
});
/** The same answer in pieces, with the choices mixed. */
const CHAT_CHUNKS = [
  chunk(0, { role: "assistant", content: "" }),
  chunk(1, { role: "assistant", content: "Dar" }),
  chunk(0, { content: "I " }),
  chunk(0, { content: "look." }),
  chunk(1, { content: "k." }),
  chunk(0, {
    tool_calls: [{ index: 0, id: "c1", type: "function", function: { name: "look", arguments: "" } }],
  }),
  chunk(0, { tool_calls: [{ index: 0, function: { arguments: '{"at":' } }] }),
  chunk(0, { tool_calls: [{ index: 0, function: { arguments: '"sky"}' } }] }),
  chunk(0, {}, "tool_calls"),
  chunk(1, {}, "stop"),
  { ...chunk(0, {}), choices: [], usage: USAGE },
];

const ITEMS = [
  { type: "reasoning", id: "r1", summary: [{ type: "summary_text", text: "look first" }] },
  {
    type: "message",
    id: "m1",
    role: "assistant",
    status: "completed",
    content: [{ type: "output_text", text: "I look.", annotations: [] }],
  },
  {
    type: "function_call",
    id: "f1",
    call_id: "c1",
    name: "look",
    arguments: '{"at":"sky"}',
    status: "completed",
  },
];
const RESPONSE = {
  id: "resp",
  object: "response",
  created_at: 1,
  status: "completed",
  model: "gpt-5-2025",
  output: ITEMS,
  usage: {
    input_tokens: 20,
    output_tokens: 9,
    total_tokens: 29,
    input_tokens_details: { cached_tokens: 16 },
    output_tokens_details: { reasoning_tokens: 4 },
  },
};
const BEGUN = { ...RESPONSE, status: "in_progress", output: [], usage: null };
const RESPONSE_EVENTS = [
  { type: "response.created", sequence_number: 0, response: BEGUN },
  { type: "response.in_progress", response: BEGUN },
  { type: "response.output_item.added", output_index: 0, item: { type: "reasoning", id: "r1", summary: [] } },
  { type: "response.output_item.done", output_index: 0, item: ITEMS[0] },
  { type: "response.output_item.added", output_index: 1, item: { ...ITEMS[1], content: [] } },
  { type: "response.output_text.delta", output_index: 1, content_index: 0, delta: "I " },
  { type: "response.output_text.delta", output_index: 1, content_index: 0, delta: "look." },
  { type: "response.output_item.done", output_index: 1, item: ITEMS[1] },
  { type: "response.output_item.added", output_index: 2, item: { ...ITEMS[2], arguments: "" } },
  { type: "response.function_call_arguments.delta", output_index: 2, delta: '{"at":' },
  { type: "response.function_call_arguments.delta", output_index: 2, delta: '"sky"}' },
  { type: "response.output_item.done", output_index: 2, item: ITEMS[2] },
  { type: "response.completed", response: RESPONSE },
];

const MESSAGE = {
  id: "msg",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4",
  content: [
    { type: "thinking", thinking: "look first", signature: "sig" },
    { type: "text", text: "I look." },
    { type: "tool_use", id: "t1", name: "look", input: { at: "sky" } },
  ],
  stop_reason: "tool_use",
  stop_sequence: null,
  usage: { input_tokens: 10, cache_read_input_tokens: 100, cache_creation_input_tokens: 5, output_tokens: 9 },
};
const MESSAGE_EVENTS = [
  {
    type: "message_start",
    message: { ...MESSAGE, content: [], stop_reason: null, usage: { ...MESSAGE.usage, output_tokens: 1 } },
  },
  { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } },
  { type: "ping" },
  { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "look " } },
  { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "first" } },
  { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "sig" } },
  { type: "content_block_stop", index: 0 },
  { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "I look." } },
  { type: "content_block_stop", index: 1 },
  {
    type: "content_block_start",
    index: 2,
    content_block: { type: "tool_use", id: "t1", name: "look", input: {} },
  },
  { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: '{"at":' } },
  { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: '"sky"}' } },
  { type: "content_block_stop", index: 2 },
  {
    type: "message_delta",
    delta: { stop_reason: "tool_use", stop_sequence: null },
    usage: { output_tokens: 9 },
  },
  { type: "message_stop" },
];

async function* stream<T>(chunks: readonly T[]): AsyncGenerator<T> {
  for (const each of chunks) {
    await delay(0);
    yield each;
  }
}

async function drain(chunks: AsyncIterable<unknown>): Promise<number> {
  const all: unknown[] = [];
  for await (const each of chunks) all.push(each);
  return all.length;
}

const MESSAGES = [
  { role: "system" as const, content: "Answer like an owl." },
  { role: "user" as const, content: "Who is there?" },
];

describe("what is sent", () => {
  it("is the client's own request object: messages, tools and settings", async () => {
    next = CHAT;
    const request = {
      model: "gpt-4o",
      messages: MESSAGES,
      temperature: 0.2,
      tools: [{ type: "function" as const, function: { name: "look", parameters: { type: "object" } } }],
    };
    const completion = await llmSpan(request, () => client.chat.completions.create(request));
    expect(completion.id).toBe("x");
    const { attributes, kind, status } = await ended();
    expect({ kind, status }).toEqual({ kind: "LLM", status: "ok" });
    expect(attributes).toMatchObject({
      "llm.request.model_name": "gpt-4o",
      "llm.model_name": "gpt-4o-2024-08-06",
      "llm.invocation_parameters": '{"temperature":0.2}',
      "input.value": "Who is there?",
      "input.mime_type": "text/plain",
      "llm.input_messages.0.message.role": "system",
      "llm.input_messages.1.message.content": "Who is there?",
      "llm.tools.0.tool.json_schema": JSON.stringify(request.tools[0]),
    });
  });

  it("has names that OpenInference has", async () => {
    const names = new Set(
      Object.values(conventions).flatMap((value) =>
        typeof value === "string" ? [value] : (Object.values(value as object) as string[]),
      ),
    );
    const isKnown = (part: string): boolean =>
      names.has(part) ||
      [...part].some(
        (letter, at) => letter === "." && names.has(part.slice(0, at)) && isKnown(part.slice(at + 1)),
      );
    const content = [
      { type: "text", text: "?" },
      { type: "image_url", image_url: { url: "u" } },
      { type: "input_audio", input_audio: { data: "" } },
    ];
    await llmSpan(
      {
        model: "m",
        messages: [...MESSAGES, { role: "user", name: "n", content }, { role: "tool", tool_call_id: "c" }],
        tools: [{}],
        provider: "openai",
        top_p: 1,
      },
      async () => CHAT,
    );
    await llmSpan({ model: "m", name: "anthropic" }, async () => MESSAGE);
    await llmSpan({ model: "m", name: "responses" }, async () => RESPONSE);
    await tracing.flush();
    const keys = exporter.spans().flatMap(({ attributes }) => Object.keys(attributes));
    expect(keys.length).toBeGreaterThan(60);
    expect(keys.filter((key) => !key.split(/\.\d+\./).every(isKnown))).toEqual([]);
  });

  it("may be a Responses or an Anthropic request: input, instructions, system", async () => {
    await llmSpan({ model: "m", name: "r", input: "Who?", instructions: "Be brief." }, async () => RESPONSE);
    await llmSpan(
      {
        model: "m",
        name: "a",
        system: [{ type: "text", text: "Be brief." }],
        messages: [{ role: "user", content: "Who?" }],
        max_tokens: 9,
      },
      async () => MESSAGE,
    );
    await tracing.flush();
    for (const name of ["r", "a"]) {
      expect(exporter.span(name).attributes).toMatchObject({
        "llm.input_messages.0.message.role": "system",
        "llm.input_messages.0.message.content": "Be brief.",
        "llm.input_messages.1.message.role": "user",
        "llm.input_messages.1.message.content": "Who?",
        "input.value": "Who?",
      });
    }
    expect(exporter.span("a").attributes["llm.invocation_parameters"]).toBe('{"max_tokens":9}');
  });

  it("is whole, however long the conversation", async () => {
    const messages = Array.from({ length: 500 }, (_, n) => ({ role: "user", content: `message ${n}` }));
    await llmSpan({ model: "m", messages }, async () => "ok");
    const { attributes } = await ended();
    expect(attributes["llm.input_messages.499.message.content"]).toBe("message 499");
    expect(attributes["input.value"]).toBe("message 499");
  });

  it("is recorded though parts of it cannot be read", async () => {
    const hostile = {
      get role(): never {
        throw new Error("no");
      },
    };
    expect(
      await llmSpan(
        { model: "m", messages: [hostile, { role: "user", content: "hi" }], extra: 1n },
        async () => "ok",
      ),
    ).toBe("ok");
    expect((await ended()).attributes).toMatchObject({
      "llm.model_name": "m",
      "llm.input_messages.1.message.content": "hi",
      "llm.invocation_parameters": '{"extra":"1"}',
    });
  });
});

const ANSWERS = [
  { name: "OpenAI's chat", whole: CHAT, chunks: CHAT_CHUNKS },
  { name: "OpenAI's Responses", whole: RESPONSE, chunks: RESPONSE_EVENTS },
  { name: "Anthropic's messages", whole: MESSAGE, chunks: MESSAGE_EVENTS },
];

describe.each(ANSWERS)("$name", ({ whole, chunks }) => {
  it("is the same when it is streamed", async () => {
    await llmSpan({ model: "m", name: "whole" }, async () => whole);
    expect(await drain(await llmSpan({ model: "m", name: "streamed" }, async () => stream(chunks)))).toBe(
      chunks.length,
    );
    await llmSpan({ model: "m", name: "inside" }, async (span) =>
      drain(recordLlmStream(span, stream(chunks))),
    );
    await tracing.flush();
    const { attributes } = exporter.span("whole");
    expect(attributes["llm.output_messages.0.message.role"]).toBe("assistant");
    expect(exporter.span("streamed").attributes).toEqual(attributes);
    expect(exporter.span("inside").attributes).toEqual(attributes);
    expect(exporter.span("streamed").events.map(({ name }) => name)).toEqual(["First Token Stream Event"]);
    expect(exporter.span("inside").events.map(({ name }) => name)).toEqual(["First Token Stream Event"]);
  });

  it("is kept as far as it came when the stream breaks off anywhere", async () => {
    for (let count = 0; count <= chunks.length; count++) {
      const broken = async function* (): AsyncGenerator<object> {
        yield* chunks.slice(0, count);
        throw new Error("cut");
      };
      const followed = llmSpan({ model: "m", name: `cut ${count}` }, () => broken());
      await expect(drain(followed)).rejects.toThrow("cut");
    }
    await tracing.flush();
    expect(
      exporter.spans().every(({ status, statusMessage }) => status === "error" && statusMessage === "cut"),
    ).toBe(true);
    const late = exporter.span(`cut ${chunks.length - 1}`).attributes;
    expect(JSON.stringify(late)).toContain("I look.");
    expect(late["llm.output_messages.0.message.tool_calls.0.tool_call.function.name"]).toBe("look");
    expect(late["llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments"]).toBe(
      '{"at":"sky"}',
    );
  });
});

describe("what is answered", () => {
  it("by OpenAI's chat: every choice, reason and count", async () => {
    await llmSpan({ model: "m", n: 2 }, async () => CHAT);
    expect((await ended()).attributes).toMatchObject({
      "output.value": "I look.",
      "output.mime_type": "text/plain",
      "llm.response.model_name": "gpt-4o-2024-08-06",
      "llm.finish_reason": "tool_calls",
      "llm.output_messages.0.message.content": "I look.",
      "llm.output_messages.0.message.tool_calls.0.tool_call.id": "c1",
      "llm.output_messages.1.message.content": "Dark.",
      "llm.token_count.prompt": 20,
      "llm.token_count.prompt_details.cache_read": 16,
      "llm.token_count.completion_details.reasoning": 4,
    });
  });

  it("by Anthropic: the cache is part of the prompt", async () => {
    await llmSpan({ model: "m" }, async () => MESSAGE);
    expect((await ended()).attributes).toMatchObject({
      "llm.finish_reason": "tool_use",
      "llm.token_count.prompt": 115,
      "llm.token_count.total": 124,
      "llm.output_messages.0.message.contents.0.message_content.signature": "sig",
    });
  });

  it("by Responses that were cut or failed", async () => {
    const incomplete = {
      ...RESPONSE,
      output: ITEMS.slice(1, 2),
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
    };
    await llmSpan({ model: "m", name: "incomplete" }, async () => incomplete);
    await llmSpan({ model: "m", name: "failed" }, async () => ({
      ...BEGUN,
      status: "failed",
      error: { code: "server_error", message: "try later" },
    }));
    await tracing.flush();
    expect(exporter.span("incomplete").attributes["llm.finish_reason"]).toBe("max_output_tokens");
    expect(exporter.span("failed")).toMatchObject({
      status: "error",
      statusMessage: "try later",
      attributes: { "error.type": "server_error" },
    });
  });

  it("only by calling a tool: its name stands for the text", async () => {
    const message = { role: "assistant", content: null, tool_calls: [CALL] };
    await llmSpan({ model: "m" }, async () => ({ choices: [{ message }] }));
    expect((await ended()).attributes["output.value"]).toBe("look(…)");
  });

  it("as bare text, whole or in pieces", async () => {
    expect(await llmSpan({ model: "m", name: "whole" }, async () => "Hoo.")).toBe("Hoo.");
    await drain(await llmSpan({ model: "m", name: "pieces" }, async () => stream(["Ho", "", "o."])));
    await tracing.flush();
    expect(exporter.span("pieces").attributes).toEqual(exporter.span("whole").attributes);
    expect(exporter.span("whole").attributes["llm.output_messages.0.message.content"]).toBe("Hoo.");
  });

  it("in the client's own stream, from a real connection", async () => {
    next = CHAT_CHUNKS;
    const request = {
      model: "gpt-4o",
      messages: MESSAGES,
      stream: true as const,
      stream_options: { include_usage: true },
    };
    expect(await drain(await llmSpan(request, () => client.chat.completions.create(request)))).toBe(
      CHAT_CHUNKS.length,
    );
    expect((await ended()).attributes).toMatchObject({
      "output.value": "I look.",
      "llm.token_count.total": 29,
    });
  });

  it("by the client's stream of events", async () => {
    next = CHAT_CHUNKS;
    const events = llmSpan({ model: "gpt-4o", messages: MESSAGES }, () =>
      client.chat.completions.stream({ model: "gpt-4o", messages: MESSAGES }),
    );
    await events.finalChatCompletion();
    await delay(1);
    expect((await ended()).attributes).toMatchObject({
      "output.value": "I look.",
      "llm.token_count.total": 29,
    });
  });

  it("by the client with an error", async () => {
    next = { error: { message: "no" } };
    const dead = new OpenAI({ apiKey: "k", baseURL: await Collector.closedUrl(), maxRetries: 0 });
    const request = { model: "m", messages: MESSAGES };
    await expect(llmSpan(request, () => dead.chat.completions.create(request))).rejects.toBeInstanceOf(
      OpenAI.APIConnectionError,
    );
    expect(await ended()).toMatchObject({
      status: "error",
      attributes: { "error.type": "APIConnectionError" },
    });
  });

  it("in a shape that nobody knows: as JSON, once told to", async () => {
    await llmSpan({ model: "m", name: "told" }, async (span) =>
      recordLlmOutput(span, { candidates: ["Hoo."] }),
    );
    await llmSpan({ model: "m", name: "untold" }, async () => ({ candidates: ["Hoo."] }));
    await tracing.flush();
    expect(exporter.span("told").attributes["output.value"]).toBe('{"candidates":["Hoo."]}');
    expect(exporter.span("untold").attributes["output.value"]).toBeUndefined();
  });

  it("is what was recorded by hand, where that was done", async () => {
    await llmSpan({ model: "m" }, async (span) => {
      recordLlmOutput(span, CHAT, { costUsd: 0.01 });
      return "something else";
    });
    expect((await ended()).attributes).toMatchObject({ "output.value": "I look.", "llm.cost.total": 0.01 });
  });

  it("with a wild index costs neither time nor memory", async () => {
    const wild = [
      {
        choices: [
          {
            index: 4_294_967_290,
            delta: { content: "far", tool_calls: [{ index: 1e15, function: { name: "f" } }] },
          },
        ],
      },
      { choices: [{ index: 0, delta: { content: "near" } }] },
    ];
    await drain(await llmSpan({ model: "m" }, async () => stream(wild)));
    expect((await ended()).attributes).toMatchObject({
      "output.value": "near",
      "llm.output_messages.1.message.content": "far",
    });
  });
});
