import { describe, expect, test } from "vitest";
import { describeMessage } from "./expectations.fixture.ts";
import { readMessages } from "./read-messages.ts";
import { readParts } from "./read-parts.ts";
import { readCompletionPayload, readPromptPayload } from "./read-payloads.ts";

describe("Bedrock's Converse parts", () => {
  test.each([
    [
      { reasoningContent: { reasoningText: { text: "hm", signature: "s" } } },
      { type: "reasoning", text: "hm", signature: "s" },
    ],
    [{ reasoningContent: { redactedContent: "AAAA" } }, { type: "reasoning", text: "", encrypted: "AAAA" }],
    [
      { toolUse: { toolUseId: "t", name: "f", input: { a: 1 } } },
      { type: "tool_call", id: "t", name: "f", arguments: { a: 1 } },
    ],
    [
      { toolResult: { toolUseId: "t", content: [{ json: { a: 1 } }], status: "success" } },
      { type: "tool_result", callId: "t", result: { a: 1 } },
    ],
    [
      { toolResult: { toolUseId: "t", content: [{ text: "no" }, { text: "way" }], status: "error" } },
      { type: "tool_result", callId: "t", result: "no\nway", isError: true },
    ],
    [
      { image: { format: "png", source: { bytes: "iVBO" } } },
      { type: "image", url: "data:image/png;base64,iVBO", mimeType: "image/png" },
    ],
    [
      { document: { format: "pdf", name: "a", source: { s3Location: { uri: "s3://b/a.pdf" } } } },
      { type: "file", url: "s3://b/a.pdf", name: "a", mimeType: "application/pdf" },
    ],
    [{ cachePoint: { type: "default" } }, { type: "raw", value: { cachePoint: { type: "default" } } }],
  ])("%j", (sent, part) => expect(readParts([sent])).toEqual([part]));
});

describe("Gemini's parts", () => {
  test.each([
    [
      { text: "hm", thought: true, thoughtSignature: "s" },
      { type: "reasoning", text: "hm", signature: "s" },
    ],
    [
      { function_call: { id: "c", name: "f", args: { a: 1 } }, thought_signature: "s" },
      { type: "tool_call", id: "c", name: "f", arguments: { a: 1 }, signature: "s" },
    ],
    [
      { function_response: { id: "c", name: "f", response: { a: 1 } } },
      { type: "tool_result", callId: "c", name: "f", result: { a: 1 } },
    ],
    [
      { inline_data: { mime_type: "image/png", data: "iVBO" } },
      { type: "image", url: "data:image/png;base64,iVBO", mimeType: "image/png" },
    ],
    [
      { fileData: { mimeType: "application/pdf", fileUri: "gs://b/a.pdf" } },
      { type: "file", url: "gs://b/a.pdf", mimeType: "application/pdf" },
    ],
    [
      { executableCode: { language: "PYTHON", code: "1" } },
      { type: "tool_call", name: "code_execution", arguments: { language: "PYTHON", code: "1" } },
    ],
    [
      { codeExecutionResult: { outcome: "OUTCOME_OK", output: "1" } },
      { type: "tool_result", name: "code_execution", result: { outcome: "OUTCOME_OK", output: "1" } },
    ],
  ])("%j", (sent, part) => expect(readParts([sent])).toEqual([part]));
});

describe("Anthropic's blocks", () => {
  test.each([
    [
      { type: "thinking", thinking: "hm", signature: "s" },
      { type: "reasoning", text: "hm", signature: "s" },
    ],
    [
      { type: "document", title: "a", source: { type: "text", media_type: "text/plain", data: "é" } },
      { type: "file", url: "data:text/plain;charset=utf-8,%C3%A9", name: "a", mimeType: "text/plain" },
    ],
    [
      { type: "document", source: { type: "content", content: [{ type: "text", text: "t" }] } },
      { type: "text", text: "t" },
    ],
    [
      { type: "document", source: { type: "file", file_id: "file_1" } },
      { type: "file", id: "file_1" },
    ],
    [
      { type: "mcp_tool_use", id: "m", name: "f", server_name: "s", input: {} },
      { type: "tool_call", id: "m", name: "f", arguments: {} },
    ],
  ])("%j", (sent, part) => expect(readParts([sent])).toEqual([part]));

  test("what the provider's own tool answered belongs to the assistant's turn", () => {
    const content = [
      { type: "server_tool_use", id: "s", name: "code_execution", input: { code: "1" } },
      { type: "code_execution_tool_result", tool_use_id: "s", content: { stdout: "1" } },
      { type: "text", text: "1" },
    ];
    const [message, ...others] = readMessages([{ role: "assistant", content }], "assistant");
    expect(others).toEqual([]);
    expect(message?.parts.map((part) => part.type)).toEqual(["tool_call", "tool_result", "text"]);
  });
});

