import type { Attributes } from "@nightowl/model/span/attributes";
import { expect, test } from "vitest";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { normaliseSpan } from "../normalise/normalise.ts";
import { wireSpan } from "../normalise/wire-span.fixture.ts";

function environmentOf(attributes: Record<string, string>, resource: Record<string, string>): string {
  const span = wireSpan({ "gen_ai.operation.name": "chat", ...attributes });
  const scope = { ...span.scope, name: "openlit.instrumentation.openai" };
  const own = { ...span.resource, attributes: resource };
  return normaliseSpan({ ...span, scope, resource: own }, { project: "p" }).environment;
}

test("the environment is the resource's, else that under the older name", () => {
  const older = { "gen_ai.environment": "staging" };
  expect(environmentOf(older, {})).toBe("staging");
  expect(environmentOf(older, { "deployment.environment": "production" })).toBe("production");
});

function askedWith(...said: [string, string][]) {
  const span = wireSpan({ "gen_ai.operation.name": "chat" });
  const scope = { ...span.scope, name: "openlit.otel.tracing" };
  const events = said.map(([role, content]) => ({
    name: `gen_ai.${role}.message`,
    timeNs: "1",
    attributes: { role, content } as Attributes,
    droppedAttributesCount: 0,
  }));
  return normaliseSpan({ ...span, scope, events }, { project: "p" }).inputMessages.map(describeMessage);
}

test("blocks that were printed behind a message's words are its parts, and a tool's answer follows its call", () => {
  const result = "{'type': 'tool_result', 'tool_use_id': 't1', 'content': '8 °C'}";
  const thought = "{'signature': 'E==', 'thinking': 'One city,\\nso one call.', 'type': 'thinking'}";
  const call = "{'id': 't1', 'input': {'city': 'Bern'}, 'name': 'now', 'type': 'tool_use'}";
  expect(
    askedWith(
      ["user", `Warm in {'Bern'} now? ${result}`],
      ["assistant", `${thought}, {'citations': None, 'text': 'I look.', 'type': 'text'}, ${call}`],
    ),
  ).toEqual([
    { role: "user", text: "Warm in {'Bern'} now?" },
    {
      role: "assistant",
      text: "I look.",
      reasoning: "One city,\nso one call.",
      signature: "E==",
      toolCalls: [{ id: "t1", name: "now", arguments: { city: "Bern" } }],
    },
    { role: "tool", callId: "t1", result: "8 °C" },
  ]);
});

test("what looks like a block and is none is text", () => {
  const text = "Print {'a': 1} and {'type': 'x'} please";
  expect(askedWith(["user", text])).toEqual([{ role: "user", text }]);
});
