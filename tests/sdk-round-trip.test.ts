import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SpanDetail } from "@nightowl/model/api/spans";
import { TestServer } from "@nightowl/server/testing/test-server";
import {
  agentSpan,
  chainSpan,
  currentIds,
  embeddingSpan,
  initTracing,
  llmSpan,
  recordAgentOutput,
  recordFeedback,
  rerankSpan,
  retrievalSpan,
  toolSpan,
  traceFetchHandler,
  withPrompt,
  withUser,
  type Tracing,
} from "@nightowl/sdk";

/** What the SDK sends, as Nightowl reads it. */
const server = new TestServer();
let tracing: Tracing;
const ids: Record<string, { traceId: string; spanId: string }> = {};

/** Notes the ids of the span that is running. */
function note(name: string): void {
  ids[name] = currentIds()!;
}

async function read(name: string): Promise<SpanDetail> {
  const { traceId, spanId } = ids[name]!;
  const { status, body } = await server.get(`/api/projects/owls/traces/${traceId}/spans/${spanId}`);
  expect(status).toBe(200);
  return body as unknown as SpanDetail;
}

const MESSAGES = [
  { role: "system", content: "Answer like an owl." },
  {
    role: "user",
    content: [
      { type: "text", text: "Who is in the picture?" },
      { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
    ],
  },
  {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "c1", type: "function", function: { name: "look", arguments: '{"at":"sky"}' } }],
  },
  { role: "tool", tool_call_id: "c1", content: "dark" },
];
const COMPLETION = {
  model: "gpt-4o-2024-08-06",
  choices: [
    {
      finish_reason: "stop",
      message: { role: "assistant", content: "Hoo.", reasoning_content: "It is dark." },
    },
  ],
  usage: {
    prompt_tokens: 120,
    completion_tokens: 30,
    total_tokens: 150,
    prompt_tokens_details: { cached_tokens: 100 },
    completion_tokens_details: { reasoning_tokens: 20 },
    cost: 0.0042,
  },
};
const DOCUMENTS = [
  {
    id: "d1",
    text: "Owls see in the dark.",
    score: 0.9,
    similarity: 0.8,
    rank: 1,
    metadata: { source: "birds.md" },
  },
  { id: "d2", text: "Hoo.", score: 0.1 },
];
const TOOL = {
  type: "function",
  function: { name: "look", description: "Looks.", parameters: { type: "object" } },
};

async function* streamed(): AsyncGenerator<object> {
  yield {
    type: "message_start",
    message: {
      type: "message",
      role: "assistant",
      model: "claude-sonnet-4",
      content: [],
      usage: {
        input_tokens: 10,
        cache_read_input_tokens: 100,
        cache_creation_input_tokens: 5,
        output_tokens: 1,
      },
    },
  };
  yield { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } };
  yield { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hoo." } };
  yield { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 9 } };
}

beforeAll(async () => {
  await server.start();
  tracing = initTracing({ endpoint: server.url, project: "owls", serviceName: "shop", environment: "test" });
  const handler = traceFetchHandler(async () => {
    note("request");
    await withUser({ userId: "ann", sessionId: "s1", tags: ["beta"], metadata: { plan: "pro" } }, () =>
      agentSpan(
        "find the owl",
        async (span) => {
          note("agent");
          await withPrompt(
            { template: "Answer {{q}}.", version: "v2", variables: { q: "who?" }, name: "answer" },
            () =>
              llmSpan(
                { model: "gpt-4o", provider: "openai", messages: MESSAGES, tools: [TOOL], temperature: 0.2 },
                async () => {
                  note("llm");
                  return COMPLETION;
                },
              ),
          );
          await toolSpan(
            "look",
            { at: "sky" },
            async () => {
              note("tool");
              return { seen: "dark" };
            },
            { callId: "c1" },
          );
          await retrievalSpan("owls?", 2, async () => {
            note("retrieval");
            return DOCUMENTS;
          });
          await rerankSpan({ query: "owls?", documents: DOCUMENTS, model: "rerank-3", topK: 1 }, async () => {
            note("rerank");
            return [{ ...DOCUMENTS[1]!, score: 0.99 }];
          });
          await embeddingSpan({ model: "e3", texts: ["a", "b"] }, async () => {
            note("embedding");
            return { data: [], usage: { prompt_tokens: 8, total_tokens: 8 } };
          });
          const stream = await llmSpan({ model: "claude", messages: "Who?" }, async () => {
            note("streamed");
            return streamed();
          });
          const chunks: object[] = [];
          for await (const chunk of stream) chunks.push(chunk);
          expect(chunks).toHaveLength(4);
          recordAgentOutput(span, { output: "found", stopReason: "done", iterations: 2 });
        },
        { agentName: "finder" },
      ),
    );
    chainSpan("fails", "x", () => {
      note("fails");
      throw new TypeError("broken");
    });
    return new Response("never");
  });
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  await handler(new Request("http://localhost/ask", { headers: { traceparent } })).catch(() => {});
  recordFeedback({ ...ids["agent"]!, name: "helpfulness", score: 1 });
  await tracing.flush();
});
afterAll(async () => {
  await tracing.shutdown();
  await server.remove();
});

