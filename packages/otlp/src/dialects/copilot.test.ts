import { expect, test } from "vitest";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

test("a call in VS Code: its session, its first token, and what the model thought before it answered", () => {
  const read = readSpan(
    {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "github",
      "gen_ai.request.model": "gpt-5",
      "gen_ai.conversation.id": "request",
      "copilot_chat.session_id": "session",
      "copilot_chat.chat_session_id": "chat",
      "copilot_chat.time_to_first_token": 120,
      "copilot_chat.reasoning_content": "They want hello.",
      "gen_ai.usage.input_tokens": 10,
      "gen_ai.usage.output_tokens": 5,
      "gen_ai.usage.reasoning_tokens": 3,
      "gen_ai.output.messages": '[{"role":"assistant","parts":[{"type":"text","content":"Hello."}]}]',
    },
    { name: "chat gpt-5", startTimeNs: "1000000000", endTimeNs: "2000000000" },
  );
  expect(read).toMatchObject({
    kind: "LLM",
    sessionId: "chat",
    timeToFirstTokenMs: 120,
    usage: { inputTokens: 10, outputTokens: 5, reasoningTokens: 3 },
  });
  expect(read.outputMessages.map(describeMessage)).toEqual([
    { role: "assistant", reasoning: "They want hello.", text: "Hello." },
  ]);
});

test("an agent's run in VS Code shows what its user wrote; a piece of an answer is a step", () => {
  const run = readSpan({
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.agent.name": "GitHub Copilot Chat",
    "copilot_chat.user_request": "fix it",
  });
  expect(run).toMatchObject({ kind: "AGENT", agentName: "GitHub Copilot Chat", input: { value: "fix it" } });
  expect(run.inputMessages.map(describeMessage)).toEqual([{ role: "user", text: "fix it" }]);
  const piece = readSpan({
    "gen_ai.operation.name": "content_event",
    "copilot_chat.markdown_content": "**Done**",
  });
  expect(piece).toMatchObject({ kind: "CHAIN", output: { value: "**Done**" } });
});
