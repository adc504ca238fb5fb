import { describe, expect, test } from "vitest";
import type { Attributes } from "@nightowl/model/span/attributes";
import type { Span, SpanEvent, WireSpan } from "@nightowl/model/span/span";
import { wireSpanFixture } from "@nightowl/model/span/span.fixture";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const scope = (name: string): Partial<WireSpan> => ({
  scope: { name, version: "1", attributes: {}, droppedAttributesCount: 0, schemaUrl: "" },
});

function event(name: string, attributes: Attributes): SpanEvent {
  return { name, timeNs: "1763700000050000000", attributes, droppedAttributesCount: 0 };
}

function messagesOf(span: Span): unknown[] {
  return span.inputMessages.map(describeMessage);
}

describe("Claude Code", () => {
  const request: Attributes = {
    "session.id": "s1",
    "user.id": "machine",
    "user.email": "who@example.com",
    model: "claude-opus-5",
    "gen_ai.system": "anthropic",
    "gen_ai.request.model": "claude-opus-5",
    input_tokens: 2,
    output_tokens: 1200,
    cache_read_tokens: 84562,
    cache_creation_tokens: 7096,
    ttft_ms: 50,
    stop_reason: "tool_use",
  };

  test("a request counts the cache inside the input, and is its user's", () => {
    const span = readSpan(request, { name: "claude_code.llm_request" });
    expect(span).toMatchObject({
      kind: "LLM",
      provider: "anthropic",
      requestModel: "claude-opus-5",
      sessionId: "s1",
      userId: "who@example.com",
      timeToFirstTokenMs: 50,
      finishReasons: ["tool_calls"],
      usage: { inputTokens: 91_660, outputTokens: 1200, cacheReadTokens: 84_562, cacheWriteTokens: 7096 },
    });
  });

  test("a tool has its input, its output and the id of its call", () => {
    const span = readSpan(
      { tool_name: "Bash", tool_use_id: "toolu_1", full_command: "ls" },
      { name: "claude_code.tool", events: [event("tool.output", { output: "a.txt" })] },
    );
    expect(span).toMatchObject({ kind: "TOOL", displayName: "Bash" });
    expect(span.tool).toEqual({
      name: "Bash",
      callId: "toolu_1",
      arguments: { command: "ls" },
      result: "a.txt",
    });
  });

  test("an interaction is an agent's run; a prompt that was blacked out is none", () => {
    const at = (prompt: string) => readSpan({ user_prompt: prompt }, { name: "claude_code.interaction" });
    expect(at("fix it")).toMatchObject({ kind: "AGENT", input: { value: "fix it" } });
    expect(at("<REDACTED>").input).toBeUndefined();
  });
});

describe("Codex", () => {
  test("a turn has its tokens and its prompt, and counts as an agent's", () => {
    const span = readSpan(
      {
        "thread.id": "t1",
        "codex.turn.token_usage.input_tokens": 10,
        "codex.turn.token_usage.output_tokens": 2,
      },
      {
        ...scope("codex_cli_rs"),
        name: "run_turn",
        events: [event("codex.user_prompt", { prompt: "fix it" })],
      },
    );
    expect(span).toMatchObject({
      kind: "AGENT",
      sessionId: "t1",
      usage: { inputTokens: 10, outputTokens: 2 },
      input: { value: "fix it" },
    });
  });

  test("a thread of the process is no session, and a function that knows the model calls none", () => {
    const span = readSpan(
      { "thread.id": 4, model: "gpt-5-codex" },
      { ...scope("codex_exec"), name: "get_model_info" },
    );
    expect(span).toMatchObject({ kind: "UNKNOWN", dialects: ["codex"] });
    expect(span.sessionId).toBeUndefined();
  });

  test("the first token: counted from the opened stream, or told of at its moment", () => {
    const { startTimeNs } = wireSpanFixture();
    const at = (name: string, ms: number) => {
      const timeNs = String(BigInt(startTimeNs) + BigInt(ms) * 1_000_000n);
      return { ...event(name, { duration_ms: "78" }), timeNs };
    };
    const read = (attributes: Attributes, ...events: SpanEvent[]) =>
      readSpan(attributes, { ...scope("codex_exec"), name: "codex.model_call", events }).timeToFirstTokenMs;
    expect(read({ ttft_ms: 3 }, at("codex.api_request", 50), at("codex.turn_ttft", 55))).toBe(53);
    expect(read({ ttft_ms: 3 })).toBe(3);
    expect(read({}, at("codex.turn_ttft", 55))).toBe(55);
    expect(read({})).toBeUndefined();
  });

  test("a tool's span takes what its one result says", () => {
    const result = { tool_name: "shell", call_id: "c1", arguments: '{"cmd":"ls"}', output: "a.txt" };
    const read = (...callIds: string[]) =>
      readSpan(
        {},
        {
          ...scope("codex_cli_rs"),
          name: "handle_tool_call",
          events: callIds.map((id) => event("codex.tool_result", { ...result, call_id: id })),
        },
      ).tool;
    const tool = { name: "shell", callId: "c1", arguments: { cmd: "ls" }, result: "a.txt" };
    expect(read("c1")).toEqual(tool);
    // In an event, and in a log record again.
    expect(read("c1", "c1")).toEqual(tool);
    expect(read("c1", "c2")).toBeUndefined();
  });
});

