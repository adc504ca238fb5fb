import { describe, expect, test } from "vitest";
import { endInWords, joinTurns } from "./join-turns.ts";
import { readMessages } from "./read-messages.ts";
import { readSpan } from "./wire-span.fixture.ts";

type Item = Record<string, unknown>;

const QUESTION = { role: "user", content: "Weather?" };
const THOUGHT = { type: "reasoning", summary: [{ type: "summary_text", text: "Look it up." }] };
const CALL = { type: "function_call", call_id: "c", name: "f", arguments: "{}" };
const ANSWER = { type: "function_call_output", call_id: "c", output: "14" };
const SAID = { type: "message", role: "assistant", content: [{ type: "output_text", text: "14 degrees." }] };
const SEARCH = { type: "web_search_call", id: "w", action: { type: "search", query: "weather" } };
const SHELL = { type: "local_shell_call", call_id: "l", action: { type: "exec", command: ["ls"] } };
const spoken = (content: string, more: Item = {}) => ({ role: "assistant", content, ...more });
const called = (id: string) => spoken("", { tool_calls: [{ id, function: { name: "f", arguments: "{}" } }] });

/** Each turn as its role and the types of its parts. */
function turnsOf(items: Item[], isRequest = true): string[] {
  return joinTurns(readMessages(items, "user"), isRequest).map(
    ({ role, parts }) => `${role}: ${parts.map(({ type }) => type).join(" ")}`,
  );
}

describe("the items of one turn are one message", () => {
  test.each<[string, Item[], string[]]>([
    [
      "what was thought, said and called",
      [QUESTION, THOUGHT, SAID, CALL, CALL, ANSWER, SAID],
      ["user: text", "assistant: reasoning text tool_call tool_call", "tool: tool_result", "assistant: text"],
    ],
    [
      "a search of the provider's own, and what was made of it",
      [QUESTION, THOUGHT, SEARCH, THOUGHT, SEARCH, SAID],
      ["user: text", "assistant: reasoning tool_call reasoning tool_call text"],
    ],
    [
      "calls of a chat, each in a message of its own",
      [QUESTION, called("a"), called("b")],
      ["user: text", "assistant: tool_call tool_call"],
    ],
    ["a text and the call that it announces", [spoken("Let me see."), CALL], ["assistant: text tool_call"]],
  ])("%s", (_name, items, turns) => expect(turnsOf(items)).toEqual(turns));

  test.each<[string, Item[]]>([
    ["two texts", [spoken("a"), spoken("b")]],
    ["what is said after a call whose answer was not told", [CALL, SAID]],
    ["what is thought after such a call", [SHELL, THOUGHT]],
    ["an answer to a call", [CALL, ANSWER, CALL]],
    ["somebody else's word", [CALL, QUESTION, CALL]],
    ["two speakers", [spoken("a", { name: "anna" }), { ...called("c"), name: "ben" }]],
    ["what was taken out, after what was taken out", [spoken("__REDACTED__"), spoken("__REDACTED__")]],
    ["ends of two kinds", [{ ...called("a"), finish_reason: "tool_calls" }, called("b")]],
  ])("but not %s", (_name, items) => expect(turnsOf(items)).toHaveLength(items.length));

  test("of a conversation of several agents, a text and a call may be two agents'", () => {
    expect(turnsOf([spoken("Where?"), CALL], false)).toHaveLength(2);
    expect(turnsOf([CALL, CALL], false)).toHaveLength(1);
  });
});

describe("of a span", () => {
  const LLM = { "openinference.span.kind": "LLM" };
  const choices = JSON.stringify({ choices: [{ message: called("a") }, { message: called("b") }] });

  test("the whole conversation, in its order", () => {
    const input = [QUESTION, THOUGHT, CALL, ANSWER, THOUGHT];
    const span = readSpan({ ...LLM, "input.value": JSON.stringify({ input }) });
    expect(span.inputMessages.map(({ role, parts }) => [role, ...parts.map(({ type }) => type)])).toEqual([
      ["user", "text"],
      ["assistant", "reasoning", "tool_call"],
      ["tool", "tool_result"],
      ["assistant", "reasoning"],
    ]);
  });

  test("an answer is one turn, unless several were asked for", () => {
    expect(readSpan({ ...LLM, "output.value": choices }).outputMessages).toHaveLength(1);
    const several = { ...LLM, "output.value": choices, "llm.invocation_parameters": '{"n": 2}' };
    expect(readSpan(several).outputMessages).toHaveLength(2);
  });
});

describe("a run told as one message with its calls", () => {
  const call = { id: "c", function: { name: "f", arguments: "{}" } };
  const answer = { role: "tool", tool_call_id: "c", content: "14" };
  const run = (...items: Item[]) =>
    endInWords(readMessages(items, "assistant")).map(
      ({ role, parts }) => `${role}: ${parts.map(({ type }) => type).join(" ")}`,
    );

  test("ends in what was said", () => {
    expect(run(spoken("14 degrees.", { tool_calls: [call], finish_reason: "stop" }), answer)).toEqual([
      "assistant: tool_call",
      "tool: tool_result",
      "assistant: text",
    ]);
  });

  test.each<[string, Item[]]>([
    ["no word is said", [{ ...called("c"), finish_reason: "stop" }, answer]],
    [
      "it ended in its calls",
      [spoken("Let me see.", { tool_calls: [call], finish_reason: "tool_calls" }), answer],
    ],
    ["the answers are not told", [spoken("Let me see.", { tool_calls: [call], finish_reason: "stop" })]],
    [
      "its steps are told",
      [spoken("Let me see.", { tool_calls: [call], finish_reason: "stop" }), answer, SAID],
    ],
  ])("stays as it is where %s", (_name, items) => {
    const messages = readMessages(items, "assistant");
    expect(endInWords(messages)).toBe(messages);
  });
});

test("an answer with nothing in it is none", () => {
  const silent = {
    "openinference.span.kind": "AGENT",
    "gen_ai.output.messages": '[{"role":"assistant","parts":[]}]',
  };
  expect(readSpan({ "gen_ai.operation.name": "invoke_agent", ...silent }).outputMessages).toEqual([]);
});
