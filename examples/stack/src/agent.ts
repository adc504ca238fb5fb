import { agentSpan, recordAgentOutput, withPrompt } from "@nightowl/sdk";
import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import type { Llm, Turn } from "./llm.ts";
import { DEFAULT_PROMPT_VERSION, renderTemplate, SYSTEM_PROMPT, type PromptVersion } from "./prompts.ts";
import type { ToolRegistry } from "./tools.ts";

/**
 * Why a run ended: the model answered; it wanted more tools than it was allowed rounds; its answer was cut at the
 * token limit; the endpoint withheld it.
 */
export type StopReason = "answer" | "max_iterations" | "length" | "content_filter";

export interface AgentRun {
  answer: string;
  stopReason: StopReason;
  /** Calls of the model. */
  iterations: number;
  /** Ids of the passages that the answer cites, each of which a tool returned. */
  citations: string[];
  usage: { inputTokens: number; outputTokens: number };
}

/** What happens during a run, as it happens. `text` is a piece of what the model says, mostly of its answer. */
export type AgentEvent = { type: "text"; text: string } | { type: "tool"; name: string; arguments: string };

export interface AgentOptions {
  llm: Llm;
  tools: ToolRegistry;
  question: string;
  /** Questions and answers before this one, the oldest first. */
  history?: readonly ChatCompletionMessageParam[];
  promptVersion?: PromptVersion;
  maxIterations?: number;
  /** With it, the model is asked to stream. */
  onEvent?: (event: AgentEvent) => void;
  signal?: AbortSignal;
}

/**
 * Asks the model, runs the tools that it calls, shows it the results, and asks again, until it answers.
 * Throws when the model cannot be reached, when a tool fails, and when `signal` aborts.
 */
export function runAgent(options: AgentOptions): Promise<AgentRun> {
  return agentSpan(
    options.question,
    async (span) => {
      try {
        const run = await loop(options);
        const { answer: output, stopReason, iterations } = run;
        recordAgentOutput(span, { output, stopReason, iterations });
        return run;
      } catch (error) {
        recordAgentOutput(span, { stopReason: options.signal?.aborted ? "aborted" : "error" });
        throw error;
      }
    },
    { agentName: SYSTEM_PROMPT.name },
  );
}

async function loop({
  llm,
  tools,
  question,
  history = [],
  promptVersion = DEFAULT_PROMPT_VERSION,
  maxIterations = 6,
  onEvent,
  signal,
}: AgentOptions): Promise<AgentRun> {
  const template = SYSTEM_PROMPT.versions[promptVersion];
  const variables = { product: "Nightowl", maxSentences: "three" };
  const prompt = { name: SYSTEM_PROMPT.name, template, version: promptVersion, variables };
  const messages: ChatCompletionMessageParam[] = [
    { role: "system", content: renderTemplate(template, variables) },
    ...history,
    { role: "user", content: question },
  ];
  const usage = { inputTokens: 0, outputTokens: 0 };
  const results: string[] = [];

  for (let iterations = 1; ; iterations++) {
    const turn = await withPrompt(prompt, () =>
      llm.chat({
        messages,
        tools: tools.definitions,
        ...(onEvent ? { onText: (text: string) => onEvent({ type: "text", text }) } : {}),
        ...(signal ? { signal } : {}),
      }),
    );
    usage.inputTokens += turn.usage?.prompt_tokens ?? 0;
    usage.outputTokens += turn.usage?.completion_tokens ?? 0;
    const finish = (answer: string, stopReason: StopReason): AgentRun => ({
      answer,
      stopReason,
      iterations,
      citations: findCitations(answer, results),
      usage,
    });

    if (turn.toolCalls.length === 0) return finish(turn.text, toStopReason(turn));
    if (iterations === maxIterations)
      return finish(`I stopped after ${iterations} steps without an answer.`, "max_iterations");
    messages.push(toAssistantMessage(turn));
    for (const call of turn.toolCalls) {
      onEvent?.({ type: "tool", name: call.name, arguments: call.arguments });
      const content = await tools.call(call);
      results.push(content);
      messages.push({ role: "tool", tool_call_id: call.id, content });
    }
  }
}

function toStopReason({ finishReason }: Turn): StopReason {
  return finishReason === "length" || finishReason === "content_filter" ? finishReason : "answer";
}

function toAssistantMessage({ text, toolCalls }: Turn): ChatCompletionMessageParam {
  return {
    role: "assistant",
    content: text || null,
    tool_calls: toolCalls.map((call) => ({
      id: call.id,
      type: "function",
      function: { name: call.name, arguments: call.arguments },
    })),
  };
}

/** What stands in square brackets in the answer and is an id that a tool returned. */
function findCitations(answer: string, results: readonly string[]): string[] {
  const cited = [...answer.matchAll(/\[([^\][\s]+#[^\][\s]+)\]/g)].map(([, id]) => id as string);
  return [...new Set(cited)].filter((id) => results.some((result) => result.includes(JSON.stringify(id))));
}
