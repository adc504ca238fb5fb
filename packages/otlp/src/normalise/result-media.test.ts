import { expect, test } from "vitest";
import { readMessages } from "./read-messages.ts";
import { readParts } from "./read-parts.ts";

const url = "data:image/png;base64,AA==";
const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "AA==" } };
const shown = { type: "image", url, mimeType: "image/png" };

test("a picture in a tool's answer is a picture behind its words", () => {
  const answers = [
    { type: "tool_result", tool_use_id: "a", content: [{ type: "text", text: "See." }, image] },
    { type: "tool_result", tool_use_id: "b", content: [image] },
  ];
  expect(
    readMessages([{ role: "user", content: [...answers, { type: "text", text: "So?" }] }], "user"),
  ).toEqual([
    { role: "tool", toolCallId: "a", parts: [{ type: "tool_result", callId: "a", result: "See." }, shown] },
    { role: "tool", toolCallId: "b", parts: [{ type: "tool_result", callId: "b", result: "" }, shown] },
    { role: "user", parts: [{ type: "text", text: "So?" }] },
  ]);
});

test("a picture that is a tool's whole answer", () => {
  const result = { kind: "binary", data: "-_8=", media_type: "image/png", identifier: "a" };
  expect(readParts({ type: "tool_call_response", id: "a", result })).toEqual([
    { type: "tool_result", callId: "a", result: "" },
    { type: "image", url: "data:image/png;base64,+/8=", mimeType: "image/png" },
  ]);
});

test("of several answers in one message each keeps its own", () => {
  const value = [{ type: "image-data", data: "AA==", mediaType: "image/png" }];
  const answer = (toolCallId: string, output: unknown) => ({ type: "tool-result", toolCallId, output });
  const content = [answer("a", { type: "text", value: "x" }), answer("b", { type: "content", value })];
  expect(readMessages([{ role: "tool", content }], "tool").map(({ parts }) => parts.length)).toEqual([1, 2]);
});

test.each([
  [[{ type: "file", name: "a.txt" }]],
  [[{ type: "text", text: "x" }, { type: "other" }]],
  [[{ title: "a" }, { title: "b" }]],
  [[]],
])("any other list is the answer: %j", (result) => {
  expect(readParts({ type: "tool_result", result })).toEqual([{ type: "tool_result", result }]);
});

test("a picture that was taken out, or lost on the way", () => {
  expect(readParts([{ type: "image", image: { url: "__REDACTED__" } }])).toEqual([
    { type: "raw", value: "__REDACTED__" },
  ]);
  const lost = [{ type: "file", mimeType: "image/*" }];
  expect(readParts([{ type: "image", image: {} }])).toEqual(lost);
  expect(readParts([{ type: "uri", modality: "image", uri: "" }])).toEqual(lost);
});
