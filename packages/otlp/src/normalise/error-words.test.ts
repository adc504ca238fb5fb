import { expect, test } from "vitest";
import { errorWords } from "./error-words.ts";

test.each([
  [
    "Error code: 429 - {'error': {'message': 'Too many', 'type': 'requests', 'param': None, 'code': 'rate_limit_exceeded'}}",
    "Error code: 429 - Too many (rate_limit_exceeded)",
  ],
  [
    '529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"r"}',
    "529 Overloaded (overloaded_error)",
  ],
  [
    "429 RESOURCE_EXHAUSTED. {'error': {'code': 429, 'message': 'Quota.', 'status': 'RESOURCE_EXHAUSTED'}}",
    "429 RESOURCE_EXHAUSTED. Quota.",
  ],
  ['HTTP 429 - {"error": {"message": "Too many }", "code": "busy"}}', "HTTP 429 - Too many } (busy)"],
  [
    "{'message': 'No such model.', 'code': 'no_model'} (status code: 404)",
    "No such model. (status code: 404)",
  ],
])("what a provider's body says stands in its place: %s", (message, words) => {
  expect(errorWords(message)).toBe(words);
});

test.each([
  [
    "headers: {'server': 'x', 'date': 'now'}, status_code: 404, body: {'message': 'Gone'}",
    "status_code: 404 - Gone",
  ],
  ['Busy\nStatus code: 429\nBody: {\n  "message": "Too many"\n}', "Busy\nStatus code: 429 - Too many"],
  [
    '(400)\nReason: Bad Request\nHTTP response headers: HTTPHeaderDict({\'a\': \'b\'})\nHTTP response body: {"code": 3, "message": "topK is too large"}\n',
    "(400)\nReason: Bad Request - topK is too large",
  ],
  ['Failed: Status 429. Body: {"message": "Too many"}', "Failed: Status 429. Too many"],
  ['Invalid answer: \'{"message": "Too many"}\' (code was 429)', "Invalid answer: Too many (code was 429)"],
  [
    'StatusCode: {"error":{"message":"Too many"}} (429 POST /v1)\n\nWait.\n\nResponse Body: {\n  "error": {\n    "message": "Too many"\n  }\n}',
    "StatusCode: Too many (429 POST /v1)\n\nWait.",
  ],
])("what clients call the body, and what they print around it, goes: %s", (message, words) => {
  expect(errorWords(message)).toBe(words);
});

test("what failed, and beside it why, as OpenAI's Agents SDK has it", () => {
  const why = "Error code: 429 - {'error': {'message': 'Too many'}}";
  expect(errorWords(`{'message': 'Error in agent run', 'data': {'error': "${why}"}}`)).toBe(
    "Error in agent run: Error code: 429 - Too many",
  );
  const tool = "{'message': 'Guardrail tripwire triggered', 'data': {'guardrail': 'polite'}}";
  expect(errorWords(tool)).toBe("Guardrail tripwire triggered");
});

test("two texts of one exception are one after the other", () => {
  const why = "Error code: 400 - no such model";
  expect(errorWords(`("<class 'a.b.Chat'> failed", BadRequestError('${why}'))`)).toBe(`Chat failed: ${why}`);
  expect(errorWords(`("<class 'a.Chat'> failed: ${why}", BadRequestError('${why}'))`)).toBe(
    `Chat failed: ${why}`,
  );
});

test.each([
  "Tool `f` failed with {'city': 'Paris'}.",
  "Expected {message} here",
  "cut {'error': {'message': 'Too ma",
  "{'error': <Thing>}",
  "",
])("any other message stays as it is: %s", (message) => {
  expect(errorWords(message)).toBe(message);
});
