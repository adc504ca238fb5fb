import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import type { Teller, ToldEvent } from "./teller.ts";

type Meaning = Omit<ToldEvent, "session">;

/**
 * Codex's events. A call's tokens come with the end of its stream, which says neither when it began nor which request
 * it answers: that of the request before.
 *
 * @see https://developers.openai.com/codex/config-advanced (observability and telemetry)
 */
export const codexEvents: Teller = {
  agent: "codex",
  spanNames: { turn: "codex.turn", call: "codex.model_call", tool: "codex.tool_call" },
  tell: (name, said) => {
    const session = name.startsWith("codex.") ? said.text("conversation.id") : undefined;
    if (session === undefined) return undefined;
    const meaning = meaningOf(name, said);
    return meaning === undefined ? undefined : { session, ...meaning };
  },
};

function meaningOf(name: string, said: AttributeReader): Meaning | undefined {
  const durationMs = said.number("duration_ms");
  const error = said.text("error.message");
  switch (name) {
    case "codex.user_prompt":
      return { means: "prompt" };
    case "codex.api_request":
    case "codex.websocket_request": {
      const status = said.number("http.response.status_code");
      const isRefused = error !== undefined || (status !== undefined && status >= 400);
      return {
        means: isRefused ? "call" : "request",
        durationMs,
        error: isRefused ? (error ?? "") : undefined,
      };
    }
    case "codex.sse_event":
    case "codex.websocket_event":
      if (error !== undefined) return { means: "call", error };
      return said.has("input_token_count") ? { means: "call" } : undefined;
    case "codex.turn_ttft":
      return { means: "of_call" };
    case "codex.tool_decision":
      return { means: "of_tool", id: said.text("call_id") };
    case "codex.tool_result": {
      const hasFailed = said.text("success") === "false";
      return {
        means: "tool",
        id: said.text("call_id"),
        durationMs,
        error: hasFailed ? (said.text("output") ?? "") : undefined,
      };
    }
    default:
      return undefined;
  }
}
