import { expect, test } from "vitest";
import { describeMessage } from "./expectations.fixture.ts";
import { readSpan } from "./wire-span.fixture.ts";

function said(input: unknown, output?: unknown) {
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  const span = readSpan({
    "openinference.span.kind": "AGENT",
    "input.value": text(input),
    ...(output === undefined ? {} : { "output.value": text(output) }),
  });
  return [span.inputMessages.map(describeMessage), span.outputMessages.map(describeMessage)];
}

const asked = [{ role: "user", text: "Rain?" }];
const answered = [{ role: "assistant", text: "Yes." }];

test("what an agent's function was called with and gave back are a question and an answer", () => {
  expect(said({ task: "Rain?", stream: false, images: null }, "Yes.")).toEqual([asked, answered]);
  expect(said({ user_prompt: "Rain?" }, { output: "Yes.", _state: {} })).toEqual([asked, answered]);
  expect(said({ task: "Rain?" })).toEqual([asked, []]);
});

test("data is neither", () => {
  const nothing = [[], []];
  expect(said({ task: { city: "Bern" } }, "Yes.")).toEqual(nothing);
  expect(said({ city: "Bern" }, "Yes.")).toEqual(nothing);
  expect(said({ task: "Rain?" }, { city: "Bern", degrees: 8 })).toEqual(nothing);
  expect(said({ task: '{"city":"Bern"}' }, "Yes.")).toEqual(nothing);
});
