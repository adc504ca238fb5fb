import { expect, test } from "vitest";
import { wireSpanFixture } from "@nightowl/model/span/span.fixture";
import { previewOf } from "../normalise/preview.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const scope = { ...wireSpanFixture().scope, name: "openinference.instrumentation.llama_index" };
const block = (role: string, text: string) =>
  `ChatMessage(role=<MessageRole.${role.toUpperCase()}: '${role}'>, additional_kwargs={}, blocks=[TextBlock(block_type='text', text='${text}')])`;

const step = (name: string, given: object, output: string) =>
  previewOf(
    readSpan(
      { "openinference.span.kind": "CHAIN", "input.value": JSON.stringify(given), "output.value": output },
      { scope, name },
    ),
  );

test.each([
  [`AgentInput(input=[${block("user", "Weather?")}], current_agent_name='Agent')`, "Weather?"],
  [`AgentSetup(input=[${block("system", "Be terse.")}, ${block("user", "Weather?")}])`, "Weather?"],
  [`AgentOutput(response=${block("assistant", "14 degrees.")})`, "14 degrees."],
  ["ToolCall(tool_name='f', tool_kwargs={})", "ToolCall(tool_name='f', tool_kwargs={})"],
])("an agent's step is given %s among machinery", (ev, said) => {
  const ctx = "<workflows.context.context.Context object at 0x7f15b7c7dd90>";
  expect(step("BaseWorkflowAgent.run_agent_step", { ctx, ev }, "").inputPreview).toBe(said);
});

test("an agent's step gives back what was said, in the event that it printed", () => {
  const asked = `AgentInput(input=[${block("user", "Weather?")}], current_agent_name='Agent')`;
  expect(step("BaseWorkflowAgent.init_run", {}, asked).outputPreview).toBe("Weather?");
  expect(step("BaseWorkflowAgent.parse_agent_output", {}, "StopEvent()").outputPreview).toBe("StopEvent()");
});

test("an agent is asked by the event that starts its workflow, not by the workflow's state", () => {
  const state = { config: { steps: {} } };
  const started = (start_event: string) => step("FunctionAgent.run", { init_state: state, start_event }, "");
  expect(started("AgentWorkflowStartEvent(user_msg='Weather?')").inputPreview).toBe("Weather?");
  expect(started("AgentWorkflowStartEvent()").inputPreview).toBe("AgentWorkflowStartEvent()");
});
