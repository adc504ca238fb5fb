import { describe, expect, test } from "vitest";
import type { Attributes } from "@nightowl/model/span/attributes";
import { previewOf } from "./preview.ts";
import { readSpan } from "./wire-span.fixture.ts";

const CHAIN = { "openinference.span.kind": "CHAIN" };
const LLM = { "openinference.span.kind": "LLM" };

function previews(attributes: Attributes): [string, string] {
  const { inputPreview, outputPreview } = previewOf(readSpan(attributes));
  return [inputPreview, outputPreview];
}

describe("one line, cut for people", () => {
  test("white space becomes single spaces", () => {
    expect(previews({ ...CHAIN, "input.value": "  a\n\n b\t\0c\u2028d  " })[0]).toBe("a b c d");
  });

  test("200 code points, never through one", () => {
    const owls = "🦉".repeat(300);
    const preview = previews({ ...CHAIN, "input.value": owls })[0];
    expect([...preview]).toHaveLength(200);
    expect(preview.endsWith("🦉…")).toBe(true);
    expect(previews({ ...CHAIN, "input.value": "🦉".repeat(200) })[0]).toBe("🦉".repeat(200));
    expect(previews({ ...CHAIN, "input.value": "x".repeat(1_000_000) })[0]).toBe(`${"x".repeat(199)}…`);
    expect(previews({ ...CHAIN, "input.value": "a\ud83e" })[0]).toBe("a\ufffd");
  });
});

describe("chains and agents are unwrapped to what was said", () => {
  test.each([
    ['{"question":"Why?"}', "Why?"],
    ['{"input":"Why?"}', "Why?"],
    ['{"query":{"text":"Why?"}}', "Why?"],
    ['{"answer":"Because.","question":"Why?"}', "Why?"],
    ['{"messages":[{"role":"system","content":"Be terse."},{"role":"user","content":"Why?"}]}', "Why?"],
    ['{"messages":[["x"]],"city":"Paris"}', "x"],
    ['[{"role":"user","parts":[{"type":"text","content":"Why?"}]}]', "Why?"],
    ['{"response":{"chat_message":{"id":"1","content":"Why?"}}}', "Why?"],
    ['{"city":"Paris"}', '{"city":"Paris"}'],
    ['{"q":"Why?","documents":[{"content":"A"}]}', "Why?"],
    ['{"documents":[{"content":"A"},{"content":"B"}]}', "2 documents: A"],
    ['{"kwds":{"context":"It rains in Paris."}}', "It rains in Paris."],
    ['{"kwds":{"city":"Paris"}}', '{"kwds":{"city":"Paris"}}'],
    ['{"data":{"embedder":{"text":"Why?"},"builder":{"question":"Why, really?"}}}', "Why?"],
    ['{"id":"1","messages":{"all":[{"role":"user","content":"Why?"}]}}', "Why?"],
    ['{"toolCallId":"c","toolName":"f","args":{"a":1}}', 'f({"a":1})'],
    [
      '[{"type":"text","text":"Why?"},{"type":"image_url","image_url":{"url":"https://x.test/i.png"}}]',
      "Why?",
    ],
    [
      '[{"type":"sale","text":"1"},{"type":"sale","price":2}]',
      '[{"type":"sale","text":"1"},{"type":"sale","price":2}]',
    ],
    ['"quoted"', '"quoted"'],
    ["Why?", "Why?"],
    ["{not json", "{not json"],
  ])("input %s", (value, preview) => {
    expect(previews({ ...CHAIN, "input.value": value })[0]).toBe(preview);
  });

  test.each([
    ['{"output":"Because."}', "Because."],
    ['{"output":{"content":"Because."}}', "Because."],
    ['{"lc":1,"id":["x","AIMessage"],"kwargs":{"content":"Because."}}', "Because."],
    ['{"messages":[{"role":"user","content":"Why?"},{"role":"assistant","content":"Because."}]}', "Because."],
    ['{"choices":[{"message":{"role":"assistant","content":"Because."}}]}', "Because."],
    ['{"state":{"messages":[{"role":"model","content":[{"text":"Because."}]}]}}', "Because."],
    ['{"state":"done","count":1}', '{"state":"done","count":1}'],
    ['{"question":"Why?","answer":"Because."}', "Because."],
    ['[{"reasoning":"I know.","answer":"Because."}]', "Because."],
    ['{"error":{"status":"INTERNAL","message":"It broke."},"usage":{}}', "It broke."],
    ['{"graph":null,"update":{"a":"Because."},"goto":"end"}', "Because."],
    ['{"embedder":{"embedding":[1]},"llm":{"answer":"Because."}}', "Because."],
    ['{"toolCallId":"c","toolName":"f","args":{},"result":{"celsius":14}}', '{"celsius":14}'],
    ["true", "true"],
    ["{}", ""],
    ['{"text":"","toolCalls":[]}', ""],
    ['{"count":0}', '{"count":0}'],
    ['{"choices":[{"message":{"role":"assistant","content":""}}],"model":"m"}', ""],
    ['[{"finish_reason":"stop","message":{"role":"assistant","content":"Because."}}]', "Because."],
    [
      '{"lc":1,"id":["x","ChatPromptValue"],"kwargs":{"messages":[{"role":"user","content":"Why?"}]}}',
      "Why?",
    ],
  ])("output %s", (value, preview) => {
    expect(previews({ ...CHAIN, "output.value": value })[1]).toBe(preview);
  });
});