describe("OpenLIT", () => {
  test("a conversation in one text is read turn by turn", () => {
    const text = "system: Be brief.\nuser: Who is there?\nYou?\nassistant: Hoo.";
    const span = readSpan(
      { "gen_ai.operation.name": "chat", "gen_ai.input.messages": text },
      scope("openlit.otel.tracing"),
    );
    expect(messagesOf(span)).toEqual([
      { role: "system", text: "Be brief." },
      { role: "user", text: "Who is there?\nYou?" },
      { role: "assistant", text: "Hoo." },
    ]);
  });

  test.each([
    ["query", "RETRIEVER"],
    ["upsert", "CHAIN"],
  ])("a vector store's %s is %s", (operation, kind) => {
    const attributes = { "gen_ai.operation.name": "vectordb", "db.operation.name": operation };
    expect(readSpan(attributes, scope("openlit")).kind).toBe(kind);
  });
});

test("Langtrace: the tools that were called stand for the message that called them, if it knows them", () => {
  const prompt = [
    { role: "user", content: "Weather?" },
    [{ id: "", type: "" }],
    [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }],
  ];
  const asked = event("gen_ai.content.prompt", { "gen_ai.prompt": JSON.stringify(prompt) });
  const span = readSpan({ "gen_ai.operation.name": "chat" }, { events: [asked] });
  expect(messagesOf(span)).toEqual([
    { role: "user", text: "Weather?" },
    { role: "assistant", toolCalls: [{ id: "c", name: "f", arguments: {} }] },
  ]);
});

test("Langtrace: Anthropic's instructions come first, though they were sent last", () => {
  const instructions = { role: "system", content: "Be terse." };
  const question = { role: "user", content: "Weather?" };
  const said = (...prompt: object[]) => {
    const asked = event("gen_ai.content.prompt", { "gen_ai.prompt": JSON.stringify(prompt) });
    return readSpan({ "langtrace.service.type": "llm" }, { events: [asked] }).inputMessages.map(
      ({ role }) => role,
    );
  };
  expect(said(question, instructions)).toEqual(["system", "user"]);
  expect(said(instructions, question)).toEqual(["system", "user"]);
  // A reminder behind them stays there.
  expect(said(instructions, question, instructions)).toEqual(["system", "user", "system"]);
});

