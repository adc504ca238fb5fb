import type { Attributes } from "@nightowl/model/span/attributes";
import { expect, test } from "vitest";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readSpan, wireSpan } from "../normalise/wire-span.fixture.ts";

const scope = { ...wireSpan({}).scope, name: "guardrails-ai" };
const read = (attributes: Attributes) =>
  readSpan({ "openinference.span.kind": "GUARDRAIL", ...attributes }, { scope });

test("a guard prints the messages that it was asked with among its inputs", () => {
  const guard = read({
    type: "guardrails/guard",
    "input.value": `
        {}
        {'role': 'system', 'content': Instructions(Be terse.)}
        {'role': 'user', 'content': Prompt(Is it raining (in {'Bern'})?)}
        `,
  });
  expect(guard.inputMessages.map(describeMessage)).toEqual([
    { role: "system", text: "Be terse." },
    { role: "user", text: "Is it raining (in {'Bern'})?" },
  ]);
  expect(guard.input?.value).toBe("Is it raining (in {'Bern'})?");
  expect(read({ type: "guardrails/guard", "input.value": "Take it." })).toMatchObject({
    inputMessages: [],
    input: { value: "Take it." },
  });
});

test("a call has its messages among its parameters", () => {
  const call = read({
    type: "guardrails/guard/step/call",
    "input.value": '{"args": [], "kwargs": {}}',
    "llm.input_messages.0.message.role": "user",
    "llm.input_messages.0.message.content": "",
    "llm.invocation_parameters": "{'temperature': 0, 'messages': [{'role': 'user', 'content': 'Rain?'}]}",
  });
  expect(call.inputMessages.map(describeMessage)).toEqual([{ role: "user", text: "Rain?" }]);
  expect(call.input?.value).toBe("Rain?");
  expect(call.invocationParameters).toEqual({ temperature: 0 });
});
