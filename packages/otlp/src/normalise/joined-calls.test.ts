import type { MessagePart } from "@nightowl/model/span/message";
import { expect, test } from "vitest";
import { takeCallsApart } from "./joined-calls.ts";

const apart = (part: MessagePart, ...tools: string[]) =>
  takeCallsApart([{ role: "assistant", parts: [part] }], tools)[0]?.parts;

const joined = '{"city":"Zürich"}{"city":"a}{b"}';
const call = (name: string, text: unknown = joined, id?: string): MessagePart => ({
  type: "tool_call",
  ...(id === undefined ? {} : { id }),
  name,
  arguments: text,
});

test("names, ids and arguments one behind the other are calls of their own", () => {
  expect(apart(call("looklook_up", '{"q":"}{"}{"q":{"a":1}}', "call_1call_22"), "look", "look_up")).toEqual([
    call("look", { q: "}{" }, "call_1"),
    call("look_up", { q: { a: 1 } }, "call_22"),
  ]);
});

test("an id that is told once is the first call's, and one that cannot be theirs stays away", () => {
  const given = '{"city":"Zürich"} {"day":1}';
  const calls = [call("weather", { city: "Zürich" }), call("rain", { day: 1 })];
  expect(apart(call("weatherrain", given, "call_a"), "rain", "weather")).toEqual([
    { ...calls[0], id: "call_a" },
    calls[1],
  ]);
  expect(apart(call("weatherrain", given, "call_acall_bcall_c"), "rain", "weather")).toEqual(calls);
});

test("the only tool is the one that was called each time", () => {
  expect(apart(call("weather"), "weather")).toEqual([
    call("weather", { city: "Zürich" }),
    call("weather", { city: "a}{b" }),
  ]);
});

test("where there is doubt they stay as they came", () => {
  for (const [part, ...tools] of [
    [call("weather", '{"a":1}{"a":2}'), "weather", "rain"],
    [call("looksee", "{}{}"), "look"],
    [call("looklook", "{}{} and"), "look"],
    [call("look", '{"q":"}{"'), "look"],
    [call("looklooklook", "{}{}"), "look"],
    [call("weather", '{"a":1}'), "weather"],
    [call("weather", { a: 1 }), "weather"],
    [{ type: "text", text: joined } as const, "weather"],
  ] as [MessagePart, ...string[]][])
    expect(apart(part, ...tools)).toEqual([part]);
});