describe("Genkit's parts", () => {
  test.each([
    [{ media: { url: "data:image/png;base64,iVBO" } }, { type: "image", url: "data:image/png;base64,iVBO" }],
    [
      { media: { url: "https://example.com/a.pdf", contentType: "application/pdf" } },
      { type: "file", url: "https://example.com/a.pdf", mimeType: "application/pdf" },
    ],
    [
      { reasoning: "hm", metadata: { thoughtSignature: "s" } },
      { type: "reasoning", text: "hm", signature: "s" },
    ],
    [
      { toolRequest: { name: "f", ref: "c", input: { a: 1 } } },
      { type: "tool_call", id: "c", name: "f", arguments: { a: 1 } },
    ],
    [
      { toolResponse: { name: "f", ref: "c", output: { a: 1 } } },
      { type: "tool_result", callId: "c", name: "f", result: { a: 1 } },
    ],
    [{ data: { a: 1 } }, { type: "text", text: '{"a":1}' }],
  ])("%j", (sent, part) => expect(readParts([sent])).toEqual([part]));
});

describe("LangChain's messages", () => {
  const serialised = (name: string, kwargs: object) => ({
    lc: 1,
    type: "constructor",
    id: ["langchain_core", "messages", name],
    kwargs,
  });

  test.each([
    [
      serialised("AIMessageChunk", { content: "", tool_calls: [{ name: "f", args: { a: 1 }, id: "c" }] }),
      { role: "assistant", toolCalls: [{ id: "c", name: "f", arguments: { a: 1 } }] },
    ],
    [
      serialised("AIMessage", {
        content: "",
        additional_kwargs: { tool_calls: [{ id: "c", function: { name: "f", arguments: '{"a":1}' } }] },
      }),
      { role: "assistant", toolCalls: [{ id: "c", name: "f", arguments: { a: 1 } }] },
    ],
    [
      serialised("AIMessage", { content: "a", additional_kwargs: { reasoning_content: "hm" } }),
      { role: "assistant", text: "a", reasoning: "hm" },
    ],
    [
      serialised("AIMessage", {
        content: [
          { type: "reasoning", reasoning: "hm" },
          { type: "text", text: "a" },
        ],
        response_metadata: { finish_reason: "length" },
      }),
      { role: "assistant", text: "a", reasoning: "hm", finishReason: "length" },
    ],
    [
      serialised("AIMessage", { content: "", invalid_tool_calls: [{ name: "f", args: "{", id: "c" }] }),
      { role: "assistant", toolCalls: [{ id: "c", name: "f", arguments: "{" }] },
    ],
    [
      serialised("HumanMessage", {
        content: [{ type: "image", source_type: "base64", mime_type: "image/png", data: "iVBO" }],
      }),
      { role: "user", images: ["data:image/png;base64,iVBO"] },
    ],
    [
      serialised("HumanMessage", {
        content: [{ type: "image", base64: "iVBO", mime_type: "image/png" }],
      }),
      { role: "user", images: ["data:image/png;base64,iVBO"] },
    ],
    [
      serialised("ToolMessage", { content: '{"a":1}', tool_call_id: "c", name: "f", status: "success" }),
      { role: "tool", result: { a: 1 }, callId: "c", name: "f" },
    ],
    [serialised("ChatMessage", { content: "a", role: "critic" }), { role: "critic", text: "a" }],
    [
      { type: "human", data: { content: "a" } },
      { role: "user", text: "a" },
    ],
    [
      { type: "ai", content: "a", tool_calls: [], response_metadata: { stop_reason: "end_turn" } },
      { role: "assistant", text: "a", finishReason: "stop" },
    ],
  ])("%j", (sent, message) => {
    expect(readMessages([sent], "user").map(describeMessage)).toEqual([message]);
  });

  test("a tool that failed says so", () => {
    const failed = serialised("ToolMessage", { content: "no", tool_call_id: "c", status: "error" });
    expect(readMessages([failed], "user")[0]?.parts).toEqual([
      { type: "tool_result", callId: "c", result: "no", isError: true },
    ]);
  });
});

