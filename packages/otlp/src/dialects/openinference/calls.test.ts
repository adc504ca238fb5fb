import { describe, expect, test } from "vitest";
import type { Attributes } from "@nightowl/model/span/attributes";
import { readSpan } from "../../normalise/wire-span.fixture.ts";

describe("a call that failed", () => {
  const failed = (attributes: Attributes) =>
    readSpan({ "openinference.span.kind": "LLM", ...attributes }, { statusCode: "ERROR" });

  test("has no model that answered, and no answer", () => {
    const span = failed({ "llm.model_name": "gpt-4o", "llm.output_messages.0.message.role": "assistant" });
    expect(span).toMatchObject({ requestModel: "gpt-4o", responseModel: undefined, outputMessages: [] });
  });

  test("has one where something was said before it did", () => {
    const said = { "llm.model_name": "gpt-4o", "llm.output_messages.0.message.content": "It is" };
    expect(failed(said).responseModel).toBe("gpt-4o");
    expect(failed({ "llm.response.model_name": "gpt-4o-2" }).responseModel).toBe("gpt-4o-2");
  });
});

test("that LangChain streamed shows in the class of its answer", () => {
  const settings = { "openinference.span.kind": "LLM", "llm.invocation_parameters": '{"stream":false}' };
  const chunk = '{"lc":1,"id":["langchain_core","messages","AIMessageChunk"],"kwargs":{"content":"hi"}}';
  expect(readSpan({ ...settings, "output.value": chunk }).streaming).toBe(true);
  const quoted = JSON.stringify({ output: chunk });
  expect(readSpan({ ...settings, "output.value": quoted }).streaming).toBe(false);
});