describe("OpenLIT's own ways", () => {
  const call = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "m" };
  const openai = scope("openlit.instrumentation.openai");

  test("a picture in a conversation in one text is a picture", () => {
    const text = "user: text: Look:, image_url: {'url': 'https://a.example/1.png'}";
    const prompt = event("gen_ai.content.prompt", { "gen_ai.prompt": text });
    expect(messagesOf(readSpan(call, { ...openai, events: [prompt] }))).toEqual([
      { role: "user", text: "Look:", images: ["https://a.example/1.png"] },
    ]);
  });

  test("the names and ids of all calls, joined, are no tool", () => {
    const span = readSpan({ ...call, "gen_ai.tool.name": "a, b", "gen_ai.tool.call.id": "1, 2" }, openai);
    expect(span).toMatchObject({ kind: "LLM", tool: undefined });
  });

  test("settings that were not given are none, and the price of what it does not know is unknown", () => {
    const span = readSpan(
      {
        ...call,
        "gen_ai.request.max_tokens": -1,
        "gen_ai.request.seed": "",
        "gen_ai.request.stop_sequences": [],
        "gen_ai.usage.input_tokens": 3,
        "gen_ai.usage.cost": 0,
      },
      openai,
    );
    expect(span.invocationParameters).toBeUndefined();
    expect(span.cost).toEqual({ source: "unpriced" });
  });

  test("a call that was not streamed has no first token", () => {
    const attributes = {
      ...call,
      "gen_ai.request.is_stream": false,
      "gen_ai.server.time_to_first_token": 0.05,
    };
    expect(readSpan(attributes, openai).timeToFirstTokenMs).toBeUndefined();
    expect(readSpan({ ...attributes, "gen_ai.request.is_stream": true }, openai).timeToFirstTokenMs).toBe(50);
  });

  test("Anthropic's cache lies beside its input, also where the input is the greater", () => {
    const usage = { "gen_ai.usage.input_tokens": 2000, "gen_ai.usage.cache_read.input_tokens": 1024 };
    for (const name of ["openlit.instrumentation.anthropic", "@openlit/instrumentation-anthropic"])
      expect(readSpan({ ...call, ...usage }, scope(name)).usage.inputTokens).toBe(3024);
  });

  test("what Python printed of a tool's message is its answer", () => {
    const span = readSpan(
      {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.call.arguments": "{'city': 'Paris'}",
        "gen_ai.tool.call.result": `content='{"celsius": 14}' name='get_weather' tool_call_id='c1'`,
      },
      openai,
    );
    expect(span.tool).toEqual({ arguments: { city: "Paris" }, result: { celsius: 14 } });
  });

  test("a decorated function is a step, whatever it gave back", () => {
    const span = readSpan(
      { "function.args": "('Hi',)", "function.kwargs": "{}", "gen_ai.output.messages": "Hoo" },
      scope("openlit"),
    );
    expect(span).toMatchObject({ kind: "CHAIN", input: { value: "Hi" }, output: { value: "Hoo" } });
  });

  test("the HTTP spans that it switches on stay what they are", () => {
    const resource = {
      attributes: { "telemetry.sdk.name": "openlit" },
      droppedAttributesCount: 0,
      entityRefs: [],
      schemaUrl: "",
    };
    const span = readSpan(
      { "http.method": "POST" },
      { ...scope("opentelemetry.instrumentation.httpx"), resource },
    );
    expect(span).toMatchObject({ kind: "UNKNOWN", dialects: [] });
  });
});

describe("Langtrace", () => {
  test("what was found is told in events, each store's in its own way", () => {
    const read = (name: string, attributes: Attributes) =>
      readSpan(
        {
          "langtrace.service.type": "vectordb",
          "db.operation": "query",
          "db.top_k": 2,
          "db.system": "pinecone",
        },
        { events: [event(name, attributes)] },
      );
    const pinecone = read("db.query.match", {
      "db.query.match.id": "a",
      "db.query.match.score": 0.9,
      "db.query.match.metadata": '{"text":"It rains.","page":1}',
    });
    expect(pinecone).toMatchObject({ kind: "RETRIEVER", topK: 2, provider: "pinecone" });
    expect(pinecone.documents).toMatchObject([{ id: "a", score: 0.9, text: "It rains." }]);
    const milvus = read("db.search.match", { id: 7, distance: "0.5", entity: '{"text":"It pours."}' });
    expect(milvus.documents).toMatchObject([{ id: "7", text: "It pours.", metadata: { distance: 0.5 } }]);
    const chroma = read("db.chroma.query.result", { id: "b", distance: 0.1, document: "It snows." });
    expect(chroma.documents).toMatchObject([{ id: "b", text: "It snows.", metadata: { distance: 0.1 } }]);
  });

  test("embeddings are known by the address, and tools come as one list in a list", () => {
    const embedded = readSpan({
      "langtrace.service.type": "llm",
      "url.path": "/embeddings",
      "gen_ai.request.model": "m",
      "gen_ai.request.embedding_inputs": ['["Paris","Rome"]'],
    });
    expect(embedded).toMatchObject({ kind: "EMBEDDING", embeddings: [{ text: "Paris" }, { text: "Rome" }] });
    const called = readSpan({
      "langtrace.service.type": "llm",
      "url.path": "/chat/completions",
      "gen_ai.request.tools": ['[{"type":"function","function":{"name":"get_weather"}}]'],
    });
    expect(called.tools.map((tool) => tool.name)).toEqual(["get_weather"]);
    expect(called.invocationParameters).toBeUndefined();
  });
});

