import type { Message } from "@nightowl/model/span/message";
import { expect, test } from "vitest";
import { splitGluedCalls } from "./glued-calls.ts";

const calling = (call: { id?: string; name: string; arguments: unknown }): Message[] => [
  { role: "assistant", parts: [{ type: "tool_call", ...call }] },
];

test("calls that came as one are taken apart", () => {
  const glued = calling({ id: "call_acall_b", name: "looklook_up", arguments: '{"q":"}{"}{"q":{"a":1}}' });
  expect(splitGluedCalls(glued, ["look", "look_up"])[0]?.parts).toEqual([
    { type: "tool_call", id: "call_a", name: "look", arguments: { q: "}{" } },
    { type: "tool_call", id: "call_b", name: "look_up", arguments: { q: { a: 1 } } },
  ]);
});

test("an id that cannot be two stays away", () => {
  const glued = calling({ id: "call_1call_22", name: "looklook", arguments: "{}{}" });
  expect(splitGluedCalls(glued, ["look"])[0]?.parts).toEqual([
    { type: "tool_call", name: "look", arguments: {} },
    { type: "tool_call", name: "look", arguments: {} },
  ]);
});

test.each([
  ["a name that is no tool's", { name: "looksee", arguments: "{}{}" }],
  ["one object and something more", { name: "looklook", arguments: "{}{} and" }],
  ["a text that has braces", { name: "look", arguments: '{"q":"}{"' }],
  ["more names than objects", { name: "looklooklook", arguments: "{}{}" }],
])("%s stays as it came", (_case, call) => {
  expect(splitGluedCalls(calling(call), ["look"])).toEqual(calling(call));
});