describe("what providers run themselves, and calls of other kinds, in OpenAI's Responses", () => {
  test.each([
    [
      { type: "web_search_call", id: "w", action: { type: "search", query: "x" } },
      {
        role: "assistant",
        toolCalls: [{ id: "w", name: "web_search", arguments: { type: "search", query: "x" } }],
      },
    ],
    [
      { type: "mcp_call", id: "m", name: "roll", arguments: '{"sides":6}', output: "4" },
      {
        role: "assistant",
        toolCalls: [{ id: "m", name: "roll", arguments: { sides: 6 } }],
        result: "4",
      },
    ],
    [
      { type: "code_interpreter_call", id: "c", code: "1+1" },
      { role: "assistant", toolCalls: [{ id: "c", name: "code_interpreter", arguments: { code: "1+1" } }] },
    ],
    [
      { type: "image_generation_call", id: "i", result: "iVBO" },
      {
        role: "assistant",
        toolCalls: [{ id: "i", name: "image_generation", arguments: {} }],
        images: ["data:image/png;base64,iVBO"],
      },
    ],
    [
      { type: "custom_tool_call", call_id: "c", name: "code", input: "print(1)" },
      { role: "assistant", toolCalls: [{ id: "c", name: "code", arguments: "print(1)" }] },
    ],
    [
      { type: "local_shell_call_output", call_id: "c", output: "a.txt" },
      { role: "tool", result: "a.txt", callId: "c" },
    ],
    [
      {
        type: "mcp_server_tool_call",
        call_id: "c",
        tool_name: "find",
        server_name: "s",
        arguments: { q: 1 },
      },
      { role: "assistant", toolCalls: [{ id: "c", name: "find", arguments: { q: 1 } }] },
    ],
    [
      { type: "code_interpreter_tool_call", call_id: "c", inputs: [{ type: "text", text: "print(1)" }] },
      {
        role: "assistant",
        toolCalls: [{ id: "c", name: "code_interpreter", arguments: { input: "print(1)" } }],
      },
    ],
    [
      { type: "shell_tool_call", call_id: "c", commands: ["ls"] },
      { role: "assistant", toolCalls: [{ id: "c", name: "shell", arguments: { commands: ["ls"] } }] },
    ],
  ])("%j", (sent, message) => {
    expect(readMessages([sent], "user").map(describeMessage)).toEqual([message]);
  });
});

describe("Agent Framework's parts", () => {
  test("an answer that was written down with the part around it", () => {
    const response = '{"type":"function_result","call_id":"c","result":"{\\"a\\":1}"}';
    expect(readParts([{ type: "tool_call_response", id: "c", response }])).toEqual([
      { type: "tool_result", callId: "c", result: { a: 1 } },
    ]);
  });

  test("what a tool of the provider's own answered", () => {
    const outputs = [{ type: "text", text: "1", additional_properties: {} }];
    expect(readParts([{ type: "code_interpreter_tool_result", call_id: "c", outputs }])).toEqual([
      { type: "tool_result", callId: "c", result: "1" },
    ]);
  });

  test("a file at the provider", () => {
    expect(readParts([{ type: "hosted_file", file_id: "f" }])).toEqual([{ type: "file", id: "f" }]);
  });

  test.each(["function_approval_request", "function_approval_response"])("a %s is no call", (type) => {
    const part = {
      type,
      id: "1",
      approved: true,
      function_call: { call_id: "c", name: "f", arguments: "{}" },
    };
    expect(readParts([part])).toEqual([{ type: "raw", value: part }]);
  });
});

describe("what stands beside the text", () => {
  test.each([
    [
      { role: "user", content: "Look.", images: ["iVBO"] },
      { role: "user", text: "Look.", images: ["data:image/png;base64,iVBO"] },
    ],
    [
      { role: "assistant", content: "4", thinking: "2+2" },
      { role: "assistant", reasoning: "2+2", text: "4" },
    ],
    [
      {
        role: "assistant",
        tool_plan: "I look it up.",
        tool_calls: [{ id: "1", function: { name: "f", arguments: "{}" } }],
      },
      { role: "assistant", reasoning: "I look it up.", toolCalls: [{ id: "1", name: "f", arguments: {} }] },
    ],
    [
      { role: "tool", tool_call_id: "1", content: [{ type: "document", document: { data: '{"a":1}' } }] },
      { role: "tool", result: { a: 1 }, callId: "1" },
    ],
    [
      {
        role: "assistant",
        content: [{ citationsContent: { content: [{ text: "so it is" }], citations: [] } }],
      },
      { role: "assistant", text: "so it is" },
    ],
  ])("%j", (sent, message) => {
    expect(readMessages([sent], "user").map(describeMessage)).toEqual([message]);
  });
});