test("Mistral's SDK: embeddings are known by the operation, also where it failed", () => {
  const tracer = scope("mistralai_sdk_tracer");
  const span = readSpan(
    { "gen_ai.request.model": "mistral-embed", "mistral_ai.request.total_tokens": 16 },
    { ...tracer, name: "embeddings_v1_embeddings_post" },
  );
  expect(span).toMatchObject({ kind: "EMBEDDING", provider: "mistral", usage: { totalTokens: 16 } });
});

describe("Microsoft's frameworks", () => {
  test("Semantic Kernel for .NET: other names of tokens, -1 for what is not known", () => {
    const span = readSpan(
      {
        "gen_ai.operation.name": "chat.completions",
        "gen_ai.response.prompt_tokens": 10,
        "gen_ai.response.completion_tokens": -1,
        "gen_ai.request.max_token": 64,
      },
      scope("Microsoft.SemanticKernel.Diagnostics"),
    );
    expect(span).toMatchObject({ kind: "LLM", invocationParameters: { max_tokens: 64 } });
    expect(span.usage).toEqual({ inputTokens: 10 });
  });

  test("Agent Framework: an executor is a node of the workflow's graph", () => {
    const span = readSpan(
      { "executor.id": "writer" },
      { ...scope("agent_framework"), name: "executor.process writer" },
    );
    expect(span).toMatchObject({ kind: "CHAIN", graphNode: { id: "writer", name: "writer" } });
  });
});

describe("LiteLLM", () => {
  test("details of the tokens are read out of Python's print of the usage", () => {
    const span = readSpan(
      {
        "llm.request.type": "acompletion",
        "gen_ai.usage.input_tokens": 1217,
        "metadata.usage_object": "{'prompt_tokens_details': {'cached_tokens': 1024}, 'x': None}",
        "metadata.user_api_key_user_id": "None",
        "litellm.end_user.id": "end",
      },
      scope("litellm"),
    );
    expect(span.usage).toEqual({ inputTokens: 1217, cacheReadTokens: 1024 });
    expect(span.userId).toBe("end");
  });
});

describe("plain spans stay what they are", () => {
  test.each([
    [
      {
        "http.request.method": "POST",
        "url.full": "http://x.invalid/v1/chat/completions",
        "server.port": 443,
      },
    ],
    [{ "db.system": "postgresql", "db.query.text": "SELECT 1", "db.operation.name": "query" }],
    [{ "messaging.system": "kafka", "messaging.operation": "process", model: "gpt-4o" }],
    [{ "user.id": "u", "session.id": "s", input_tokens: 3, tool_name: "x" }],
  ])("%j", (attributes) => {
    expect(readSpan(attributes)).toMatchObject({ kind: "UNKNOWN", dialects: [] });
  });
});

test.each([
  ["memory_search", "RETRIEVER"],
  ["browser_run", "AGENT"],
  ["browser_action", "TOOL"],
  ["moderation", "GUARDRAIL"],
  ["fine_tuning", "CHAIN"],
])("OpenLIT: %s is %s, whatever model is named beside it", (operation, kind) => {
  const span = readSpan({
    "gen_ai.operation.name": operation,
    "telemetry.sdk.name": "openlit",
    "gen_ai.request.model": "m",
  });
  expect(span.kind).toBe(kind);
});

