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
