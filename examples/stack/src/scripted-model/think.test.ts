import { describe, expect, it } from "vitest";
import type { ScriptedMessage, ScriptedReply, ScriptedRequest, ScriptedTool } from "./scripted-request.ts";
import { think } from "./think.ts";

const search: ScriptedTool = {
  name: "search_docs",
  description: "Searches the handbook",
  parameters: { type: "object", properties: { query: { type: "string" } }, required: ["query"] },
};
const read: ScriptedTool = {
  name: "fetch_chunk",
  description: "Reads a passage",
  parameters: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
};
const now: ScriptedTool = {
  name: "now",
  description: "The current date and time, today",
  parameters: { type: "object", properties: { timeZone: { type: "string", default: "UTC" } } },
};

const request = (messages: ScriptedMessage[], more: Partial<ScriptedRequest> = {}): ScriptedRequest => ({
  messages,
  tools: [now, search, read],
  toolChoice: "auto",
  parallelToolCalls: true,
  ...more,
});
const user = (text: string): ScriptedMessage => ({ role: "user", text });
/** The messages of a round: the calls of a reply, each with its result. */
function round({ toolCalls }: ScriptedReply, ...results: unknown[]): ScriptedMessage[] {
  const calls = toolCalls.map((call, index) => ({ id: `call_${index}`, ...call }));
  return [
    { role: "assistant", text: "", toolCalls: calls },
    ...calls.map(({ id }, index): ScriptedMessage => {
      const result = results[index];
      return {
        role: "tool",
        toolCallId: id,
        text: typeof result === "string" ? result : JSON.stringify(result),
      };
    }),
  ];
}

const question = user("How long are spans kept before they are deleted?");
const retention = {
  id: "conf#retention",
  title: "Retention",
  text: "Spans are kept for ten days, and then they are deleted.",
};
const other = { id: "conf#ports", title: "Ports", text: "The port is 6006." };

describe("with a search", () => {
  it("looks for the words of the question that carry something", () => {
    expect(think(request([question])).toolCalls).toEqual([
      { name: "search_docs", arguments: '{"query":"long spans kept deleted"}' },
    ]);
  });

  it("answers in the passages' own words", () => {
    const messages = [question, ...round(think(request([question])), [other, retention])];
    expect(think(request(messages))).toEqual({ text: retention.text, toolCalls: [] });
  });

  it("cites and keeps it short when the instructions say so", () => {
    const system: ScriptedMessage = {
      role: "system",
      text: "Cite your sources. Answer in at most one sentence.",
    };
    const long = {
      ...retention,
      text: `${retention.text} Deleted spans do not come back. Spans have names.`,
    };
    const messages = [system, question, ...round(think(request([question])), [long])];
    expect(think(request(messages)).text).toBe(`${retention.text} [conf#retention]`);
  });

  it("reads a passage whole that is shown in part, once", () => {
    const cut = { ...retention, text: "Spans are kept for…" };
    const messages = [question, ...round(think(request([question])), [cut, other])];
    const reading = think(request(messages));
    expect(reading.toolCalls).toEqual([{ name: "fetch_chunk", arguments: '{"id":"conf#retention"}' }]);
    messages.push(...round(reading, retention));
    expect(think(request(messages)).text).toBe(retention.text);
  });

  it("searches again in other words when nothing fits, and then says that it does not know", () => {
    const messages = [question, ...round(think(request([question])), [other])];
    const second = think(request(messages));
    expect(second.toolCalls).toEqual([{ name: "search_docs", arguments: '{"query":"spans deleted"}' }]);
    messages.push(...round(second, [other]));
    const { text, toolCalls } = think(request(messages));
    expect(toolCalls).toEqual([]);
    expect(text).toMatch(/^I do not know.*Ports/);
  });

  it("makes a call once more that failed, and not for ever", () => {
    const messages = [question, ...round(think(request([question])), "Error: the index is away")];
    const second = think(request(messages));
    expect(second.toolCalls).toHaveLength(1);
    messages.push(...round(second, "Error: the index is away"));
    expect(think(request(messages)).text).toMatch(/^I do not know/);
  });

  it("knows what `it` is in a second question", () => {
    const messages = [
      user("What is the retention of spans?"),
      { role: "assistant", text: "Ten days." } as const,
    ];
    const { toolCalls } = think(request([...messages, user("Can I change it?")]));
    expect(toolCalls[0]?.arguments).toBe('{"query":"retention spans change"}');
  });
});

describe("with other tools", () => {
  it("calls the one that fits, and no search beside it", () => {
    const reply = think(request([user("What time is it?")]));
    expect(reply.toolCalls).toEqual([{ name: "now", arguments: "{}" }]);
    const messages = [user("What time is it?"), ...round(reply, "Five to twelve")];
    expect(think(request(messages)).text).toBe("Five to twelve.");
  });

  it("calls several for a question of several parts, and answers them all", () => {
    const asked = user("What is the time, and how long are spans kept?");
    const reply = think(request([asked]));
    expect(reply.toolCalls.map(({ name }) => name)).toEqual(["now", "search_docs"]);
    const { text } = think(request([asked, ...round(reply, "Five to twelve", [retention])]));
    expect(text).toBe(`Five to twelve. ${retention.text}`);
  });

  it("looks up what none of them is about", () => {
    const calls = think(request([user("What time is it, and is there a login?")])).toolCalls;
    expect(calls.at(-1)).toEqual({ name: "search_docs", arguments: '{"query":"login"}' });
  });

  it("says so when none fits", () => {
    expect(think(request([user("Sing!")], { tools: [now] })).text).toContain("none of my tools");
  });
});

describe("without tools", () => {
  it("answers from a text that it is given", () => {
    const context =
      "Owls sleep during the day.\n\nThe barn owl has a face like a heart, and its flight cannot be heard. The owl eats mice and frogs.";
    const messages = [{ role: "system", text: context } as const, user("What does the barn owl eat?")];
    expect(think(request(messages, { tools: [] })).text).toContain("The owl eats mice and frogs.");
  });

  it("says what it is when it is given nothing", () => {
    const { text } = think(request([user("Hi!")], { tools: [] }));
    expect(text).toContain("scripted model");
    expect(text).toContain('"Hi!"');
  });
});

it("says the same to the same", () => {
  expect(think(request([question]))).toEqual(think(request([question])));
});

it.each([
  [[]],
  [[{ role: "tool", text: "alone" }]],
  [[{ role: "assistant", text: "", toolCalls: [{ id: "1", name: "gone", arguments: "{" }] }]],
  [
    [
      user(""),
      { role: "assistant", text: "", toolCalls: [{ id: "1", name: "search_docs", arguments: "{" }] },
    ],
  ],
] as ScriptedMessage[][][])("has something to say to %j", (messages) => {
  const { text, toolCalls } = think(request(messages));
  expect(text !== "" || toolCalls.length > 0).toBe(true);
});
