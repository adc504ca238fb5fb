import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EMBEDDING_MODEL } from "../embeddings.ts";
import { startScriptedServer, type ScriptedServer } from "./scripted-server.ts";

let server: ScriptedServer;
let client: OpenAI;

beforeAll(async () => {
  server = await startScriptedServer({ pace: { firstTokenMs: 0, perTokenMs: 0 } });
  client = new OpenAI({ baseURL: server.baseUrl, apiKey: "any", maxRetries: 0 });
});
afterAll(() => server.close());

const model = "scripted-1";
const tools: OpenAI.ChatCompletionFunctionTool[] = [
  {
    type: "function",
    function: {
      name: "get_weather",
      description: "The weather in a city",
      parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
  },
];
const ask = (content: string): OpenAI.ChatCompletionMessageParam[] => [{ role: "user", content }];

describe("chat completions", () => {
  it("have OpenAI's shape, are labelled as scripted, and report tokens and a made-up cost", async () => {
    const completion = await client.chat.completions.create({ model, messages: ask("Hello") });
    expect(completion).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-/),
      object: "chat.completion",
      created: expect.any(Number),
      model,
      system_fingerprint: "fp_scripted",
      choices: [
        {
          index: 0,
          finish_reason: "stop",
          message: { role: "assistant", refusal: null, content: expect.stringContaining("scripted model") },
        },
      ],
      usage: {
        prompt_tokens: 8,
        prompt_tokens_details: { cached_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
        cost: expect.any(Number),
      },
    });
    const { usage } = completion;
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
  });

  it("call tools, several at once, and answer from their results", async () => {
    const messages = ask("What is the weather in Paris and in Berlin?");
    const first = await client.chat.completions.create({ model, messages, tools });
    const [choice] = first.choices;
    expect(choice).toMatchObject({ finish_reason: "tool_calls", message: { content: null } });
    const calls = (choice?.message.tool_calls ?? []).filter((call) => call.type === "function");
    expect(calls.map(({ function: { arguments: args } }) => args)).toEqual([
      '{"city":"Paris"}',
      '{"city":"Berlin"}',
    ]);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2);

    const second = await client.chat.completions.create({
      model,
      tools,
      messages: [
        ...messages,
        choice!.message,
        { role: "tool", tool_call_id: calls[0]!.id, content: '{"city":"Paris","sky":"clear"}' },
        { role: "tool", tool_call_id: calls[1]!.id, content: "It rains in Berlin." },
      ],
    });
    expect(second.choices[0]?.finish_reason).toBe("stop");
    expect(second.choices[0]?.message.content).toBe("city: Paris, sky: clear. It rains in Berlin.");
  });

  it.each<[OpenAI.ChatCompletionToolChoiceOption, number]>([
    ["none", 0],
    ["required", 1],
    [{ type: "function", function: { name: "get_weather" } }, 1],
  ])("mind tool_choice %j", async (tool_choice, count) => {
    const completion = await client.chat.completions.create({
      model,
      messages: ask("Sing a song"),
      tools,
      tool_choice,
    });
    expect(completion.choices[0]?.message.tool_calls ?? []).toHaveLength(count);
  });

  it("make one call at a time when that is asked for", async () => {
    const messages = ask("What is the weather in Paris and in Berlin?");
    const completion = await client.chat.completions.create({
      model,
      messages,
      tools,
      parallel_tool_calls: false,
    });
    expect(completion.choices[0]?.message.tool_calls).toHaveLength(1);
  });

  it("stream the same as they say at once: text", async () => {
    const messages = ask("Hello there");
    const whole = await client.chat.completions.create({ model, messages });
    const stream = client.chat.completions.stream({
      model,
      messages,
      stream_options: { include_usage: true },
    });
    let pieces = 0;
    stream.on("content", () => pieces++);
    const streamed = await stream.finalChatCompletion();
    expect(pieces).toBeGreaterThan(5);
    expect(streamed.choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
    expect(streamed.usage).toMatchObject({ ...whole.usage, prompt_tokens: whole.usage?.prompt_tokens });
  });

  it("stream the same as they say at once: tool calls", async () => {
    const messages = ask("What is the weather in Paris and in Berlin?");
    const streamed = await client.chat.completions.stream({ model, messages, tools }).finalChatCompletion();
    expect(streamed.choices[0]?.finish_reason).toBe("tool_calls");
    const calls = (streamed.choices[0]?.message.tool_calls ?? []).filter((call) => call.type === "function");
    expect(calls.map(({ function: { arguments: args } }) => args)).toEqual([
      '{"city":"Paris"}',
      '{"city":"Berlin"}',
    ]);
  });

  it("stream chunks as OpenAI does: role first, reason last, usage in a chunk of its own when asked", async () => {
    const stream = await client.chat.completions.create({
      model,
      messages: ask("Hello"),
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: "assistant", content: "", refusal: null });
    expect(chunks.at(-2)?.choices[0]).toMatchObject({ delta: {}, finish_reason: "stop" });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 8 } });
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    for (const chunk of chunks.slice(0, -1)) expect(chunk.usage).toBeNull();

    const without = await client.chat.completions.create({ model, messages: ask("Hello"), stream: true });
    for await (const chunk of without) expect(chunk).not.toHaveProperty("usage");
  });

  it("answer in JSON of a schema", async () => {
    const schema = {
      type: "object",
      properties: { mood: { type: "string", enum: ["bad", "good"] }, count: { type: "integer", minimum: 1 } },
      required: ["mood", "count"],
    };
    const completion = await client.chat.completions.create({
      model,
      messages: ask("3 good things"),
      response_format: { type: "json_schema", json_schema: { name: "thing", schema } },
    });
    expect(JSON.parse(completion.choices[0]?.message.content ?? "")).toEqual({ mood: "good", count: 3 });
  });

  it("end at a token limit and at stop words", async () => {
    const messages = ask("Hello there");
    const limited = await client.chat.completions.create({ model, messages, max_completion_tokens: 4 });
    expect(limited).toMatchObject({
      choices: [{ finish_reason: "length" }],
      usage: { completion_tokens: 4 },
    });
    const stopped = await client.chat.completions.create({ model, messages, stop: "scripted model" });
    expect(stopped.choices[0]?.message.content).toBe("I am scripted-1, a ");
  });

  it("find a long prompt in their cache, and charge less for it", async () => {
    const text = Array.from({ length: 400 }, (_, index) => `Fact ${index} is a fact.`).join(" ");
    const create = (question: string): Promise<OpenAI.ChatCompletion> =>
      client.chat.completions.create({
        model,
        messages: [{ role: "system", content: text }, ...ask(question)],
      });
    const [first, second] = [await create("One?"), await create("Two?")];
    expect(first.usage?.prompt_tokens_details?.cached_tokens).toBe(0);
    const cached = second.usage?.prompt_tokens_details?.cached_tokens ?? 0;
    expect(cached).toBeGreaterThanOrEqual(1024);
    expect(cached % 128).toBe(0);
    expect(cached).toBeLessThanOrEqual(second.usage?.prompt_tokens ?? 0);
    const costOf = ({ usage }: OpenAI.ChatCompletion): number => (usage as unknown as { cost: number }).cost;
    expect(costOf(second)).toBeLessThan(costOf(first));
  });
});

