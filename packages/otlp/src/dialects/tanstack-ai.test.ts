import { expect, test } from "vitest";
import type { Attributes } from "@nightowl/model/span/attributes";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const LOOP = { "gen_ai.system": "openai", "gen_ai.request.model": "gpt-4o" };
const kindOf = (attributes: Attributes, fields: Parameters<typeof readSpan>[1] = {}) =>
  readSpan({ ...LOOP, ...attributes }, fields).kind;

test("the loop around the calls is none, however it ends", () => {
  const failed = { name: "chat gpt-4o", otelKind: 1, statusCode: "ERROR" } as const;
  const usage = { "gen_ai.usage.input_tokens": 7 };
  expect(kindOf({ "tanstack.ai.iterations": 1 })).toBe("AGENT");
  expect(kindOf({ ...usage, "tanstack.ai.completion.reason": "cancelled" }, failed)).toBe("AGENT");
  expect(kindOf(usage, failed)).toBe("AGENT");
});

test("a call is one, and so is what has an operation", () => {
  const failed = { name: "chat gpt-4o", otelKind: 3, statusCode: "ERROR" } as const;
  expect(kindOf({ "tanstack.ai.iteration": 0, "tanstack.ai.completion.reason": "cancelled" })).toBe("LLM");
  expect(kindOf({ "gen_ai.operation.name": "chat" }, { ...failed, otelKind: 1 })).toBe("LLM");
  expect(kindOf({}, failed)).toBe("LLM");
  const cancelled = { "gen_ai.operation.name": "embeddings", "tanstack.ai.completion.reason": "cancelled" };
  expect(kindOf(cancelled)).toBe("EMBEDDING");
});
