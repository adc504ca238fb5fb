import { expect, test } from "vitest";
import type { Attributes } from "@nightowl/model/span/attributes";
import { readSpan } from "./wire-span.fixture.ts";

const tool = (attributes: Attributes) =>
  readSpan({ "openinference.span.kind": "TOOL", "tool.name": "f", ...attributes });

test.each([
  ['{"city": "Paris"}', { city: "Paris" }],
  ["{'city': \"L'Aquila\", 'days': None}", { city: "L'Aquila", days: null }],
  ["{'city': <City>}", "{'city': <City>}"],
  ["Paris", "Paris"],
])("arguments as they were sent or printed: %s", (sent, args) => {
  expect(tool({ "input.value": sent }).tool?.arguments).toEqual(args);
});

test("an object that JavaScript printed is no answer", () => {
  const printed = "[object ToolMessage]";
  expect(tool({ "output.value": printed }).output).toBeUndefined();
  const asked = { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "f" };
  const span = readSpan({ ...asked, "gen_ai.tool.call.result": printed });
  expect([span.output, span.tool?.result]).toEqual([undefined, undefined]);
});

test("a tool whose answer is marked as an error has failed, though its span went well", () => {
  const message = { type: "tool", name: "f", tool_call_id: "c", content: "No such city." };
  const answer = (more: object) => tool({ "output.value": JSON.stringify({ ...message, ...more }) });
  expect(answer({ status: "error" })).toMatchObject({
    error: { message: "No such city." },
    hasFailed: true,
    tool: { callId: "c", result: "No such city." },
  });
  const went = answer({ status: "success" });
  expect([went.error, went.hasFailed]).toEqual([undefined, undefined]);
  const printed = { tool_name: "f", raw_output: "No such city.", is_error: true };
  expect(tool({ "output.value": JSON.stringify(printed) }).error).toEqual({ message: "No such city." });
});

test("an answer by the Model Context Protocol is what its contents say", () => {
  const content = [{ type: "text", text: "No such city." }];
  const answer = (more: object) => tool({ "output.value": JSON.stringify({ content, ...more }) });
  expect(answer({ isError: true })).toMatchObject({
    error: { message: "No such city." },
    hasFailed: true,
    tool: { result: "No such city." },
  });
  const went = answer({ isError: false, _meta: {} });
  expect([went.error, went.tool?.result]).toEqual([undefined, "No such city."]);
  expect(answer({ isError: false, page: 2 }).tool?.result).toEqual({ content, isError: false, page: 2 });
});
