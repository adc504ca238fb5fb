import { expect, test } from "vitest";
import { readSpan } from "../normalise/wire-span.fixture.ts";

test.each(["user.id", "enduser.id", "enduser.pseudo.id"])("%s is the user", (name) => {
  expect(readSpan({ [name]: "ada" }).userId).toBe("ada");
});

test("a thread is a session where nothing else is", () => {
  expect(readSpan({ thread_id: "t" }).sessionId).toBe("t");
  expect(readSpan({ thread_id: "t", "langfuse.session.id": "s" }).sessionId).toBe("s");
  expect(readSpan({ thread_id: "140234" }).sessionId).toBeUndefined();
});

test("the status of an answer names an error that nothing else does", () => {
  const failed = { statusCode: "ERROR" } as const;
  expect(readSpan({ "http.response.status_code": 429 }, failed).error).toEqual({ type: "429" });
  const typed = { "http.response.status_code": 429, "error.type": "RateLimitError" };
  expect(readSpan(typed, failed).error).toEqual({ type: "RateLimitError" });
  expect(readSpan({ "http.response.status_code": 200 }, failed).error).toBeUndefined();
  expect(readSpan({ "http.response.status_code": 404 }).error).toBeUndefined();
});
