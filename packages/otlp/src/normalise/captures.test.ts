import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeTraceJson } from "../decode/json.ts";
import { describeSpan, readExpectations } from "./expectations.fixture.ts";
import { normaliseSpan } from "./normalise.ts";

const expectations = readExpectations();

describe.each(expectations)("$name", ({ requestPath, spans: expected }) => {
  const { spans, rejected } = decodeTraceJson(readFileSync(requestPath));

  test("holds the spans of the table", () => {
    expect(rejected).toEqual([]);
    expect(spans.map((span) => span.spanId)).toEqual(expected.map((span) => span.spanId));
  });

  test.each(expected)("$name $spanId ($kind)", (expectation) => {
    const wire = spans.find((span) => span.spanId === expectation.spanId);
    if (wire === undefined) throw new Error("The capture does not hold this span.");
    expect(describeSpan(normaliseSpan(wire, { project: "p" }))).toEqual(expectation);
  });
});

test("every capture of OpenInference and GenAI has its table", () => {
  const names = expectations.map((each) => each.name);
  const counted = (pattern: RegExp) => names.filter((name) => pattern.test(name)).length;
  expect(counted(/^openinference\//)).toBe(12);
  expect(counted(/^openinference-python\//)).toBe(3);
  expect(counted(/^openinference-vercel\//)).toBe(9);
  expect(counted(/^otel-genai-js\//)).toBe(4);
  expect(counted(/^otel-genai-python\//)).toBe(13);
  expect(counted(/^handmade\//)).toBe(5);
});