describe("what the SDK sends, as Nightowl reads it", () => {
  it("all of it arrived", () => {
    expect(tracing.stats().losses).toEqual({ [server.url]: { queueFull: 0, exportFailed: 0, rejected: 0 } });
  });

  it("kinds, parents and the caller's trace", async () => {
    const kinds = {
      request: "UNKNOWN",
      agent: "AGENT",
      llm: "LLM",
      tool: "TOOL",
      retrieval: "RETRIEVER",
      rerank: "RERANKER",
      embedding: "EMBEDDING",
      streamed: "LLM",
      fails: "CHAIN",
    };
    for (const [name, kind] of Object.entries(kinds)) {
      const span = await read(name);
      expect({ name, kind: span.kind, notes: span.notes }).toEqual({ name, kind, notes: [] });
      expect(span.traceId).toBe("0af7651916cd43dd8448eb211c80319c");
      const parent =
        name === "request"
          ? "b7ad6b7169203331"
          : ids[name === "agent" || name === "fails" ? "request" : "agent"]!.spanId;
      expect(span.parentSpanId).toBe(parent);
      expect(span).toMatchObject({ serviceName: "shop", environment: "test", sampleWeight: 1 });
    }
  });

  it("the transcript, the settings and the tools of a model call", async () => {
    const span = await read("llm");
    expect(span).toMatchObject({
      provider: "openai",
      requestModel: "gpt-4o",
      responseModel: "gpt-4o-2024-08-06",
      invocationParameters: { temperature: 0.2 },
      finishReasons: ["stop"],
      input: { value: "dark", mimeType: "text/plain" },
      output: { value: "Hoo.", mimeType: "text/plain" },
      promptTemplate: { name: "answer", version: "v2", template: "Answer {{q}}.", variables: { q: "who?" } },
    });
    expect(span.tools).toMatchObject([
      { name: "look", description: "Looks.", parameters: { type: "object" }, raw: TOOL },
    ]);
    expect(span.inputMessages).toEqual([
      { role: "system", parts: [{ type: "text", text: "Answer like an owl." }] },
      {
        role: "user",
        parts: [
          { type: "text", text: "Who is in the picture?" },
          { type: "image", url: "data:image/png;base64,AA==" },
        ],
      },
      { role: "assistant", parts: [{ type: "tool_call", id: "c1", name: "look", arguments: { at: "sky" } }] },
      {
        role: "tool",
        toolCallId: "c1",
        parts: [{ type: "tool_result", callId: "c1", result: "dark" }],
      },
    ]);
    expect(span.outputMessages.map(({ role, parts }) => ({ role, parts }))).toEqual([
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "It is dark." },
          { type: "text", text: "Hoo." },
        ],
      },
    ]);
  });

  it("usage and cost", async () => {
    const { usage, cost } = await read("llm");
    expect(usage).toEqual({
      inputTokens: 120,
      outputTokens: 30,
      totalTokens: 150,
      cacheReadTokens: 100,
      reasoningTokens: 20,
    });
    expect(cost).toEqual({ source: "reported", costUsd: 0.0042 });
    expect((await read("embedding")).usage).toMatchObject({ inputTokens: 8 });
  });

  it("a streamed answer, with the time to its first piece", async () => {
    const span = await read("streamed");
    expect(span).toMatchObject({
      responseModel: "claude-sonnet-4",
      finishReasons: ["stop"],
      usage: { inputTokens: 115, outputTokens: 9, cacheReadTokens: 100, cacheWriteTokens: 5 },
    });
    expect(span.outputMessages[0]?.parts).toEqual([{ type: "text", text: "Hoo." }]);
    expect(span.timeToFirstTokenMs).toBeGreaterThanOrEqual(0);
  });

  it("tools, documents, embeddings and agents", async () => {
    expect(await read("tool")).toMatchObject({
      tool: { name: "look", callId: "c1", arguments: { at: "sky" } },
      output: { value: '{"seen":"dark"}' },
    });
    const retrieval = await read("retrieval");
    expect(retrieval).toMatchObject({ query: "owls?", topK: 2 });
    expect(retrieval.documents).toEqual([
      {
        id: "d1",
        text: "Owls see in the dark.",
        score: 0.9,
        similarity: 0.8,
        rank: 1,
        metadata: { source: "birds.md", similarity: 0.8, rank: 1 },
      },
      { id: "d2", text: "Hoo.", score: 0.1, rank: 2 },
    ]);
    const rerank = await read("rerank");
    expect(rerank).toMatchObject({ query: "owls?", topK: 1, responseModel: "rerank-3" });
    expect(rerank.inputDocuments.map(({ id }) => id)).toEqual(["d1", "d2"]);
    expect(rerank.documents).toMatchObject([{ id: "d2", score: 0.99 }]);
    expect((await read("embedding")).embeddings.map(({ text }) => text)).toEqual(["a", "b"]);
    const agent = await read("agent");
    expect(agent).toMatchObject({
      agentName: "finder",
      input: { value: "find the owl" },
      output: { value: "found" },
    });
    expect(agent.attributes).toMatchObject({ "agent.stop_reason": "done" });
  });

  it("who it was for, on every span inside", async () => {
    for (const name of ["agent", "llm", "tool", "streamed"]) {
      expect(await read(name)).toMatchObject({
        userId: "ann",
        sessionId: "s1",
        tags: ["beta"],
        metadata: { plan: "pro" },
      });
    }
    expect((await read("request")).userId).toBeUndefined();
  });

  it("what failed, with its stack", async () => {
    expect(await read("fails")).toMatchObject({
      statusCode: "ERROR",
      statusMessage: "broken",
      error: {
        type: "TypeError",
        message: "broken",
        stacktrace: expect.stringContaining("TypeError: broken\n    at ") as string,
      },
    });
    expect((await read("request")).statusCode).toBe("ERROR");
  });

  it("the whole trace in the list, and the feedback beside it", async () => {
    const { body, status } = await server.get("/api/projects/owls/traces");
    expect(status).toBe(200);
    const traces = body["data"] as { traceId: string; name: string; spanCount: number; userId: string }[];
    expect(traces.map(({ name, spanCount }) => [name, spanCount]).toSorted()).toEqual([
      ["GET /ask", 9],
      ["feedback.helpfulness", 1],
    ]);
  });
});
