import { describe, expect, test } from "vitest";
import type { WireSpan } from "@nightowl/model/span/span";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const instrumentation: Partial<WireSpan> = {
  scope: {
    name: "opentelemetry.instrumentation.openai_agents",
    version: "0.1.0",
    attributes: {},
    droppedAttributesCount: 0,
    schemaUrl: "",
  },
};

const server = { "server.address": "api.openai.com" };

describe("OpenTelemetry's instrumentation of OpenAI's Agents SDK", () => {
  test.each([
    ["unknown", "CHAIN"],
    ["agent_handoff", "CHAIN"],
    ["guardrail_check", "GUARDRAIL"],
    ["invoke_agent", "AGENT"],
    ["chat", "LLM"],
  ])("%s is of kind %s", (operation, kind) => {
    const attributes = {
      ...server,
      "gen_ai.operation.name": operation,
      "gen_ai.agent.name": "OpenAI Agent",
      "gen_ai.agent.id": "agent",
    };
    const span = readSpan(attributes, instrumentation);
    expect(span.kind).toBe(kind);
    // Made up where the instrumentation knows no name.
    expect(span.agentName).toBeUndefined();
  });

  test("a handoff goes from one agent to another", () => {
    const span = readSpan(
      {
        ...server,
        "gen_ai.operation.name": "agent_handoff",
        "gen_ai.handoff.from_agent": "Triage",
        "gen_ai.handoff.to_agent": "Weather",
      },
      instrumentation,
    );
    expect(span.displayName).toBe("Triage → Weather");
  });

  const answer = (...texts: string[]) =>
    readSpan(
      {
        ...server,
        "gen_ai.operation.name": "chat",
        "gen_ai.output.messages": JSON.stringify([
          { role: "assistant", parts: texts.map((content) => ({ type: "text", content })) },
        ]),
      },
      instrumentation,
    ).outputMessages.map(describeMessage);

  test("an answer as Python printed its objects", () => {
    const thought =
      "ResponseReasoningItem(id='rs_1', summary=[Summary(text='Hm', type='summary_text')], type='reasoning')";
    const call = `ResponseFunctionToolCall(arguments='{"a": 1}', call_id='c', name='f', type='function_call', id='fc_1')`;
    expect(answer(thought, call)).toEqual([
      { role: "assistant", reasoning: "Hm", toolCalls: [{ id: "c", name: "f", arguments: { a: 1 } }] },
    ]);
  });

  test("an answer as a dict of the whole response", () => {
    const response = `{'id': 'x', 'output': [{'content': [{'text': 'Hi', 'type': 'output_text'}], 'role': 'assistant', 'type': 'message'}]}`;
    expect(answer(response)).toEqual([{ role: "assistant", text: "Hi" }]);
  });

  test("what only looks like it stays as it was said", () => {
    expect(answer("f(x) is a function")).toEqual([{ role: "assistant", text: "f(x) is a function" }]);
    expect(answer("print('hi')")).toEqual([{ role: "assistant", text: "print('hi')" }]);
  });

  test("a guardrail says whether it fired", () => {
    const checked = (isTriggered: boolean) =>
      readSpan(
        {
          "gen_ai.operation.name": "guardrail_check",
          "gen_ai.guardrail.triggered": isTriggered,
          "server.address": "api.openai.com",
        },
        instrumentation,
      ).output?.value;
    expect([checked(true), checked(false)]).toEqual(["triggered", "passed"]);
  });

  test.each([
    ["Error in agent run: {'error': 'Error code: 400'}", "Error in agent run: Error code: 400"],
    [
      "Error running tool (non-fatal): {'tool_name': 'f', 'error': 'no city'}",
      "Error running tool (non-fatal): no city",
    ],
    ["Error in agent run: {'cause': 1}", "Error in agent run: {'cause': 1}"],
  ])("an error and its cause: %s", (statusMessage, message) => {
    const failed = { ...instrumentation, statusCode: "ERROR" as const, statusMessage };
    expect(readSpan(server, failed).error).toEqual({ message });
  });
});
