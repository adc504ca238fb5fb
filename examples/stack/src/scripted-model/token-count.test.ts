import { expect, it } from "vitest";
import { createPromptCache, cutAtTokens, tokenise, tokenisePrompt } from "./token-count.ts";

it("counts as OpenAI does, and reads special tokens as text", () => {
  expect(tokenise("Nightowl keeps traces")).toHaveLength(4);
  expect(tokenise("<|endoftext|>").length).toBeGreaterThan(1);
  // Three for each message, its role and its text, and three for the answer.
  expect(tokenisePrompt([{ role: "user", text: "Hello" }], [])).toHaveLength(3 + 1 + 1 + 3);
});

it("counts tools, calls and pictures", () => {
  const plain = tokenisePrompt([{ role: "user", text: "Hi" }], []).length;
  const tool = { name: "now", description: "The time", parameters: { type: "object" } };
  expect(tokenisePrompt([{ role: "user", text: "Hi" }], [tool]).length).toBeGreaterThan(plain + 5);
  expect(tokenisePrompt([{ role: "user", text: "Hi", imageCount: 1 }], [])).toHaveLength(plain + 85);
  const call = { id: "1", name: "now", arguments: '{"timeZone":"UTC"}' };
  expect(tokenisePrompt([{ role: "user", text: "Hi", toolCalls: [call] }], []).length).toBeGreaterThan(
    plain + 5,
  );
});

it("cuts a text after so many tokens", () => {
  expect(cutAtTokens("Nightowl keeps traces", 3)).toBe("Nightowl keeps");
  expect(cutAtTokens("Nightowl keeps traces", 4)).toBe("Nightowl keeps traces");
});

it("finds the beginning of a prompt again, from 1024 tokens on in steps of 128", () => {
  const prompt = (length: number, from = 0): number[] => Array.from({ length }, (_, index) => index + from);
  const cache = createPromptCache();
  expect(cache.countCached(prompt(1300))).toBe(0);
  expect(cache.countCached(prompt(1300))).toBe(1280);
  expect(cache.countCached([...prompt(1200), ...prompt(300, 5000)])).toBe(1152);
  expect(cache.countCached(prompt(1023))).toBe(0);
  expect(cache.countCached(prompt(1300, 1))).toBe(0);
});
