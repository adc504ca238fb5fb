import type { MessagePart } from "@nightowl/model/span/message";
import { expect, test } from "vitest";
import { takeCallsApart } from "./joined-calls.ts";

const apart = (part: MessagePart, ...tools: string[]) =>
  takeCallsApart(
    [{ role: "assistant", parts: [part] }],
    tools.map((name) => ({ name, raw: {} })),
  )[0]?.parts;

const joined = '{"city":"Zürich"}{"city":"a}{b"}';
const call = (name: string, text: unknown = joined): MessagePart => ({
  type: "tool_call",
  id: "c",
  name,
  arguments: text,
});

test("names and arguments one behind the other are calls of their own", () => {
  expect(apart(call("weatherrain", '{"city":"Zürich"} {"day":1}'), "rain", "weather")).toEqual([
    { type: "tool_call", id: "c", name: "weather", arguments: { city: "Zürich" } },
    { type: "tool_call", name: "rain", arguments: { day: 1 } },
  ]);
});

test("the only tool is the one that was called each time", () => {
  expect(apart(call("weather", '{"city":"Zürich"}{"city":"Oslo"}'), "weather")).toHaveLength(2);
});

test("where there is doubt they stay as they came", () => {
  for (const [part, ...tools] of [
    [call("weather", '{"a":1}{"a":2}'), "weather", "rain"],
    [call("weatherweather"), "weather"],
    [call("weather", '{"a":1}'), "weather"],
    [call("weather", { a: 1 }), "weather"],
    [{ type: "text", text: joined } as const, "weather"],
  ] as [MessagePart, ...string[]][])
    expect(apart(part, ...tools)).toEqual([part]);
});