test.each([
  ['{"result":"14 °C"}', "14 °C"],
  ['{"result":{"celsius":14}}', '{"result":{"celsius":14}}'],
  ['{"stdout":"hello.txt","stderr":"","interrupted":false}', "hello.txt"],
  ['{"error":"No such city."}', "No such city."],
  ['{"city":"Paris"}', '{"city":"Paris"}'],
  ['{"output":"a","exit":0}', '{"output":"a","exit":0}'],
  ['{"type":"text","text":"{\\"celsius\\":14}"}', '{"celsius":14}'],
])("a tool's answer %s", (value, preview) => {
  expect(previews({ "openinference.span.kind": "TOOL", "output.value": value })[1]).toBe(preview);
});

test("a word on a call that waited for it is said as such", () => {
  const call = { name: "delete", arguments: '{"id":1}' };
  const approval = { type: "function_approval_response", approved: false, function_call: call };
  const said = JSON.stringify([{ role: "user", parts: [approval] }]);
  const agent = { "gen_ai.operation.name": "invoke_agent", "gen_ai.input.messages": said };
  expect(previews(agent)[0]).toBe('Refused delete({"id":1})');
});

test("a model call: the user's last words, and the answer or the call", () => {
  const messages = [
    { role: "system", content: "Be terse." },
    { role: "user", content: "Weather in Paris?" },
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "c", function: { name: "get_weather", arguments: '{"city":"Paris"}' } }],
    },
    { role: "tool", tool_call_id: "c", content: "14" },
  ];
  const attributes = {
    ...LLM,
    "llm.input_messages": JSON.stringify(messages),
    "llm.output_messages": JSON.stringify([messages[2]]),
  };
  expect(previews(attributes)).toEqual(["Weather in Paris?", 'get_weather({"city":"Paris"})']);
});

test("pictures alone, and reasoning alone, are said in a word", () => {
  const image =
    '[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x.test/i.png"}}]}]';
  const thought = '[{"role":"assistant","content":[{"type":"thinking","thinking":"Hm."}]}]';
  expect(previews({ ...LLM, "llm.input_messages": image, "llm.output_messages": thought })).toEqual([
    "[image]",
    "Hm.",
  ]);
});

test("a question without its words is not what was said to others", () => {
  const silent =
    '[{"role":"user"},{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]}]';
  expect(previews({ ...LLM, "llm.input_messages": silent })[0]).toBe("");
});

test("a prompt of instructions only is what was asked", () => {
  const instructions = '[{"role":"system","content":"Write a poem."}]';
  expect(previews({ ...LLM, "llm.input_messages": instructions })[0]).toBe("Write a poem.");
});

test("a model that said nothing is shown as that, not as its answer's braces", () => {
  const answer = {
    choices: [{ message: { role: "assistant", content: "" }, finish_reason: "stop" }],
    id: "x",
  };
  expect(previews({ ...LLM, "output.value": JSON.stringify(answer) })[1]).toBe("");
});

test("a serialised message is what it says", () => {
  const message = (content: string) => JSON.stringify({ lc: 1, id: ["x", "AIMessage"], kwargs: { content } });
  expect(previews({ ...CHAIN, "input.value": message("Why?") })[0]).toBe("Why?");
  expect(previews({ ...CHAIN, "input.value": message("") })[0]).toBe("");
  const dict = { type: "ai", data: { content: "Because.", response_metadata: {} } };
  expect(previews({ ...CHAIN, "input.value": JSON.stringify(dict) })[0]).toBe("Because.");
});

test("a prompt that was made is what will be asked, and instructions are no answer", () => {
  const messages = [
    { role: "system", content: "Be terse." },
    { role: "user", content: "Why?" },
    { role: "assistant", content: "Because." },
    { role: "user", content: "Really?" },
  ];
  const made = JSON.stringify({ messages });
  expect(previews({ "openinference.span.kind": "PROMPT", "output.value": made })[1]).toBe("Really?");
  const agent = {
    "openinference.span.kind": "AGENT",
    "gen_ai.output.messages": JSON.stringify([messages[0]]),
  };
  expect(previews(agent)[1]).toBe("");
});

test("a node of LangGraph in JavaScript gives back where the run goes on, and what was said", () => {
  const messages = [{ role: "assistant", content: "Because." }];
  const given = (move: unknown) =>
    previews({ ...CHAIN, "output.value": JSON.stringify({ output: [move] }) })[1];
  expect(given({ lg_name: "Command", update: { messages } })).toBe("Because.");
  expect(given({ lg_name: "Send", node: "tools", args: { messages } })).toBe("Because.");
});

test("a search that found nothing says so", () => {
  const search = { "openinference.span.kind": "RETRIEVER", "input.value": "q" };
  expect(previews({ ...search, "output.value": "[]" })).toEqual(["q", "0 documents"]);
  expect(previews({ ...search, "output.value": '{"documents":[]}' })[1]).toBe("0 documents");
  expect(previews(search)[1]).toBe("");
});
