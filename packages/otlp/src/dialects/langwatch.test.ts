import { expect, test } from "vitest";
import { readAnnotations } from "../normalise/read-annotations.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

test.each([
  ["llm", "LLM"],
  ["rag", "RETRIEVER"],
  ["evaluation", "EVALUATOR"],
  ["workflow", "CHAIN"],
  ["span", "UNKNOWN"],
])("%s is %s", (type, kind) => expect(readSpan({ "langwatch.span.type": type }).kind).toBe(kind));

test("the names of its JavaScript SDK for who asked, and which prompt it was", () => {
  const span = readSpan({
    "langwatch.user.id": "anna",
    "langwatch.thread.id": "s-1",
    "langwatch.labels": '["prod"]',
    "langwatch.prompt.handle": "weather",
    "langwatch.prompt.version.number": 3,
    "langwatch.prompt.variables": '{"type":"json","value":{"city":"Oslo"}}',
  });
  expect(span).toMatchObject({
    userId: "anna",
    sessionId: "s-1",
    tags: ["prod"],
    promptTemplate: { name: "weather", version: "3", variables: { city: "Oslo" } },
  });
});

test("evaluations are annotations of their span", () => {
  const told = { name: "quality", passed: true, score: 0.9, label: null, details: "fits" };
  const span = readSpan(
    { "langwatch.span.type": "span" },
    {
      events: [
        {
          name: "langwatch.evaluation.custom",
          timeNs: "1763700000050000000",
          attributes: { json_encoded_event: JSON.stringify(told) },
          droppedAttributesCount: 0,
        },
      ],
    },
  );
  expect(readAnnotations(span)).toMatchObject([
    { name: "quality", result: { label: "passed", score: 0.9, explanation: "fits" } },
  ]);
});

const typed = (type: string, value: unknown) => JSON.stringify({ type, value });

test("its JavaScript wraps counts and contexts like everything else", () => {
  const called = readSpan({
    "langwatch.span.type": "llm",
    "langwatch.metrics": typed("json", { promptTokens: 217, completionTokens: 38, cost: 0.003 }),
  });
  expect(called).toMatchObject({
    usage: { inputTokens: 217, outputTokens: 38 },
    cost: { source: "reported", costUsd: 0.003 },
  });
  const found = readSpan({
    "langwatch.span.type": "rag",
    "langwatch.contexts": typed("json", [{ document_id: "d1", chunk_id: "c1", content: "Bern." }]),
    "langwatch.output": typed("list", [{ type: "text", value: "Bern." }]),
  });
  expect(found.documents).toMatchObject([{ id: "d1", text: "Bern.", metadata: { chunk_id: "c1" } }]);
  expect(found.output?.value).toBe('["Bern."]');
});

test("LangChain's runs: answers in lists, tools' answers wrapped twice, and what was said of the run", () => {
  const run = "langwatch.langchain.run.";
  const called = readSpan({
    "langwatch.span.type": "llm",
    "langwatch.output": typed("list", [
      { type: "chat_messages", value: [{ role: "assistant", content: "Bern.", function_call: {} }] },
    ]),
    [`${run}extra_params.invocation_params`]: '{"model":"m","stream":false,"tools":[{"name":"look"}]}',
    [`${run}tags`]: ["seq:step:2", "prod"],
    [`${run}metadata.plan`]: "gold",
    [`${run}metadata.ls_provider`]: "openai",
    "langwatch.langgraph.thread_id": "s-1",
    "langwatch.langgraph.langgraph_node": "agent",
  });
  expect(called.outputMessages).toEqual([{ role: "assistant", parts: [{ type: "text", text: "Bern." }] }]);
  expect(called.tools.map(({ name }) => name)).toEqual(["look"]);
  expect(called.streaming).toBeUndefined();
  expect(called).toMatchObject({ tags: ["prod"], metadata: { plan: "gold" }, sessionId: "s-1" });
  expect(called.graphNode).toEqual({ name: "agent" });
  const kwargs = { content: '{"sky":"fog"}', tool_call_id: "c", name: "look", status: "success" };
  const message = { lc: 1, type: "constructor", id: ["langchain_core", "messages", "ToolMessage"], kwargs };
  for (const value of [{ type: "text", value: message }, JSON.stringify(message)]) {
    const tool = readSpan(
      { "langwatch.span.type": "tool", "langwatch.output": typed("json", value) },
      { name: "look" },
    ).tool;
    expect(tool).toMatchObject({ name: "look", callId: "c", result: { sky: "fog" } });
  }
  const text = JSON.stringify({ pageContent: "Bern.", metadata: { source: "kb" } });
  const found = readSpan({
    "langwatch.span.type": "rag",
    "langwatch.contexts": typed("json", [{ content: "Bern." }]),
    "langwatch.output": typed("list", [{ type: "text", value: text }]),
  });
  expect(found.documents).toMatchObject([{ text: "Bern.", metadata: { source: "kb" } }]);
});
