import { expect, test } from "vitest";
import { describeSpan } from "../normalise/expectations.fixture.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

test.each([
  [
    "Tool Usage",
    { crewai_version: "1.15.30", tool_name: "get_weather", attempts: 1, llm: "gpt-4o-mini" },
    "TOOL",
  ],
  ["Crew Execution", { crewai_version: "1.15.30", crew_inputs: '{"city":"Paris"}' }, "CHAIN"],
  ["Task Execution", { crewai_version: "1.15.30", formatted_description: "Weather in Paris?" }, "CHAIN"],
  ["Flow Creation", { crewai_version: "1.15.30", flow_name: "f" }, "CHAIN"],
  ["Deploy Signup Error", { crewai_version: "1.15.30" }, "UNKNOWN"],
])("its own telemetry: %s", (name, attributes, kind) => {
  expect(readSpan(attributes, { name }).kind).toBe(kind);
});

test("a crew, its task and its agent under OpenLLMetry", () => {
  const invoke = { "gen_ai.operation.name": "invoke_agent", "gen_ai.provider.name": "crewai" };
  const crew = describeSpan(
    readSpan(
      {
        ...invoke,
        "crewai.crew.name": "weather-crew",
        "crewai.crew.result": "14 °C",
        "crewai.crew.token_usage":
          "total_tokens=2618 prompt_tokens=2519 cached_prompt_tokens=2048 completion_tokens=99 successful_requests=2",
      },
      { name: "crewai.workflow" },
    ),
  );
  expect(crew).toMatchObject({
    kind: "CHAIN",
    usage: { inputTokens: 2519, outputTokens: 99, totalTokens: 2618, cacheReadTokens: 2048 },
    outputPreview: "14 °C",
  });
  const task = readSpan({
    ...invoke,
    "crewai.task.description": "Weather in Paris?",
    "crewai.task.agent": "bot",
  });
  expect(task).toMatchObject({ kind: "CHAIN", agentName: "bot" });
  const agent = describeSpan(
    readSpan({
      ...invoke,
      "crewai.agent.role": "Weather bot",
      "crewai.agent.tools": '[{"name":"get_weather"}]',
      "crewai.agent.llm": "gpt-4o-mini",
    }),
  );
  expect(agent).toMatchObject({
    kind: "AGENT",
    agentName: "Weather bot",
    tools: ["get_weather"],
    requestModel: "gpt-4o-mini",
  });
});

test("what a tool does, without its name and arguments once more", () => {
  const description = 'Tool Name: f\nTool Arguments: {"a": 1}\nTool Description: Adds.\nTwice.';
  const attributes = { "openinference.span.kind": "TOOL", "tool.name": "f", "tool.agent_role": "bot" };
  const name = "openinference.instrumentation.crewai";
  const scope = { name, version: "", attributes: {}, droppedAttributesCount: 0, schemaUrl: "" };
  const span = readSpan({ ...attributes, "tool.description": description }, { name: "f.run", scope });
  expect(span).toMatchObject({ agentName: "bot", tool: { name: "f", description: "Adds.\nTwice." } });
  const own = readSpan({ ...attributes, "tool.description": "Adds." }, { name: "f.run", scope });
  expect(own.tool).toMatchObject({ description: "Adds." });
});
