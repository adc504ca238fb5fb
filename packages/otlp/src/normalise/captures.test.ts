import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeTraceJson } from "../decode/json.ts";
import { describeSpan, readExpectations, readLogsOf } from "./expectations.fixture.ts";
import { normaliseSpan } from "./normalise.ts";

const expectations = readExpectations();

describe.each(expectations)("$name", ({ requestPath, logsPath, spans: expected }) => {
  const { spans, rejected } = decodeTraceJson(readFileSync(requestPath));

  test("holds the spans of the table", () => {
    expect(rejected).toEqual([]);
    expect(spans.map((span) => span.spanId)).toEqual(expected.map((span) => span.spanId));
  });

  test.each(expected)("$name $spanId ($kind)", (expectation) => {
    const wire = spans.find((span) => span.spanId === expectation.spanId);
    if (wire === undefined) throw new Error("The capture does not hold this span.");
    const logs = readLogsOf(logsPath, wire);
    expect(describeSpan(normaliseSpan(wire, { project: "p", logs }))).toEqual(expectation);
  });
});

test("every capture of these instrumentations has its table", () => {
  const names = expectations.map((each) => each.name);
  const counted = (pattern: RegExp) => names.filter((name) => pattern.test(name)).length;
  expect(counted(/^openinference\//)).toBe(12);
  expect(counted(/^openinference-python\//)).toBe(9);
  expect(counted(/^openinference-vercel\//)).toBe(9);
  expect(counted(/^vercel-ai-sdk-v[4567]\//)).toBe(45);
  expect(counted(/^mastra-(otel|arize)\//)).toBe(5);
  expect(counted(/^(genkit|google-adk|langsmith)-js\//)).toBe(6);
  expect(counted(/^(langfuse|laminar)-js\//)).toBe(4);
  expect(counted(/^openinference-langchain-python\//)).toBe(3);
  expect(counted(/^(google-adk|langsmith)-python\//)).toBe(6);
  expect(counted(/^(langfuse|laminar|livekit)-python\//)).toBe(7);
  expect(counted(/^voltagent-js\//)).toBe(3);
  expect(counted(/^otel-genai-js\//)).toBe(4);
  expect(counted(/^otel-genai-python\//)).toBe(13);
  expect(counted(/^pydantic-ai\//)).toBe(20);
  expect(counted(/^logfire\//)).toBe(9);
  expect(counted(/^haystack\//)).toBe(7);
  expect(counted(/^mlflow\//)).toBe(6);
  expect(counted(/^strands\//)).toBe(7);
  expect(counted(/^llamaindex\//)).toBe(7);
  expect(counted(/^crewai\//)).toBe(2);
  expect(counted(/^traceloop-js\//)).toBe(4);
  expect(counted(/^traceloop-js-0\.14\//)).toBe(6);
  expect(counted(/^traceloop-python\//)).toBe(9);
  expect(counted(/^litellm-python\//)).toBe(1);
  expect(counted(/^handmade\//)).toBe(11);
});
