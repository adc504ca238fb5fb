import { expect, test } from "vitest";
import { readMessages } from "./read-messages.ts";
import { settleCallIds } from "./settle-call-ids.ts";

type Item = Record<string, unknown>;

const called = (...ids: string[]) => ({
  role: "assistant",
  parts: ids.map((id) => ({ type: "tool_call", id, name: "f", arguments: {} })),
});
const answered = (id?: string) => ({
  role: "tool",
  parts: [{ type: "tool_call_response", id, response: "14" }],
});

const idsOf = (...items: Item[]) =>
  settleCallIds(readMessages(items, "user")).flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === "tool_call" ? [part.id] : [])),
  );

test("calls under the ids of their items get those that their answers name", () => {
  const next = [called("fc_3"), answered("call_3")];
  expect(idsOf(called("fc_1", "fc_2"), answered("call_1"), answered("call_2"), ...next)).toEqual([
    "call_1",
    "call_2",
    "call_3",
  ]);
});

test.each<[string, Item[], string[]]>([
  ["whose answers are fewer", [called("fc_1", "fc_2"), answered("call_1")], ["fc_1", "fc_2"]],
  ["whose answers name none", [called("fc_1"), answered()], ["fc_1"]],
  ["whose answers name them", [called("fc_1", "fc_2"), answered("fc_2"), answered("fc_1")], ["fc_1", "fc_2"]],
  ["with ids of their own", [called("call_1"), answered("call_2")], ["call_1"]],
  [
    "that were not answered",
    [called("fc_1"), { role: "user", content: "Stop." }, answered("call_1")],
    ["fc_1"],
  ],
])("calls %s keep theirs", (_name, items, ids) => expect(idsOf(...items)).toEqual(ids));
