import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";

export interface Conversations {
  /** What was said in a session, the oldest first; empty for one that is not known. */
  list(sessionId: string): ChatCompletionMessageParam[];
  add(sessionId: string, turn: { question: string; answer: string }): void;
}

/** How much a model is reminded of, and how many sessions are remembered, those not used for longest forgotten first. */
const MAX_TURNS = 5;
const MAX_SESSIONS = 1000;

/** What was said in each session, in memory: a restart forgets it. */
export function createConversations(): Conversations {
  const sessions = new Map<string, ChatCompletionMessageParam[]>();
  return {
    list: (sessionId) => sessions.get(sessionId) ?? [],
    add(sessionId, { question, answer }) {
      const said: ChatCompletionMessageParam[] = [
        ...(sessions.get(sessionId) ?? []),
        { role: "user", content: question },
        { role: "assistant", content: answer },
      ];
      sessions.delete(sessionId);
      sessions.set(sessionId, said.slice(-2 * MAX_TURNS));
      const [oldest] = sessions.keys();
      if (sessions.size > MAX_SESSIONS && oldest !== undefined) sessions.delete(oldest);
    },
  };
}