describe("whole answers and requests of Bedrock, Cohere and Ollama", () => {
  test.each([
    [
      { output: { message: { role: "assistant", content: [{ text: "hi" }] } }, stopReason: "end_turn" },
      ["stop"],
    ],
    [{ results: [{ outputText: "hi", completionReason: "FINISH" }] }, []],
    [{ generation: "hi", generation_token_count: 1, stop_reason: "stop" }, ["stop"]],
    [{ completion: "hi", stop_reason: "stop_sequence" }, ["stop"]],
    [{ response: "hi", done: true, done_reason: "stop" }, ["stop"]],
    [{ message: { role: "assistant", content: "hi" }, done_reason: "length" }, ["length"]],
  ])("%j", (answer, reasons) => {
    const read = readCompletionPayload(JSON.stringify(answer));
    expect(read.messages.map(describeMessage)).toEqual([{ role: "assistant", text: "hi" }]);
    expect(read.finishReasons).toEqual(reasons);
  });

  test("the content of one message is one message", () => {
    const blocks = [
      { type: "thinking", thinking: "Hm.", signature: "c2ln" },
      { type: "text", text: "hi" },
      { type: "tool_use", id: "c", name: "f", input: { a: 1 } },
    ];
    expect(readCompletionPayload(blocks).messages.map(describeMessage)).toEqual([
      {
        role: "assistant",
        reasoning: "Hm.",
        signature: "c2ln",
        text: "hi",
        toolCalls: [{ id: "c", name: "f", arguments: { a: 1 } }],
      },
    ]);
    const results = [{ type: "tool_result", tool_use_id: "c", content: "ok" }];
    expect(readPromptPayload(results).map(({ role }) => role)).toEqual(["tool"]);
  });

  test("an answer that is an object of the model's own making is none of them", () => {
    for (const own of [{ response: "hi" }, { completion: "hi" }, { generation: "hi" }])
      expect(readCompletionPayload(JSON.stringify(own)).messages).toEqual([]);
  });

  test.each([
    [{ inputText: "b" }, ["user: b"]],
    [{ message: "b", chat_history: [{ role: "CHATBOT", message: "a" }] }, ["assistant: a", "user: b"]],
  ])("%j", (request, said) => {
    const read = readPromptPayload(JSON.stringify(request)).map(describeMessage);
    expect(read.map(({ role, text }) => `${role}: ${text}`)).toEqual(said);
  });
});

describe("what the Vercel AI SDK keeps beside a part, and its pages' messages", () => {
  test.each([
    [
      { type: "reasoning", text: "hm", providerOptions: { anthropic: { signature: "s" } } },
      { type: "reasoning", text: "hm", signature: "s" },
    ],
    [
      {
        type: "reasoning",
        text: "hm",
        providerMetadata: { openai: { itemId: "r", reasoningEncryptedContent: "e" } },
      },
      { type: "reasoning", text: "hm", encrypted: "e" },
    ],
    [
      {
        type: "tool-call",
        toolCallId: "c",
        toolName: "f",
        input: {},
        providerOptions: { google: { thoughtSignature: "s" } },
      },
      { type: "tool_call", id: "c", name: "f", arguments: {}, signature: "s" },
    ],
  ])("%j", (part, read) => expect(readParts([part])).toEqual([read]));

  test.each([
    [{ type: "tool-f", toolCallId: "c", state: "output-available", input: { a: 1 }, output: { b: 2 } }],
    [
      {
        type: "tool-invocation",
        toolInvocation: { state: "result", toolCallId: "c", toolName: "f", args: { a: 1 }, result: { b: 2 } },
      },
    ],
    [
      {
        type: "dynamic-tool",
        toolName: "f",
        toolCallId: "c",
        state: "output-available",
        input: { a: 1 },
        output: { type: "json", value: { b: 2 } },
      },
    ],
  ])("a call with its answer: %j", (part) => {
    const parts = [{ type: "step-start" }, part, { type: "text", text: "done" }];
    expect(readMessages([{ role: "assistant", parts }], "user").map(describeMessage)).toEqual([
      { role: "assistant", toolCalls: [{ id: "c", name: "f", arguments: { a: 1 } }] },
      { role: "tool", result: { b: 2 }, callId: "c", name: "f" },
      { role: "assistant", text: "done" },
    ]);
  });

  test("a call that waits for its answer, one that failed, and no call at all", () => {
    const waiting = { type: "tool-f", toolCallId: "c", state: "input-available", input: {} };
    expect(readParts([waiting])).toEqual([{ type: "tool_call", id: "c", name: "f", arguments: {} }]);
    const failed = { ...waiting, state: "output-error", errorText: "no" };
    expect(readParts([failed]).at(-1)).toEqual({
      type: "tool_result",
      callId: "c",
      name: "f",
      result: "no",
      isError: true,
    });
    const other = { type: "tool-approval-request", approvalId: "a" };
    expect(readParts([other])).toEqual([{ type: "raw", value: other }]);
  });
});

