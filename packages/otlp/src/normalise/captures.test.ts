import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeTraceJson } from "../decode/json.ts";
import { captureFolders, describeSpan, readExpectations, readLogsOf } from "./expectations.fixture.ts";
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

test("every capture has its table", () => {
  expect(expectations.map((each) => dirname(each.requestPath))).toEqual(captureFolders());
  expect(expectations.length).toBeGreaterThan(200);
});
