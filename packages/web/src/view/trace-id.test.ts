import { expect, test } from "vitest";
import { parsePastedId, shortTraceId } from "./trace-id.ts";

const ID = "4f8d2c91aa11223344556677a07ea07e";

test.each([
  ["plain", ID],
  ["upper case, with spaces", `  ${ID.toUpperCase()}\n`],
  ["a UUID", "4f8d2c91-aa11-2233-4455-6677a07ea07e"],
  ["a traceparent header", `00-${ID}-aabbccddeeff0011-01`],
  ["a link", `http://localhost:6006/projects/x/traces/${ID}?span=aabbccddeeff0011`],
])("%s is a trace id", (_, text) => expect(parsePastedId(text)).toEqual({ type: "trace", traceId: ID }));

test("16 digits are a span id", () => {
  expect(parsePastedId("AABBCCDDEEFF0011")).toEqual({ type: "span", spanId: "aabbccddeeff0011" });
});

test.each(["", "abc", ID.slice(1), `${ID}0`, "support-bot", `/traces/${ID}ff`])("%j is neither", (text) => {
  expect(parsePastedId(text)).toBeUndefined();
});

test("the short form keeps both ends", () => expect(shortTraceId(ID)).toBe("4f8d2c91…a07e"));
