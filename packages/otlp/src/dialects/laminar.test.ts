import { expect, test } from "vitest";
import { readSpan } from "../normalise/wire-span.fixture.ts";

test.each([
  ["LLM", "LLM"],
  ["CACHED", "LLM"],
  ["TOOL", "TOOL"],
  ["EVALUATOR", "EVALUATOR"],
  ["EXECUTOR", "CHAIN"],
  ["DEFAULT", "UNKNOWN"],
])("%s is %s", (type, kind) => expect(readSpan({ "lmnr.span.type": type }).kind).toBe(kind));

test("one argument is the input, several are a list, a message stays in its list", () => {
  const inputOf = (value: unknown) => readSpan({ "lmnr.span.input": JSON.stringify(value) }).input?.value;
  expect(inputOf(["hi"])).toBe("hi");
  expect(inputOf(["hi", 2])).toBe('["hi",2]');
  expect(inputOf([{ role: "user", content: "hi" }])).toBe('[{"role":"user","content":"hi"}]');
});

test("sessions, users, tags and metadata, also from metadata", () => {
  const prefix = "lmnr.association.properties.";
  const span = readSpan({
    [`${prefix}session_id`]: "s",
    [`${prefix}metadata.user_id`]: "u",
    [`${prefix}metadata.tenant`]: "acme",
    [`${prefix}tags`]: ["a"],
    [`${prefix}labels`]: ["a", "b"],
  });
  expect(span).toMatchObject({ sessionId: "s", userId: "u", tags: ["a", "b"], metadata: { tenant: "acme" } });
});
