import { expect, test } from "vitest";
import { readSpan } from "./wire-span.fixture.ts";

const said = (role: string, content: string) => ({ role, parts: [{ type: "text", content }] });

test("texts that were embedded are no conversation", () => {
  const embed = { "gen_ai.operation.name": "embeddings" };
  const span = readSpan({ ...embed, "gen_ai.input.messages": JSON.stringify([said("user", "Paris")]) });
  expect(span.embeddings).toEqual([{ text: "Paris" }]);
  expect(span.inputMessages).toEqual([]);
  const image = { type: "blob", mime_type: "image/png", content: "AA==" };
  const seen = JSON.stringify([{ role: "user", parts: [image] }]);
  expect(readSpan({ ...embed, "gen_ai.input.messages": seen }).inputMessages).toHaveLength(1);
});

test("documents that were ranked are no conversation", () => {
  const span = readSpan({
    "llm.request.type": "rerank",
    "gen_ai.prompt.0.role": "system",
    "gen_ai.prompt.0.content": "It rains.",
    "gen_ai.prompt.1.role": "user",
    "gen_ai.prompt.1.content": "Rain?",
    "gen_ai.completion.0.content": "Doc 0, Score: 0.9",
  });
  expect(span).toMatchObject({ kind: "RERANKER", query: "Rain?", inputMessages: [], outputMessages: [] });
  expect(span.documents).toMatchObject([{ text: "It rains.", score: 0.9 }]);
});

test("an empty instruction is none; an empty turn was not captured", () => {
  const messages = [
    { role: "system", parts: [] },
    { role: "user", parts: [] },
  ];
  const attributes = { "gen_ai.operation.name": "chat", "gen_ai.input.messages": JSON.stringify(messages) };
  expect(readSpan(attributes).inputMessages).toEqual([{ role: "user", parts: [] }]);
});