describe("parts that GenAI has no type for", () => {
  const text = (part: object) => readParts([{ type: "text", content: JSON.stringify(part) }]);
  test.each([
    [
      { signature: "s", thinking: "Hm.", type: "thinking" },
      { type: "reasoning", text: "Hm.", signature: "s" },
    ],
    [
      { reasoningContent: { reasoningText: { text: "Hm.", signature: "s" } } },
      { type: "reasoning", text: "Hm.", signature: "s" },
    ],
    [
      { id: "t", input: { a: 1 }, name: "f", type: "tool_use" },
      { type: "tool_call", id: "t", name: "f", arguments: { a: 1 } },
    ],
    [{ guardContent: { text: { text: "hi" } } }, { type: "text", text: "hi" }],
  ])("written out as JSON in a text: %j", (sent, read) => {
    expect(text(sent)).toEqual([read]);
  });

  test.each([{ type: "text", text: "hi" }, { id: "t", type: "person" }, { data: "x" }])(
    "an answer that is JSON itself stays text: %j",
    (sent) => {
      expect(text(sent)).toEqual([{ type: "text", text: JSON.stringify(sent) }]);
    },
  );

  test("a call that is written out beside itself is one", () => {
    const call = { id: "t", name: "f", type: "tool_use", input: { a: 1 } };
    const parts = [
      { type: "text", content: JSON.stringify(call) },
      { type: "tool_call", id: "t", name: "f", arguments: { a: 1 } },
    ];
    const [message] = readMessages([{ role: "assistant", parts }], "assistant");
    expect(message?.parts).toEqual([{ type: "tool_call", id: "t", name: "f", arguments: { a: 1 } }]);
  });

  test("bytes that were left out are a file of that kind", () => {
    expect(readParts([{ type: "blob", modality: "image", mime_type: "image/png", content: "" }])).toEqual([
      { type: "file", mimeType: "image/png" },
    ]);
    expect(readParts([{ type: "blob", mime_type: "image/png", data: "<not serializable>" }])).toEqual([
      { type: "file", mimeType: "image/png" },
    ]);
  });

  test("what is referred to by its id is not the user's", () => {
    const reference = { type: "item_reference", id: "rs_1" };
    expect(readMessages([reference], "user")).toEqual([
      { role: "assistant", parts: [{ type: "raw", value: reference }] },
    ]);
  });

  test("bytes that Python printed are the bytes", () => {
    expect(readParts([{ image: { format: "png", source: { bytes: "b'\\x89PNG'" } } }])).toEqual([
      { type: "image", url: "data:image/png;base64,iVBORw==", mimeType: "image/png" },
    ]);
  });

  test.each([
    ["audio/wav", "RIFF\u0000\u0001", "UklGRgAB"],
    ["application/pdf", "%PDF-1.7\n", "JVBERi0xLjcK"],
    ["image/svg+xml", "Zürich", "WsO8cmljaA=="],
    ["image/png", "iVBORw==", "iVBORw=="],
  ])("bytes of %s that could be read as text are bytes again", (mime_type, content, base64) => {
    const [part] = readParts([{ type: "blob", mime_type, content }]);
    expect(part).toMatchObject({ url: `data:${mime_type};base64,${base64}` });
  });

  test("a piece of an answer that came from nobody known came from the model", () => {
    expect(readMessages([{ role: "unknown", content: "hi" }], "assistant")[0]?.role).toBe("assistant");
    expect(readMessages([{ role: "unknown", content: "hi" }], "user")[0]?.role).toBe("unknown");
  });
});

describe("answers of the Vercel AI SDK, and what is built upon it", () => {
  const call = { toolCallId: "c", toolName: "f", input: { a: 1 } };
  const toolCalls = [{ id: "c", name: "f", arguments: { a: 1 } }];
  test.each([
    [[call], [{ role: "assistant", toolCalls }]],
    [{ toolName: "f", toolCallId: "c", toolInput: { a: 1 } }, [{ role: "assistant", toolCalls }]],
    [{ text: "", toolCalls: [call], finishReason: "tool-calls" }, [{ role: "assistant", toolCalls }]],
    [
      { text: "Hi.", reasoning: [{ type: "reasoning", text: "Hm." }], toolCalls: [] },
      [{ role: "assistant", text: "Hi.", reasoning: "Hm." }],
    ],
    [{ text: "", toolCalls: [] }, []],
    [{ toolCalls: [] }, []],
  ])("%j", (sent, messages) =>
    expect(readCompletionPayload(sent).messages.map(describeMessage)).toEqual(messages),
  );
});
