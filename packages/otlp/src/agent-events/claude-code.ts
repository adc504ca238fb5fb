import type { Teller, ToldEvent } from "./teller.ts";

const MEANINGS: Record<string, ToldEvent["means"]> = {
  user_prompt: "prompt",
  api_request: "call",
  api_error: "call",
  tool_result: "tool",
  assistant_response: "of_call",
  api_response_body: "of_call",
  tool_decision: "of_tool",
  api_request_body: "of_turn",
  system_prompt: "of_turn",
  tool: "of_turn",
};

/**
 * Claude Code's events, which are all that it sends by default. Versions before 2.1.70 or so number neither prompts nor
 * requests.
 *
 * @see https://code.claude.com/docs/en/monitoring-usage (events)
 */
export const claudeCodeEvents: Teller = {
  agent: "claude-code",
  spanNames: { turn: "claude_code.interaction", call: "claude_code.llm_request", tool: "claude_code.tool" },
  tell: (name, said, record) => {
    if (record.scope.name !== "com.anthropic.claude_code.events") return undefined;
    const bare = name.replace(/^claude_code\./, "");
    const means = Object.hasOwn(MEANINGS, bare) ? MEANINGS[bare] : undefined;
    const session = said.text("session.id");
    if (means === undefined || session === undefined) return undefined;
    const hasFailed = bare === "api_error" || (means === "tool" && said.text("success") === "false");
    return {
      session,
      turn: said.text("prompt.id"),
      means,
      id: means === "tool" || means === "of_tool" ? said.text("tool_use_id") : said.text("request_id"),
      durationMs: said.number("duration_ms"),
      error: hasFailed ? (said.text("error") ?? "") : undefined,
      isRefused: bare === "tool_decision" && said.text("decision") === "reject",
    };
  },
};
