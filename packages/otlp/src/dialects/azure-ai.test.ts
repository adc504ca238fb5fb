import { describe, expect, test } from "vitest";
import type { Attributes } from "@nightowl/model/span/attributes";
import type { WireSpan } from "@nightowl/model/span/span";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const azure: Partial<WireSpan> = {
  scope: {
    name: "azure.core.tracing.ext.opentelemetry_span",
    version: "",
    attributes: {},
    droppedAttributesCount: 0,
    schemaUrl: "",
  },
};

function event(name: string, content: unknown) {
  const attributes: Attributes = { "gen_ai.event.content": JSON.stringify(content) };
  return { name, timeNs: "1763700000050000000", attributes, droppedAttributesCount: 0 };
}

describe("Azure's AI SDKs", () => {
  const run = { "gen_ai.thread.id": "thread_1", "gen_ai.thread.run.id": "run_1" };
  const ended = { "gen_ai.thread.run.status": "completed", "gen_ai.usage.input_tokens": 5 };

  test.each([
    ["start_thread_run", { "gen_ai.thread.run.status": "queued" }, "CHAIN"],
    ["start_thread_run", ended, "LLM"],
    ["start_thread_run", { "gen_ai.thread.run.status": "failed" }, "LLM"],
    ["get_thread_run", { "gen_ai.thread.run.status": "in_progress" }, "CHAIN"],
    ["get_thread_run", { "gen_ai.thread.run.status": "failed" }, "CHAIN"],
    ["get_thread_run", ended, "LLM"],
    ["submit_tool_outputs", {}, "CHAIN"],
    ["responses", {}, "LLM"],
  ])("%s with %j is of kind %s", (operation, attributes, kind) => {
    const span = readSpan(
      {
        "gen_ai.operation.name": operation,
        "gen_ai.system": "az.ai.agents",
        "gen_ai.response.model": "gpt-4o-mini",
        ...run,
        ...attributes,
      },
      azure,
    );
    expect(span).toMatchObject({ kind, provider: "azure", sessionId: "thread_1", responseId: "run_1" });
  });

  test("ids of a thread and its run that were exchanged", () => {
    const span = readSpan(
      {
        "gen_ai.operation.name": "list_run_steps",
        "gen_ai.thread.id": "run_1",
        "gen_ai.thread.run.id": "thread_1",
      },
      azure,
    );
    expect(span).toMatchObject({ sessionId: "thread_1", responseId: "run_1" });
  });

  test("the steps of a run tell the tools that it called", () => {
    const calls = [
      { id: "1", type: "function", function: { name: "f", arguments: { a: 1 } } },
      { id: "2", type: "code_interpreter", code_interpreter: { input: "print(1)", outputs: [] } },
    ];
    const span = readSpan(
      { "gen_ai.operation.name": "list_run_steps" },
      { ...azure, events: [event("gen_ai.run_step.tool_calls", { tool_calls: calls })] },
    );
    expect(span.outputMessages.map(describeMessage)).toEqual([
      {
        role: "assistant",
        toolCalls: [
          { id: "1", name: "f", arguments: { a: 1 } },
          { id: "2", name: "code_interpreter", arguments: { input: "print(1)", outputs: [] } },
        ],
      },
    ]);
  });

  test("messages in events of the attributes' names", () => {
    const events = [
      event("gen_ai.input.messages", [{ role: "user", parts: [{ type: "text", content: "Hi" }] }]),
      event("gen_ai.output.messages", [
        {
          role: "assistant",
          parts: [
            { type: "tool_call", content: { type: "function_call", id: "1", function: { name: "f" } } },
          ],
        },
      ]),
    ];
    const span = readSpan({ "gen_ai.operation.name": "chat" }, { ...azure, events });
    expect(span.inputMessages.map(describeMessage)).toEqual([{ role: "user", text: "Hi" }]);
    expect(span.outputMessages.map(describeMessage)).toEqual([
      { role: "assistant", toolCalls: [{ id: "1", name: "f", arguments: {} }] },
    ]);
  });

  test("the tools of a request, and an effort to think", () => {
    const span = readSpan(
      {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.tools": '[{"type":"function","name":"f"}]',
        "gen_ai.request.reasoning.effort": "low",
      },
      azure,
    );
    expect(span.tools.map((tool) => tool.name)).toEqual(["f"]);
    expect(span.invocationParameters).toEqual({ reasoning_effort: "low" });
  });

  test("an answer of a tool in the beta's form", () => {
    const output = {
      type: "tool_call_output",
      tool_call_output: { type: "function", id: "1", output: { a: 1 } },
    };
    const span = readSpan(
      { "gen_ai.operation.name": "responses" },
      { ...azure, events: [event("gen_ai.tool.message", { content: [output] })] },
    );
    expect(span.inputMessages.map(describeMessage)).toEqual([
      { role: "tool", result: { a: 1 }, callId: "1" },
    ]);
  });
});
