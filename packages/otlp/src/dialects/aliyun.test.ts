import { expect, test } from "vitest";
import { readSpan } from "../normalise/wire-span.fixture.ts";

test.each([
  ["LLM", "LLM"],
  ["RETRIEVER", "RETRIEVER"],
  ["TASK", "CHAIN"],
  ["WORKFLOW", "CHAIN"],
])("%s is %s", (said, kind) => expect(readSpan({ "gen_ai.span.kind": said }).kind).toBe(kind));

test("a node of Dify's that calls a model", () => {
  const span = readSpan({
    "gen_ai.span.kind": "LLM",
    "gen_ai.framework": "dify",
    "gen_ai.provider.name": "langgenius/openai/openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.user.time_to_first_token": 31_500_000,
    "gen_ai.user.id": "u",
    "gen_ai.session.id": "s",
  });
  expect(span).toMatchObject({
    provider: "openai",
    requestModel: "gpt-4o",
    timeToFirstTokenMs: 31.5,
    userId: "u",
    sessionId: "s",
  });
});

test("what a retriever found", () => {
  const found = [{ document: { content: "a", id: "d", score: 0.9, metadata: { title: "t" } } }];
  const span = readSpan({
    "gen_ai.span.kind": "RETRIEVER",
    "retrieval.query": "what?",
    "retrieval.document": JSON.stringify(found),
  });
  expect(span.query).toBe("what?");
  expect(span.documents).toEqual([{ id: "d", text: "a", score: 0.9, rank: 1, metadata: { title: "t" } }]);
});
