import type { Attributes } from "@nightowl/model/span/attributes";
import { wireSpanFixture } from "@nightowl/model/span/span.fixture";
import { expect, test } from "vitest";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const SCOPE = { ...wireSpanFixture().scope, name: "@langtrase/typescript-sdk" };
const llm = { "langtrace.service.type": "llm", "langtrace.service.name": "Anthropic" };

const answers = (...texts: string[]) =>
  texts.map((content) => ({
    name: "gen_ai.content.completion",
    timeNs: "1",
    attributes: { "gen_ai.completion": JSON.stringify([{ role: "assistant", content }]) },
    droppedAttributesCount: 0,
  }));

test("a stream's text that is told again with every piece is one answer, and choices are several", () => {
  const said = (...texts: string[]) =>
    readSpan(llm, { scope: SCOPE, events: answers(...texts) }).outputMessages.map(describeMessage);
  expect(said("", "Grü", "Grüezi", "Grüezi")).toEqual([{ role: "assistant", text: "Grüezi" }]);
  expect(said("Ja", "Nein")).toEqual([
    { role: "assistant", text: "Ja" },
    { role: "assistant", text: "Nein" },
  ]);
});

test("whom a call goes to and who made it, as the JavaScript says it", () => {
  const read = (attributes: Attributes) => readSpan(attributes, { scope: SCOPE });
  expect(read({ ...llm, user_id: "anna", "session.id": "s" })).toMatchObject({
    kind: "LLM",
    provider: "anthropic",
    userId: "anna",
    sessionId: "s",
  });
  expect(read({ "langtrace.sdk.name": "@langtrase/typescript-sdk" }).kind).toBe("CHAIN");
  const found = { "langtrace.service.type": "vectordb", "langtrace.service.name": "Chroma" };
  expect(read(found).provider).toBeUndefined();
});
