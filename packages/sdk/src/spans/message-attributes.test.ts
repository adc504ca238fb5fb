import fc from "fast-check";
import type { Attributes } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { setMessages, setTools } from "./message-attributes.ts";

/** The attributes of a list of messages, without the list's own name: `0.role`. */
function write(...messages: unknown[]): Attributes {
  const attributes: Attributes = {};
  setMessages(attributes, "list", messages);
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [
      key
        .replace(/^list\./, "")
        .replaceAll(/message\.|message_content\.|tool_call\.function\.|tool_call\./g, ""),
      value,
    ]),
  );
}

describe("OpenAI's chat messages", () => {
  it("roles, texts and names", () => {
    expect(
      write("bare", { role: "system", content: "be brief" }, { role: "user", name: "ann", content: "who?" }),
    ).toEqual({
      "0.role": "user",
      "0.content": "bare",
      "1.role": "system",
      "1.content": "be brief",
      "2.role": "user",
      "2.name": "ann",
      "2.content": "who?",
    });
  });

  it("tool calls and their results", () => {
    const calls = [
      { id: "c1", type: "function", function: { name: "look", arguments: '{"at":"sky"}' } },
      { id: "c2", type: "custom", custom: { name: "run", input: "ls" } },
    ];
    expect(
      write(
        { role: "assistant", content: null, tool_calls: calls },
        { role: "tool", tool_call_id: "c1", content: "dark" },
      ),
    ).toEqual({
      "0.role": "assistant",
      "0.tool_calls.0.id": "c1",
      "0.tool_calls.0.name": "look",
      "0.tool_calls.0.arguments": '{"at":"sky"}',
      "0.tool_calls.1.id": "c2",
      "0.tool_calls.1.name": "run",
      "0.tool_calls.1.arguments": "ls",
      "1.role": "tool",
      "1.tool_call_id": "c1",
      "1.content": "dark",
    });
  });

  it("the old function call", () => {
    expect(
      write({ role: "assistant", content: null, function_call: { name: "look", arguments: "{}" } }),
    ).toEqual({
      "0.role": "assistant",
      "0.function_call_name": "look",
      "0.function_call_arguments_json": "{}",
    });
  });

  it("texts, images and sounds in one message", () => {
    const content = [
      { type: "text", text: "what is this?" },
      { type: "image_url", image_url: { url: "https://host/owl.png" } },
      { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
      { type: "input_audio", input_audio: { data: "BB==", format: "mp3" } },
      { type: "file", file: { file_id: "f1" } },
    ];
    expect(write({ role: "user", content })).toEqual({
      "0.role": "user",
      "0.contents.0.type": "text",
      "0.contents.0.text": "what is this?",
      "0.contents.1.type": "image",
      "0.contents.1.image.image.url": "https://host/owl.png",
      "0.contents.2.type": "image",
      "0.contents.2.image.image.url": "data:image/png;base64,AA==",
      "0.contents.3.type": "audio",
      "0.contents.3.audio.audio.mime_type": "audio/mp3",
      "0.contents.3.audio.audio.url": "data:audio/mp3;base64,BB==",
      "0.contents.4.type": "file",
      "0.contents.4.text": '{"type":"file","file":{"file_id":"f1"}}',
    });
  });

  it("a lone text part is the content", () => {
    expect(write({ role: "user", content: [{ type: "text", text: "hi" }] })).toEqual({
      "0.role": "user",
      "0.content": "hi",
    });
  });

  it("refusals, spoken answers and reasoning", () => {
    expect(
      write(
        { role: "assistant", content: null, refusal: "I will not." },
        { role: "assistant", content: null, audio: { id: "a", data: "CC==", transcript: "hoo" } },
        { role: "assistant", content: "4", reasoning_content: "2 and 2" },
      ),
    ).toEqual({
      "0.role": "assistant",
      "0.content": "I will not.",
      "1.role": "assistant",
      "1.contents.0.type": "audio",
      "1.contents.0.audio.audio.mime_type": "audio/wav",
      "1.contents.0.audio.audio.transcript": "hoo",
      "1.contents.0.audio.audio.url": "data:audio/wav;base64,CC==",
      "2.role": "assistant",
      "2.contents.0.type": "reasoning",
      "2.contents.0.text": "2 and 2",
      "2.contents.1.type": "text",
      "2.contents.1.text": "4",
    });
  });
});

describe("the items of OpenAI's Responses", () => {
  it("messages, calls, results and reasoning", () => {
    expect(
      write(
        { role: "developer", content: "be brief" },
        {
          role: "user",
          content: [
            { type: "input_text", text: "what?" },
            { type: "input_image", image_url: "https://host/i.png" },
          ],
        },
        {
          type: "reasoning",
          id: "r1",
          summary: [{ type: "summary_text", text: "look first" }],
          encrypted_content: "zz",
        },
        { type: "function_call", call_id: "c1", name: "look", arguments: "{}" },
        { type: "function_call_output", call_id: "c1", output: "dark" },
        { type: "message", role: "assistant", content: [{ type: "output_text", text: "Dark." }] },
      ),
    ).toEqual({
      "0.role": "developer",
      "0.content": "be brief",
      "1.role": "user",
      "1.contents.0.type": "text",
      "1.contents.0.text": "what?",
      "1.contents.1.type": "image",
      "1.contents.1.image.image.url": "https://host/i.png",
      "2.role": "assistant",
      "2.contents.0.type": "reasoning",
      "2.contents.0.id": "r1",
      "2.contents.0.text": "look first",
      "2.contents.0.encrypted_content": "zz",
      "3.role": "assistant",
      "3.tool_calls.0.id": "c1",
      "3.tool_calls.0.name": "look",
      "3.tool_calls.0.arguments": "{}",
      "4.role": "tool",
      "4.tool_call_id": "c1",
      "4.content": "dark",
      "5.role": "assistant",
      "5.content": "Dark.",
    });
  });
});

describe("Anthropic's messages", () => {
  it("thinking, text and tool use", () => {
    const content = [
      { type: "thinking", thinking: "look first", signature: "sig" },
      { type: "redacted_thinking", data: "xx" },
      { type: "text", text: "I will look." },
      { type: "tool_use", id: "t1", name: "look", input: { at: "sky" } },
    ];
    expect(write({ role: "assistant", content })).toEqual({
      "0.role": "assistant",
      "0.contents.0.type": "reasoning",
      "0.contents.0.text": "look first",
      "0.contents.0.signature": "sig",
      "0.contents.1.type": "reasoning",
      "0.contents.1.data": "xx",
      "0.contents.2.type": "text",
      "0.contents.2.text": "I will look.",
      "0.tool_calls.0.id": "t1",
      "0.tool_calls.0.name": "look",
      "0.tool_calls.0.arguments": '{"at":"sky"}',
    });
  });

  it("each result of a tool is a message, what else was said is another", () => {
    const content = [
      { type: "tool_result", tool_use_id: "t1", content: "dark" },
      {
        type: "tool_result",
        tool_use_id: "t2",
        content: [
          { type: "text", text: "a picture" },
          { type: "image", source: { type: "base64", media_type: "image/png", data: "AA==" } },
        ],
      },
      { type: "text", text: "go on" },
    ];
    expect(write({ role: "user", content }, { role: "assistant", content: "Hoo." })).toEqual({
      "0.role": "tool",
      "0.tool_call_id": "t1",
      "0.content": "dark",
      "1.role": "tool",
      "1.tool_call_id": "t2",
      "1.contents.0.type": "text",
      "1.contents.0.text": "a picture",
      "1.contents.1.type": "image",
      "1.contents.1.image.image.url": "data:image/png;base64,AA==",
      "2.role": "user",
      "2.content": "go on",
      "3.role": "assistant",
      "3.content": "Hoo.",
    });
  });

  it("images by address", () => {
    expect(
      write({
        role: "user",
        content: [{ type: "image", source: { type: "url", url: "https://host/o.png" } }, "and?"],
      }),
    ).toEqual({
      "0.role": "user",
      "0.contents.0.type": "image",
      "0.contents.0.image.image.url": "https://host/o.png",
      "0.contents.1.type": "text",
      "0.contents.1.text": "and?",
    });
  });
});

describe("what is no message", () => {
  it("takes no place", () => {
    expect(write(null, undefined, 7, { role: "user", content: "hi" })).toEqual({
      "0.role": "user",
      "0.content": "hi",
    });
  });

  it("keeps the place of one that throws, and costs no other", () => {
    const hostile = {
      role: "user",
      get content(): never {
        throw new Error("no");
      },
    };
    expect(write(hostile, { role: "user", content: "hi" })).toMatchObject({
      "1.role": "user",
      "1.content": "hi",
    });
  });

  it("never throws, and writes strings, whatever it is given", () => {
    const words =
      "role type content text tool_calls tool_call_id function name arguments id tool_result tool_use image_url " +
      "input_audio source thinking reasoning refusal audio";
    const word = fc.constantFrom(...words.split(" "));
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        word,
        fc.anything(),
        fc.dictionary(word, tie("any")),
        fc.array(tie("any")),
      ),
    })).any;
    fc.assert(
      fc.property(fc.array(value), (messages) => {
        const attributes: Attributes = {};
        setMessages(attributes, "list", messages);
        expect(Object.values(attributes).every((each) => typeof each === "string")).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("setTools", () => {
  it("keeps each definition as it was sent", () => {
    const attributes: Attributes = {};
    const tool = { type: "function", function: { name: "look", parameters: { type: "object" } } };
    setTools(attributes, [tool, { name: "now", input_schema: {} }, undefined]);
    expect(attributes).toEqual({
      "llm.tools.0.tool.json_schema": JSON.stringify(tool),
      "llm.tools.1.tool.json_schema": '{"name":"now","input_schema":{}}',
    });
  });
});