describe("Agent Framework", () => {
  const framework = scope("agent_framework");

  test("a workflow that failed says so in an event, where exceptions are not recorded", () => {
    const events = [event("workflow.error", { "error.type": "ValueError", "error.message": "no" })];
    const span = readSpan({ "workflow.name": "w" }, { ...framework, name: "workflow.run", events });
    expect(span).toMatchObject({ kind: "CHAIN", error: { type: "ValueError", message: "no" } });
  });

  test("so does one that could not be built", () => {
    const events = [event("build.error", { "build.error.type": "E", "build.error.message": "no" })];
    const span = readSpan({}, { ...framework, name: "workflow.build", events });
    expect(span.error).toEqual({ type: "E", message: "no" });
  });

  test("what an executor was given and what it made of it, in .NET", () => {
    const span = readSpan(
      { "executor.id": "upper", "executor.input": '"hi"', "executor.output": '"HI"' },
      { ...scope("Microsoft.Agents.AI.Workflows"), name: "executor.process upper" },
    );
    expect(span).toMatchObject({
      kind: "CHAIN",
      graphNode: { id: "upper" },
      input: { value: "hi" },
      output: { value: "HI" },
    });
  });

  test("a tool without parameters, called by nobody known", () => {
    const span = readSpan(
      {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "now",
        "gen_ai.tool.call.id": "unknown",
        "gen_ai.tool.call.arguments": "None",
      },
      framework,
    );
    expect(span.tool).toEqual({ name: "now", arguments: {} });
  });

  test("neither an unknown model nor the answer to go on from is told as one", () => {
    const span = readSpan(
      {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.request.model": "unknown",
        "gen_ai.conversation.id": "resp_1",
      },
      framework,
    );
    expect(span.requestModel).toBeUndefined();
    expect(span.sessionId).toBeUndefined();
  });
});

describe("Semantic Kernel", () => {
  const functions = scope("semantic_kernel.functions.kernel_function");

  test.each([
    ["weather-get_weather", {}, "TOOL"],
    ["RnLvPmQqbfbedtjf", {}, "CHAIN"],
    ["execute_tool now", { "gen_ai.tool.name": "now", "gen_ai.tool.call.id": "c" }, "TOOL"],
  ])("the function %s %j is of kind %s", (name, attributes, kind) => {
    expect(readSpan(attributes, { ...functions, name }).kind).toBe(kind);
  });

  test("a prompt that was invoked as a function answers what the message says that Python printed", () => {
    const answered = (result: string) =>
      readSpan({ "gen_ai.tool.call.result": result }, { ...functions, name: "RnLvPmQqbfbedtjf" }).output
        ?.value;
    const printed = (item: string) =>
      `[ChatMessageContent(role=<AuthorRole.ASSISTANT: 'assistant'>, items=[${item}])]`;
    expect(answered(printed("TextContent(text='It\\'s 14 °C.', encoding=None)"))).toBe("It's 14 °C.");
    const call = printed("FunctionCallContent(name='f')");
    expect(answered(call)).toBe(call);
    expect(answered("14 °C")).toBe("14 °C");
  });

  test("a function of an early version is named by its span", () => {
    expect(readSpan({}, { ...functions, name: "weather-get_weather" }).tool?.name).toBe(
      "weather-get_weather",
    );
  });
});

test("Strands: an answer in the form that was asked for is its JSON", () => {
  const attributes = { message: '{"city":"Paris","celsius":14}', finish_reason: "tool_use" };
  const choice = { name: "gen_ai.choice", timeNs: "0", attributes, droppedAttributesCount: 0 };
  const span = readSpan({}, { ...scope("strands.telemetry.tracer"), events: [choice] });
  expect(span.outputMessages.map(({ parts }) => parts)).toEqual([
    [{ type: "text", text: '{"city":"Paris","celsius":14}' }],
  ]);
});

test("Strands: the tags that an agent was given for its trace", () => {
  const span = readSpan({ tags: ["prod", "weather"] }, scope("strands.telemetry.tracer"));
  expect(span.tags).toEqual(["prod", "weather"]);
});
