import { expect, test } from "vitest";
import { withToolRoles } from "./tool-roles.ts";

const call = (id: string, name: string) => ({ id, type: "function", function: { name, arguments: "{}" } });

test("a role that is the name of an open call is the answer of that tool, each call answered once", () => {
  const calls = { role: "assistant", tool_calls: [call("1", "look"), call("2", "look")] };
  const answer = { role: "look", content: "found" };
  expect(withToolRoles([calls, answer, answer, answer])).toEqual([
    calls,
    { role: "tool", name: "look", tool_call_id: "1", content: "found" },
    { role: "tool", name: "look", tool_call_id: "2", content: "found" },
    answer,
  ]);
});

test("a role that no call has, and what is no message, stay as they are", () => {
  const items = ["text", { role: "look", content: "first" }, { role: "user", content: "look" }];
  expect(withToolRoles(items)).toEqual(items);
});
