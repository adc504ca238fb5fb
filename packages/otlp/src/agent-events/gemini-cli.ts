import type { Teller, ToldEvent } from "./teller.ts";

const MEANINGS: Record<string, ToldEvent["means"]> = {
  user_prompt: "prompt",
  api_request: "request",
  api_response: "call",
  api_error: "call",
  tool_call: "tool",
  "gen_ai.client.inference.operation.details": "of_call",
};

/**
 * Gemini CLI's events. It has spans too, but the event of an answer that was streamed, which alone has the tokens,
 * names none of them.
 *
 * @see https://github.com/google-gemini/gemini-cli/blob/main/docs/cli/telemetry.md
 */
export const geminiCliEvents = tellerOf("gemini-cli", "gemini_cli.");

/**
 * Qwen Code came of Gemini CLI and tells the same, of any provider's models; it sends no spans.
 *
 * @see https://qwenlm.github.io/qwen-code-docs/en/developers/development/telemetry
 */
export const qwenCodeEvents = tellerOf("qwen-code", "qwen-code.");

function tellerOf(agent: string, prefix: string): Teller {
  return {
    agent,
    spanNames: { turn: "user_prompt", call: "llm_call", tool: "tool_call" },
    tell: (name, said, record) => {
      if (record.scope.name !== agent) return undefined;
      const bare = name.startsWith(prefix) ? name.slice(prefix.length) : name;
      const means = Object.hasOwn(MEANINGS, bare) ? MEANINGS[bare] : undefined;
      const session = said.text("session.id");
      if (means === undefined || session === undefined) return undefined;
      const hasFailed = bare === "api_error" || (means === "tool" && said.text("success") === "false");
      return {
        session,
        turn: said.text("prompt_id"),
        means,
        durationMs: said.number("duration_ms"),
        error: hasFailed ? (said.text("error.message") ?? said.text("error") ?? "") : undefined,
      };
    },
  };
}
