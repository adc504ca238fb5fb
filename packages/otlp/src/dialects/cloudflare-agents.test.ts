import { expect, test } from "vitest";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const OWN = { "cloudflare.agents.integration.name": "ai-sdk" };

test("a call: why it ended, its total, and what the application told it", () => {
  const span = readSpan({
    ...OWN,
    "cloudflare.agents.operation.name": "streamText",
    "gen_ai.operation.name": "chat",
    "gen_ai.usage.input_tokens": 3,
    "gen_ai.usage.output_tokens": 2,
    "cloudflare.agents.usage.total_tokens": 5,
    "cloudflare.agents.response.finish_reason": "tool-calls",
    "cloudflare.agents.metadata.sessionId": "s",
    "cloudflare.agents.runtime_context.tenant": "acme",
  });
  expect(span).toMatchObject({
    kind: "LLM",
    finishReasons: ["tool_calls"],
    usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
    sessionId: "s",
    metadata: { tenant: "acme" },
  });
});

test("waiting for somebody's approval is no run of the tool", () => {
  const approval = { "cloudflare.agents.operation.name": "tool.approval", "gen_ai.tool.name": "f" };
  const operation = { "gen_ai.operation.name": "execute_tool" };
  expect(readSpan({ ...OWN, ...approval, ...operation }).kind).toBe("CHAIN");
  expect(readSpan({ ...OWN, "gen_ai.tool.name": "f", ...operation }).kind).toBe("TOOL");
});
