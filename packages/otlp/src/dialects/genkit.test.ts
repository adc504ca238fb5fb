import { describe, expect, test } from "vitest";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readAnnotations } from "../normalise/read-annotations.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const read = (subtype: string, name: string, input: unknown, output: unknown) =>
  readSpan({
    "genkit:type": "action",
    "genkit:metadata:subtype": subtype,
    "genkit:name": name,
    "genkit:input": JSON.stringify(input),
    "genkit:output": JSON.stringify(output),
  });

test("Gemini's thoughts stand beside the output, as the total says", () => {
  const usage = { inputTokens: 217, outputTokens: 22, thoughtsTokens: 16, totalTokens: 255 };
  const span = read("model", "googleai/gemini-2.5-flash", { messages: [] }, { usage });
  expect(span).toMatchObject({
    provider: "gemini",
    usage: { inputTokens: 217, outputTokens: 38, reasoningTokens: 16, totalTokens: 255 },
  });
});

test("an agent's answer is what its conversation has after the user's last message", () => {
  const say = (role: string, text: string) => ({ role, content: [{ text }] });
  const message = say("model", "b");
  const messages = [say("user", "1"), say("model", "a"), say("user", "2"), message];
  const span = read("agent", "bot", undefined, { message, finishReason: "stop", state: { messages } });
  expect(span).toMatchObject({ kind: "AGENT", agentName: "bot", finishReasons: ["stop"] });
  const textsOf = (all: typeof span.inputMessages) => all.map((each) => describeMessage(each).text);
  expect(textsOf(span.inputMessages)).toEqual(["1", "a", "2"]);
  expect(textsOf(span.outputMessages)).toEqual(["b"]);
  expect(textsOf(read("agent", "bot", undefined, { message }).outputMessages)).toEqual(["b"]);
});

test("the first versions answered with candidates", () => {
  const message = {
    role: "model",
    content: [{ text: "a" }, { media: { url: "https://example.com/a.png" } }],
  };
  const span = read("model", "m", { messages: [] }, { candidates: [{ message, finishReason: "stop" }] });
  expect(span.outputMessages.map(describeMessage)).toEqual([
    { role: "assistant", text: "a", images: ["https://example.com/a.png"] },
  ]);
});

test("a reranker's documents and their scores; what puts documents away found none", () => {
  const documents = [{ content: [{ text: "A" }] }, { content: [{ text: "B" }] }];
  const ranked = [{ content: [{ text: "B" }], metadata: { score: 0.9 } }];
  const query = { content: [{ text: "q" }] };
  expect(
    read("reranker", "vertexai/r", { query, documents, options: { k: 1 } }, { documents: ranked }),
  ).toMatchObject({
    kind: "RERANKER",
    provider: "vertex",
    query: "q",
    topK: 1,
    inputDocuments: [{ text: "A" }, { text: "B" }],
    documents: [{ text: "B", score: 0.9 }],
  });
  expect(read("indexer", "kb", { documents }, undefined)).toMatchObject({ kind: "CHAIN", documents: [] });
});

