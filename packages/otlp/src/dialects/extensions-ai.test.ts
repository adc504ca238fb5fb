import { expect, test } from "vitest";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const scope = {
  name: "Experimental.Microsoft.Extensions.AI",
  version: "",
  attributes: {},
  droppedAttributesCount: 0,
  schemaUrl: "",
};

test("the span around calls and tools is no call, though it has the sum of their tokens", () => {
  const usage = { "gen_ai.usage.input_tokens": 2519, "gen_ai.usage.output_tokens": 99 };
  const read = (name: string) => readSpan(usage, { scope, name }).kind;
  expect(read("orchestrate_tools")).toBe("CHAIN");
  expect(read("FunctionInvokingChatClient.GetStreamingResponseAsync")).toBe("CHAIN");
});