describe("responses", () => {
  const functions: OpenAI.Responses.FunctionTool[] = tools.map(
    ({ function: { name, description, parameters } }) => ({
      type: "function",
      name,
      description: description ?? "",
      parameters: parameters ?? {},
      strict: null,
    }),
  );

  it("have OpenAI's shape", async () => {
    const response = await client.responses.create({ model, input: "Hello", instructions: "Be kind." });
    expect(response).toMatchObject({
      id: expect.stringMatching(/^resp_/),
      object: "response",
      status: "completed",
      model,
      instructions: "Be kind.",
      error: null,
      output: [{ type: "message", role: "assistant", status: "completed" }],
      usage: {
        input_tokens: expect.any(Number),
        input_tokens_details: { cached_tokens: 0 },
        output_tokens_details: { reasoning_tokens: 0 },
      },
    });
    expect(response.output_text).toContain("scripted model");
  });

  it("call functions, and go on from their outputs and from the response before", async () => {
    const first = await client.responses.create({
      model,
      input: "What is the weather in Paris?",
      tools: functions,
    });
    const [call] = first.output.filter((item) => item.type === "function_call");
    expect(call).toMatchObject({ name: "get_weather", arguments: '{"city":"Paris"}', status: "completed" });
    const output = { type: "function_call_output", call_id: call!.call_id, output: "It snows." } as const;
    const second = await client.responses.create({
      model,
      previous_response_id: first.id,
      input: [output],
      tools: functions,
    });
    expect(second.output_text).toBe("It snows.");
    const same = await client.responses.create({
      model,
      input: [{ role: "user", content: "What is the weather in Paris?" }, call!, output],
      tools: functions,
    });
    expect(same.output_text).toBe("It snows.");
  });

  it("stream their events in order, and end with the whole", async () => {
    const stream = await client.responses.create({ model, input: "Hello", stream: true });
    const events: OpenAI.Responses.ResponseStreamEvent[] = [];
    for await (const event of stream) events.push(event);
    expect(events.map(({ sequence_number: number }) => number)).toEqual([...events.keys()]);
    const types = events.map(({ type }) => type);
    expect([...new Set(types)]).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    const text = events
      .map((event) => (event.type === "response.output_text.delta" ? event.delta : ""))
      .join("");
    const last = events.at(-1);
    expect(last?.type === "response.completed" && last.response.output[0]).toMatchObject({
      content: [{ text }],
    });
  });

  it("stream function calls as the client's own helper reads them", async () => {
    const stream = client.responses.stream({
      model,
      input: "What is the weather in Paris?",
      tools: functions,
    });
    const final = await stream.finalResponse();
    expect(final.output[0]).toMatchObject({ type: "function_call", arguments: '{"city":"Paris"}' });
  });

  it("are incomplete at a token limit", async () => {
    const response = await client.responses.create({ model, input: "Hello there", max_output_tokens: 3 });
    expect(response).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
    });
  });

  it("do not follow a response that is not there, nor use tools that are no functions", async () => {
    await expect(
      client.responses.create({ model, input: "Hi", previous_response_id: "resp_none" }),
    ).rejects.toMatchObject({ status: 400, code: "previous_response_not_found" });
    await expect(
      client.responses.create({ model, input: "Hi", tools: [{ type: "web_search_preview" }] }),
    ).rejects.toMatchObject({ status: 400, param: "tools" });
  });
});

