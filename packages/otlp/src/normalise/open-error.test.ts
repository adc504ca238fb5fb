import { expect, test } from "vitest";
import { openError } from "./open-error.ts";

test("the type that stands before the message is no part of it", () => {
  expect(openError({ message: "TypeError: x is not a function" })).toEqual({
    type: "TypeError",
    message: "x is not a function",
  });
  expect(openError({ type: "openai.RateLimitError", message: "RateLimitError: 429" })).toEqual({
    type: "openai.RateLimitError",
    message: "429",
  });
  expect(openError({ type: "Error", message: "Error: 429" })).toEqual({ type: "Error", message: "429" });
  expect(openError({ message: "a.BusyError: BusyError: 429" })).toEqual({
    type: "a.BusyError",
    message: "429",
  });
});

test("a name in the message is better than one that every error has, and no better than any other", () => {
  expect(openError({ type: "Error", message: "RateLimitError: 429" })).toEqual({
    type: "RateLimitError",
    message: "429",
  });
  const own = { type: "ToolError", message: "TimeoutError: waited for 3 s" };
  expect(openError(own)).toEqual(own);
});

test("what is no name of an error stays in the message", () => {
  for (const message of ["Note: nothing found", "Error", "https://a.example/Error: gone", "Error: ", ""])
    expect(openError({ message })).toEqual({ message });
});

test("an exception as Python prints it is opened", () => {
  expect(openError({ type: "Exception", message: "RateLimitError('it\\'s \\u00fc', )" })).toEqual({
    type: "RateLimitError",
    message: "it's ü",
  });
  const several = { message: "ValueError('a', 'b')" };
  expect(openError(several)).toEqual(several);
});

test("a stack in the message is the stack, and names the type that was not sent", () => {
  const script = "429 busy\n\nBusyError: 429 busy\n    at call (a.js:1:1)\n    at b.js:2:2";
  expect(openError({ message: script })).toEqual({
    type: "BusyError",
    message: "429 busy",
    stacktrace: script,
  });
  const python =
    'busy\nTraceback (most recent call last):\n  File "a.py", line 1\nValueError: x\n\nhttp.BusyError: busy\n';
  expect(openError({ message: python })).toEqual({
    type: "http.BusyError",
    message: "busy",
    stacktrace: python,
  });
});

test.each([
  ["[\n {}\n]", "GraphInterrupt: [\n {}\n]", { type: "GraphInterrupt", message: "[\n {}\n]" }],
  ["", "ParentCommand", { type: "ParentCommand" }],
  ["a\n\nb", "Busy: a\n\nb", { type: "Busy", message: "a\n\nb" }],
  ["busy", "BusyError: idle", { type: "BusyError", message: "busy\n\nBusyError: idle" }],
])("what stands before the stack and again in its first lines is said once: %j", (said, head, error) => {
  const stacktrace = `${said}\n\n${head}\n    at call (a.js:1:1)`;
  expect(openError({ message: stacktrace })).toEqual({ ...error, stacktrace });
});

test("how LangGraph leaves a node is the type of what was thrown", () => {
  expect(openError({ message: 'GraphInterrupt: [{"value":"Send?"}]' })).toEqual({
    type: "GraphInterrupt",
    message: '[{"value":"Send?"}]',
  });
});

test("a traceback by itself says at its end what happened", () => {
  const message =
    'Traceback (most recent call last):\n  File "a.py", line 1, in b\nValueError: no such city\n';
  expect(openError({ message })).toEqual({
    type: "ValueError",
    message: "no such city",
    stacktrace: message,
  });
});

test("a type that was sent is not looked for in the stack", () => {
  const sent = { type: "Error", message: "busy", stacktrace: "BusyError: busy\n    at a.js:1:1" };
  expect(openError(sent)).toEqual(sent);
});

test.each([
  ['{"error":{"code":400,"message":"Invalid value.","status":"INVALID_ARGUMENT"}}', "Invalid value."],
  ['{"message":"Rate limit reached.","type":"requests"}', "Rate limit reached."],
  ["{'message': 'No such model.', 'param': None} (status code: 404)", "No such model. (status code: 404)"],
  ['{"city":"Paris"}', '{"city":"Paris"}'],
  ['{"error":"cut', '{"error":"cut'],
  ["{'error': <Thing>}", "{'error': <Thing>}"],
])("a provider's body is what it says: %s", (message, said) => {
  expect(openError({ type: "ApiError", message })).toEqual({ type: "ApiError", message: said });
});
