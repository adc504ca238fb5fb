import { expect, it } from "vitest";
import { createConversations } from "./conversations.ts";

it("remembers the last turns of a session, and nothing of another", () => {
  const conversations = createConversations();
  for (let turn = 1; turn <= 7; turn++) conversations.add("s", { question: `q${turn}`, answer: `a${turn}` });
  const said = conversations.list("s").map(({ role, content }) => [role, content]);
  expect(said).toHaveLength(10);
  expect(said.slice(0, 2)).toEqual([
    ["user", "q3"],
    ["assistant", "a3"],
  ]);
  expect(conversations.list("other")).toEqual([]);
});

it("forgets the session that was used the longest ago", () => {
  const conversations = createConversations();
  for (let session = 0; session < 1000; session++)
    conversations.add(`${session}`, { question: "q", answer: "a" });
  conversations.add("0", { question: "q", answer: "a" });
  conversations.add("new", { question: "q", answer: "a" });
  expect(conversations.list("1")).toEqual([]);
  expect(conversations.list("0")).not.toEqual([]);
});