describe("embeddings", () => {
  it("are real, in the format that is asked for", async () => {
    const input = ["How old are you?", "What is your age?"];
    const floats = await client.embeddings.create({
      model: EMBEDDING_MODEL,
      input,
      encoding_format: "float",
    });
    expect(floats).toMatchObject({
      object: "list",
      model: EMBEDDING_MODEL,
      usage: { prompt_tokens: 10, total_tokens: 10 },
    });
    expect(floats.data.map(({ index, embedding }) => [index, embedding.length])).toEqual([
      [0, 512],
      [1, 512],
    ]);
    // The client asks for base64 by itself, and decodes it.
    const decoded = await client.embeddings.create({ model: EMBEDDING_MODEL, input: input[0]! });
    expect(decoded.data[0]?.embedding[7]).toBeCloseTo(floats.data[0]!.embedding[7]!, 6);
  });

  it("take tokens, and fewer dimensions", async () => {
    const embed = async (input: string | number[]): Promise<number[]> => {
      const { data } = await client.embeddings.create({ model: EMBEDDING_MODEL, input, dimensions: 64 });
      return data[0]!.embedding;
    };
    const embedding = await embed("hello");
    expect(embedding).toHaveLength(64);
    expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
    expect(await embed([24912])).toEqual(embedding);
    await expect(
      client.embeddings.create({ model: EMBEDDING_MODEL, input: "hello", dimensions: 1536 }),
    ).rejects.toMatchObject({ status: 400, param: "dimensions" });
  });
});