describe("scores of an evaluator", () => {
  const evaluate = (dataset: unknown[], ...responses: object[]) =>
    readAnnotations(read("evaluator", "genkitEval/faithfulness", { dataset, evalRunId: "r" }, responses));
  const testCase = { testCaseId: "c1", input: "Weather?", output: "14 °C" };
  const evaluation = { score: 0.75, status: "PASS", details: { reasoning: "short enough" } };
  const scored = { testCaseId: "c1", spanId: "7b57d36e0d58de80", evaluation };
  const given = {
    name: "genkitEval/faithfulness",
    annotatorKind: "CODE",
    result: { label: "PASS", score: 0.75, explanation: "short enough" },
    metadata: {},
    identifier: "c1",
  };

  test("are judgements of the span of the test case", () => {
    expect(evaluate([testCase], scored)).toEqual([
      { ...given, target: { kind: "span", spanId: "7b57d36e0d58de80" } },
    ]);
  });

  test("or of the traces that it was taken from", () => {
    const traceId = "2d70e27c34464a43fa2c0dc63611c1f0";
    expect(evaluate([{ ...testCase, traceIds: [traceId] }], scored)).toEqual([
      { ...given, target: { kind: "trace", traceId } },
    ]);
  });

  test.each([
    [
      { score: true, status: "UNKNOWN" },
      { label: "true", score: 1, explanation: null },
    ],
    [{ score: "good" }, { label: "good", score: null, explanation: null }],
    [{ error: "no key" }, { label: null, score: null, explanation: "no key" }],
  ])("%j", (said, result) => {
    expect(evaluate([testCase], { testCaseId: "c1", evaluation: said })).toMatchObject([{ result }]);
  });

  test("several of one evaluator are told apart by their ids; what says nothing is none", () => {
    const several = { testCaseId: "c1", evaluation: [{ id: "tone", score: 1 }, { score: 0 }, {}] };
    expect(evaluate([testCase], several).map(({ name }) => name)).toEqual([
      "genkitEval/faithfulness/tone",
      "genkitEval/faithfulness",
    ]);
    expect(readAnnotations(read("evaluator", "e", "no dataset", "no scores"))).toEqual([]);
  });
});

test("a flow's text is text; its metadata and session", () => {
  const span = readSpan({
    "genkit:type": "action",
    "genkit:metadata:subtype": "flow",
    "genkit:metadata:context": '{"auth":{"uid":"u"}}',
    "genkit:name": "f",
    "genkit:input": '"hi"',
    "genkit:sessionId": "s",
  });
  expect(span).toMatchObject({
    kind: "CHAIN",
    input: { value: "hi", mimeType: "text/plain" },
    sessionId: "s",
    metadata: { context: { auth: { uid: "u" } } },
  });
});

test("an agent's session, and the prompt that it renders", () => {
  const agent = readSpan({
    "genkit:type": "action",
    "genkit:metadata:subtype": "agent",
    "genkit:name": "helper",
    "genkit:metadata:agent:sessionId": "s-1",
  });
  expect(agent).toMatchObject({ kind: "AGENT", agentName: "helper", sessionId: "s-1", metadata: undefined });
  const prompt = readSpan({
    "genkit:type": "promptTemplate",
    "genkit:name": "render",
    "genkit:metadata:promptName": "greet",
    "genkit:input": '{"city":"Zürich"}',
    "genkit:output": '{"messages":[{"role":"user","content":[{"text":"Hello Zürich"}]}]}',
  });
  expect(prompt).toMatchObject({
    kind: "PROMPT",
    promptTemplate: { name: "greet", variables: { city: "Zürich" } },
    outputMessages: [{ role: "user", parts: [{ type: "text", text: "Hello Zürich" }] }],
  });
});

test("a tool that may answer in parts: the answer alone, or all of it", () => {
  const result = (output: unknown) => read("tool.v2", "t", { city: "Zürich" }, output).tool?.result;
  expect(result({ output: { tempC: 14 } })).toEqual({ tempC: 14 });
  const parts = { output: "ok", content: [{ media: { url: "https://example.com/a.png" } }] };
  expect(result(parts)).toEqual(parts);
});

test("what failed below and was answered is an error of the span", () => {
  const span = readSpan({
    "genkit:type": "util",
    "genkit:name": "generate",
    "genkit:state": "error",
    "genkit:output": '{"error":{"status":"INTERNAL","message":"no model"},"finishReason":"failed"}',
  });
  expect(span.error).toEqual({ type: "INTERNAL", message: "no model" });
  expect(readSpan({ "genkit:name": "x", "genkit:error": "broken" }).error).toEqual({ message: "broken" });
});

test("a span whose state is an error failed, whatever its status", () => {
  expect(readSpan({ "genkit:type": "action", "genkit:state": "error" }).hasFailed).toBe(true);
  expect(readSpan({ "genkit:type": "action", "genkit:state": "success" }).hasFailed).toBeUndefined();
});
