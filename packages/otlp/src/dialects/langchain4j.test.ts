import { expect, test } from "vitest";
import { readSpan } from "../normalise/wire-span.fixture.ts";

test("an estimated cost counts in dollars only", () => {
  const cost = (estimate: string) =>
    readSpan({ "gen_ai.operation.name": "chat", "gen_ai.client.estimated_cost": estimate }).cost;
  expect(cost("0.00020535USD")).toEqual({ source: "reported", costUsd: 0.00020535 });
  expect(cost("0.0002EUR")).toBeUndefined();
});

test("providers in capitals, and no model where the word for it stands", () => {
  const span = readSpan({
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "AZURE_OPEN_AI",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.model": "unknown",
    input_tokens: "7",
    outcome: "SUCCESS",
  });
  expect(span).toMatchObject({ provider: "azure", requestModel: "gpt-4o", responseModel: undefined });
  expect(span.usage).toEqual({ inputTokens: 7 });
});
