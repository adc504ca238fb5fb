import { describe, expect, test } from "vitest";
import type { Attributes } from "@nightowl/model/span/attributes";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const read = (kind: string, attributes: Attributes = {}) =>
  readSpan({ "langsmith.span.kind": kind, ...attributes });

test("a retriever is one, though its operation is `embeddings`", () => {
  expect(read("retriever", { "gen_ai.operation.name": "embeddings" }).kind).toBe("RETRIEVER");
  expect(read("parser", { "gen_ai.operation.name": "parser" }).kind).toBe("CHAIN");
  expect(read("prompt", { "gen_ai.operation.name": "chat" }).kind).toBe("PROMPT");
});

describe("LangChain, from Python", () => {
  const message = (name: string, kwargs: object) => ({ lc: 1, id: ["langchain", name], kwargs });
  const prompt = {
    messages: [[message("SystemMessage", { content: "s" }), message("HumanMessage", { content: "hi" })]],
  };
  const usage_metadata = {
    input_tokens: 1217,
    output_tokens: 38,
    total_tokens: 1255,
    input_token_details: { cache_read: 1024 },
    output_token_details: { reasoning: 16 },
  };
  const completion = {
    generations: [
      [
        {
          text: "",
          generation_info: { finish_reason: "tool_calls" },
          message: message("AIMessage", {
            content: "",
            tool_calls: [{ name: "f", args: { a: 1 }, id: "c" }],
            usage_metadata,
          }),
        },
      ],
    ],
    llm_output: { model_name: "gpt-4o" },
  };
  const span = read("llm", {
    // As bytes, which this exporter sent.
    "gen_ai.prompt": { "@bytes": btoa(JSON.stringify(prompt)) },
    "gen_ai.completion": JSON.stringify(completion),
    "langsmith.metadata.ls_provider": "amazon_bedrock",
    "langsmith.metadata.ls_model_name": "gpt-4o",
    "langsmith.metadata.ls_max_tokens": "256",
    "langsmith.metadata.thread_id": "t",
    "langsmith.metadata.LANGSMITH_TRACING": "true",
    "langsmith.metadata.tenant": "acme",
  });

  test("its messages, finish reason and tokens", () => {
    expect(span.inputMessages.map(describeMessage)).toEqual([
      { role: "system", text: "s" },
      { role: "user", text: "hi" },
    ]);
    expect(span.outputMessages.map(describeMessage)).toEqual([
      { role: "assistant", toolCalls: [{ id: "c", name: "f", arguments: { a: 1 } }] },
    ]);
    expect(span.finishReasons).toEqual(["tool_calls"]);
    expect(span.usage).toEqual({
      inputTokens: 1217,
      outputTokens: 38,
      totalTokens: 1255,
      cacheReadTokens: 1024,
      reasoningTokens: 16,
    });
  });

  test("its metadata, without what the exporter adds", () => {
    expect(span).toMatchObject({
      provider: "bedrock",
      requestModel: "gpt-4o",
      invocationParameters: { max_tokens: 256 },
      sessionId: "t",
      metadata: { tenant: "acme" },
    });
  });
});

test("details as Python prints them", () => {
  const details = {
    "gen_ai.usage.input_tokens": 2000,
    "gen_ai.usage.input_token_details": "{'cache_read': 7}",
  };
  expect(read("llm", details).usage).toEqual({ inputTokens: 2000, cacheReadTokens: 7 });
});

test("a cost that the run reports", () => {
  const usage = { input_tokens: 1, output_tokens: 1, input_cost: 0.25, output_cost: 0.5, total_cost: 0.75 };
  expect(read("llm", { "langsmith.usage_metadata": JSON.stringify(usage) }).cost).toEqual({
    source: "reported",
    costUsd: 0.75,
    inputCostUsd: 0.25,
    outputCostUsd: 0.5,
  });
  const flat = { "langsmith.usage_metadata.input_tokens": 3, "langsmith.usage_metadata.total_cost": 0.5 };
  expect(read("llm", flat)).toMatchObject({ usage: { inputTokens: 3 }, cost: { costUsd: 0.5 } });
});

test("a tool that answers with LangChain's message", () => {
  const answer = { output: { lc: 1, kwargs: { content: '{"a":1}', tool_call_id: "c", name: "f" } } };
  const span = read("tool", {
    "langsmith.trace.name": "f",
    "gen_ai.prompt": '{"input":"{\\"city\\":\\"Paris\\"}"}',
    "gen_ai.completion": JSON.stringify(answer),
  });
  expect(span.tool).toEqual({ name: "f", callId: "c", arguments: { city: "Paris" }, result: { a: 1 } });
});

test("OpenAI's Agents SDK: agents, guardrails, and what lies between them", () => {
  const run = (kind: string, name: string, metadata: Record<string, Attributes[string]> = {}) =>
    read(kind, {
      "langsmith.trace.name": name,
      "langsmith.metadata.ls_integration": "openai-agents-sdk",
      ...Object.fromEntries(
        Object.entries(metadata).map(([key, value]) => [`langsmith.metadata.${key}`, value]),
      ),
    });
  expect(run("chain", "Workflow").kind).toBe("CHAIN");
  expect(run("chain", "Poet", { output_type: "str" })).toMatchObject({ kind: "AGENT", agentName: "Poet" });
  for (const name of ["Span", "Handoff"])
    expect(run("chain", name, { output_type: "str" }).kind).toBe("CHAIN");
  expect(run("tool", "f", { output_type: "str" }).kind).toBe("TOOL");
  const guardrail = run("tool", "polite", { triggered: true });
  expect(guardrail.kind).toBe("GUARDRAIL");
  expect(guardrail.output?.value).toBe("triggered");
});
