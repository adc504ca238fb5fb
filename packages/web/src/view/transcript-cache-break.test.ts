import type { Message } from "@nightowl/model/span/message";
import { expect, test } from "vitest";
import { findCacheBreak } from "./transcript-cache-break.ts";

const text = (role: string, value: string): Message => ({ role, parts: [{ type: "text", text: value }] });
const call = (...inputMessages: Message[]) => ({ tools: [], inputMessages });
const system = text("system", "Be brief. It is 10:41.");
const user = text("user", "Why?");

test("a prompt that goes on where the previous one ended breaks nothing", () => {
  expect(
    findCacheBreak(call(system, user, text("assistant", "Because.")), call(system, user)),
  ).toBeUndefined();
});

test("a clock in the system prompt breaks it there, and says what changed", () => {
  expect(findCacheBreak(call(text("system", "Be brief. It is 10:42."), user), call(system, user))).toEqual({
    at: "message",
    index: 0,
    role: "system",
    sharedChars: 20,
    before: "1.",
    after: "2.",
  });
});

test("a message that was left out breaks it where the next stands in its place", () => {
  expect(findCacheBreak(call(user), call(system, user))).toMatchObject({
    at: "message",
    index: 0,
    sharedChars: 0,
  });
  expect(findCacheBreak(call(system), call(system, user))).toEqual({ at: "missing", index: 1 });
});

const tool = { name: "search", raw: {} };

test("tools of which only one of the calls tells break nothing where the cache was read", () => {
  const current = { ...call(system), usage: { cacheReadTokens: 1024 } };
  expect(findCacheBreak(current, { ...call(system), tools: [tool] })).toBeUndefined();
});

test("other tools break all of it", () => {
  expect(findCacheBreak({ ...call(system), tools: [tool] }, call(system))).toEqual({
    at: "tools",
    before: 0,
    after: 1,
  });
});