describe("models and errors", () => {
  it("lists its models", async () => {
    const { data } = await client.models.list();
    expect(data.map(({ id, owned_by: owner }) => [id, owner])).toEqual([
      [model, "nightowl-example (scripted)"],
      [EMBEDDING_MODEL, "nightowl-example (scripted)"],
    ]);
    expect((await client.models.retrieve(model)).id).toBe(model);
  });

  it("has errors of OpenAI's shape", async () => {
    const messages = ask("Hello");
    await expect(client.chat.completions.create({ model: "gpt-9", messages })).rejects.toMatchObject({
      status: 404,
      code: "model_not_found",
      type: "invalid_request_error",
    });
    await expect(client.chat.completions.create({ model, messages: [] })).rejects.toMatchObject({
      status: 400,
      param: "messages",
    });
    await expect(client.chat.completions.create({ model, messages, n: 2 })).rejects.toMatchObject({
      param: "n",
    });
    const bare = await fetch(`${server.baseUrl}/models`);
    expect([bare.status, await bare.json()]).toMatchObject([
      401,
      { error: { type: "invalid_request_error" } },
    ]);
    const lost = await fetch(`${server.baseUrl}/completions`, {
      method: "POST",
      headers: { authorization: "Bearer x", "content-type": "application/json" },
      body: "{}",
    });
    expect([lost.status, await lost.json()]).toMatchObject([404, { error: { message: expect.any(String) } }]);
  });

  it("serves any model when it was started so, and says which one it is", async () => {
    const open = await startScriptedServer({ takesAnyModel: true, pace: { firstTokenMs: 0, perTokenMs: 0 } });
    const other = new OpenAI({ baseURL: open.baseUrl, apiKey: "any" });
    expect((await other.chat.completions.create({ model: "gpt-9", messages: ask("Hi") })).model).toBe(model);
    await open.close();
  });
});

describe("faults", () => {
  const create = (
    body: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>,
    options: OpenAI.RequestOptions = {},
  ): Promise<OpenAI.ChatCompletion> =>
    client.chat.completions.create({ model, messages: ask("Hello"), ...body }, options);

  it("are asked for by the model's name, a header, metadata or the question", async () => {
    const limited = { status: 429, code: "rate_limit_exceeded" };
    await expect(create({ model: "scripted-1:429" })).rejects.toMatchObject(limited);
    await expect(create({}, { headers: { "x-scripted-fault": "429" } })).rejects.toMatchObject(limited);
    await expect(create({ metadata: { fault: "429" } })).rejects.toMatchObject(limited);
    await expect(create({ messages: ask("Hello [[429]]") })).rejects.toMatchObject(limited);
    await expect(create({ metadata: { fault: "fire" } })).rejects.toMatchObject({ status: 400 });
  });

  it.each(["429-once", "500-once"])("%s is over when the client tries again", async (fault) => {
    await expect(create({ model: `scripted-1:${fault}` })).rejects.toThrow(OpenAI.APIError);
    const answer = await create({ model: `scripted-1:${fault}` }, { maxRetries: 1 });
    expect(answer.choices[0]?.finish_reason).toBe("stop");
  });

  it("cut and hang are seen by the client as what they are", async () => {
    await expect(create({ model: "scripted-1:cut" })).rejects.toThrow(OpenAI.APIConnectionError);
    await expect(create({ model: "scripted-1:hang" }, { timeout: 100 })).rejects.toThrow(
      OpenAI.APIConnectionTimeoutError,
    );
    const stream = await client.chat.completions.create({
      model: "scripted-1:cut",
      messages: ask("Hello"),
      stream: true,
    });
    let pieces = 0;
    await expect(
      (async () => {
        for await (const _ of stream) pieces++;
      })(),
    ).rejects.toThrow();
    expect(pieces).toBeGreaterThan(1);
  });

  it("an error in a stream comes after its beginning", async () => {
    for (const stream of [
      client.chat.completions.stream({ model: "scripted-1:error-in-stream", messages: ask("Hello") }),
      client.responses.stream({ model: "scripted-1:error-in-stream", input: "Hello" }),
    ])
      await expect(stream.done()).rejects.toThrow("while it answered");
  });

  it("of behaviour show in the answer", async () => {
    expect((await create({ model: "scripted-1:content-filter" })).choices[0]).toMatchObject({
      finish_reason: "content_filter",
      message: { content: "" },
    });
    expect((await create({ model: "scripted-1:length" })).usage?.completion_tokens).toBe(16);
    const weather = { messages: ask("What is the weather in Paris?"), tools };
    const [bad] =
      (await create({ ...weather, model: "scripted-1:bad-arguments" })).choices[0]?.message.tool_calls ?? [];
    expect(() => JSON.parse(bad?.type === "function" ? bad.function.arguments : "{}") as unknown).toThrow();
    const [lost] =
      (await create({ ...weather, model: "scripted-1:unknown-tool" })).choices[0]?.message.tool_calls ?? [];
    expect(lost?.type === "function" && lost.function.name).toBe("get_weather_v2");
  });
});
