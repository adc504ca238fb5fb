import type { Message, ToolCallPart } from "@nightowl/model/span/message";
import { expect, test } from "vitest";
import { answersById, answersInOrder } from "./transcript-answers.ts";

const call = (name: string): ToolCallPart => ({ type: "tool_call", name, arguments: {} });
const [first, second] = [call("first"), call("second")];
const asking: Message = { role: "assistant", parts: [first, second] };
const tool = (text: string): Message => ({ role: "tool", parts: [{ type: "text", text }] });
const [one, two] = [tool("1"), tool("2")];
const user: Message = { role: "user", parts: [{ type: "text", text: "Both, please." }] };

test("answers without ids are those of the calls before them, in their order", () => {
  expect([...answersInOrder([user, asking, one, two], [])]).toEqual([
    [one, first],
    [two, second],
  ]);
});

test("what the previous call asked for is answered at the end, where the turn itself was not recorded", () => {
  const silent: Message = { role: "assistant", parts: [] };
  for (const before of [[user], [user, silent]])
    expect([...answersInOrder([...before, one, two], [first, second]).values()]).toEqual([first, second]);
  expect(answersInOrder([user, one, two, user], [first, second]).size).toBe(0);
});

test("answers whose ids no call could have are in order as well", () => {
  const numbered = [one, two].map((answer, index) => ({ ...answer, toolCallId: `first_${index}` }));
  expect([...answersInOrder([user, asking, ...numbered], []).values()]).toEqual([first, second]);
  const named: Message = {
    role: "assistant",
    parts: [
      { ...first, id: "a" },
      { ...second, id: "b" },
    ],
  };
  expect(answersInOrder([user, named, ...numbered], []).size).toBe(0);
});

test("nothing is guessed where the numbers differ, or an answer says which call it is of", () => {
  expect(answersInOrder([asking, one], []).size).toBe(0);
  expect(answersInOrder([asking, { ...one, toolCallId: "c" }, two], []).size).toBe(0);
});

test("an id that comes again is that of the last call before the answer", () => {
  const again = { ...call("again"), id: "call_0" };
  const once = { ...call("once"), id: "call_0" };
  const earlier = { ...one, toolCallId: "call_0" };
  const later = { ...two, toolCallId: "call_0" };
  const turn = (part: ToolCallPart): Message => ({ role: "assistant", parts: [part] });
  const messages = [user, turn(again), earlier, turn(once), later];
  expect([...answersById(messages, [])]).toEqual([
    [earlier, again],
    [later, once],
  ]);
  expect([...answersById([user, earlier], [again]).values()]).toEqual([again]);
  expect(answersById([user, earlier, one], []).size).toBe(0);
});
