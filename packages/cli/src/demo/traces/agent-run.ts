import { MAX_ITERATIONS } from "../content/answers.ts";
import { brokenChunk, indexBusy, unknownChunk, type Failure } from "../content/failures.ts";
import type { Passage } from "../content/passages.ts";
import type { ChatMessage, ToolCall } from "../openinference.ts";
import type { Turn } from "../plan/plan-week.ts";
import type { Random } from "../random.ts";
import type { SpanError } from "../trace-draft.ts";
import { createProvider } from "./provider.ts";
import { addRetrieval, addToolCall, systemMessage, type RequestDraft } from "./request-spans.ts";
import { retrieve, type Hit } from "./retrieve.ts";

/** How the agent's work on one request went. */
export interface AgentRun {
  /** Milliseconds after the trace's start. */
  endMs: number;
  iterations: number;
  stopReason: "answer" | "max_iterations" | "error";
  answer?: string;
  /** The model call that said the answer. */
  answerSpanId?: string;
  /** The last search that found something. */
  retrieval?: { spanId: string; query: string; found: readonly Hit[] };
  failure?: Failure;
}

const NOW_FORMAT = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "full",
  timeStyle: "long",
  timeZone: "UTC",
});

/**
 * Writes the agent's loop into the trace: it asks the model, runs the tools that the model calls, and asks again.
 * What the model does in each step was decided when the week was planned.
 */
export function runAgent(
  draft: RequestDraft,
  { parentSpanId, startMs, question }: { parentSpanId: string; startMs: number; question: string },
): AgentRun {
  const { turn, prompt, trace } = draft;
  const { random } = trace;
  const provider = createProvider(draft);
  const run: AgentRun = { endMs: startMs, iterations: 0, stopReason: "answer" };
  const messages: ChatMessage[] = [
    systemMessage(draft),
    ...turn.history,
    { role: "user", content: question, ...(turn.imageUrl ? { imageUrl: turn.imageUrl } : {}) },
  ];
  // Of the call before, the provider's cache has the whole prompt; of the turn before, all but its question.
  let seenMessages = Math.max(1, turn.history.length - 1);
  const nextPlace = (): { parentSpanId: string; startMs: number } => ({
    parentSpanId,
    startMs: run.endMs + 0.2 + random.next() * 1.2,
  });

  /** Asks the model, which says `output`. Returns the provider's error, if it is final. */
  function ask(output: ChatMessage): Failure | undefined {
    run.iterations++;
    const call = { input: [...messages], seenMessages, output };
    const { spanId, endMs, failure } = provider.answer(call, { ...nextPlace(), iteration: run.iterations });
    run.endMs = endMs;
    if (failure) return failure;
    if (!output.calls) run.answerSpanId = spanId;
    seenMessages = messages.length;
    messages.push(output);
    return undefined;
  }

  function searchCall(query: string): ToolCall {
    return newCall("search_docs", { query, limit: prompt.topK }, random);
  }

  function finishTool(call: ToolCall, endMs: number, content: string): void {
    run.endMs = endMs;
    messages.push({ role: "tool", content, toolCallId: call.id });
  }

  function search(
    query: string,
    { isFirst, misses }: { isFirst: boolean; misses: boolean },
  ): Failure | undefined {
    const { topic, mishap } = turn;
    const call = searchCall(query);
    const clock = isFirst && topic.needsNow ? newCall("now", { timeZone: "UTC" }, random) : undefined;
    const failure = ask(calls(turn, clock ? [clock, call] : [call]));
    if (failure) return failure;
    if (clock) {
      const result = NOW_FORMAT.format(turn.startMs + run.endMs);
      finishTool(clock, addToolCall(draft, nextPlace(), { call: clock, result }).endMs, result);
    }
    if (isFirst && mishap === "search_retried") {
      // The agent tries again by itself: the model hears of the second try alone.
      const error = indexBusy();
      const failed = addToolCall(draft, nextPlace(), {
        call,
        error,
        inside: (place) => addRetrieval(draft, place, { query, topK: prompt.topK, error }),
      });
      run.endMs = failed.endMs + 250;
    }
    const result = retrieve(query, { helpful: topic.passages, topK: prompt.topK, misses, random });
    const found = result.found.map(resultOf);
    const written = addToolCall(draft, nextPlace(), {
      call,
      result: found,
      inside: (place) => {
        const retrieval = addRetrieval(draft, place, { query, topK: prompt.topK, result });
        run.retrieval = { spanId: retrieval.spanId, query, found: result.found };
        return retrieval;
      },
    });
    finishTool(call, written.endMs, JSON.stringify(found));
    return undefined;
  }

  function fetchChunk(passage: Passage): Failure | undefined {
    const { mishap } = turn;
    const id = mishap === "unknown_chunk" ? `${passage.id}-${random.int(2, 4)}` : passage.id;
    const call = newCall("fetch_chunk", { id }, random);
    const failure = ask(calls(turn, [call]));
    if (failure) return failure;
    const broken = mishap === "tool_failed" ? brokenChunk() : undefined;
    const error: SpanError | undefined =
      broken ?? (mishap === "unknown_chunk" ? unknownChunk(id) : undefined);
    const result = error ? undefined : chunkOf(passage);
    const written = addToolCall(draft, nextPlace(), { call, ...(error ? { error } : { result }) });
    finishTool(call, written.endMs, error ? `Error: ${error.message}` : JSON.stringify(result));
    return broken;
  }

  /** Searches, and reads a passage in full where the model wants to. */
  function research(): Failure | undefined {
    const queries = queriesOf(turn);
    if (turn.mishap === "max_iterations") return giveUp(queries);
    for (const [index, query] of queries.entries()) {
      const misses = index < queries.length - 1 || turn.search === "misses";
      const failure = search(query, { isFirst: index === 0, misses });
      if (failure) return failure;
    }
    const isForced = turn.mishap === "tool_failed" || turn.mishap === "unknown_chunk";
    const best = run.retrieval?.found[0]?.passage;
    return best && (isForced || random.chance(0.25)) ? fetchChunk(best) : undefined;
  }

  /** Searches until it may not any more: what the model wants in the last step is not done. */
  function giveUp(queries: readonly string[]): Failure | undefined {
    for (const [index, query] of queries.entries()) {
      if (index === MAX_ITERATIONS - 1) return ask(calls(turn, [searchCall(query)]));
      const failure = search(query, { isFirst: index === 0, misses: true });
      if (failure) return failure;
    }
    return undefined;
  }

  const failed = turn.kind === "topic" ? research() : undefined;
  if (!failed && turn.mishap === "max_iterations") {
    return { ...run, stopReason: "max_iterations", answer: turn.answer.text };
  }
  const failure = failed ?? ask(answers(turn));
  return failure ? { ...run, stopReason: "error", failure } : { ...run, answer: turn.answer.text };
}

/** What the model searches for in each step: more than once where the first search was no good. */
function queriesOf({ topic: { query }, mishap, search, text }: Turn): string[] {
  const words = query.split(" ");
  if (mishap === "max_iterations") {
    return [
      query,
      text,
      `${query} example`,
      words.slice(0, 2).join(" "),
      `how to ${query}`,
      words.toReversed().join(" "),
    ].slice(0, MAX_ITERATIONS);
  }
  return search === "finds_later" ? [words.slice(-2).join(" "), query] : [query];
}

function calls(turn: Turn, toolCalls: readonly ToolCall[]): ChatMessage {
  const thought = `The user asks about this: ${turn.topic.query}. I look it up before I answer.`;
  return { role: "assistant", content: "", ...thinking(turn, thought), calls: toolCalls };
}

function answers(turn: Turn): ChatMessage {
  const thought =
    turn.kind === "topic"
      ? "I have the passages now. I go through them and answer with what they say."
      : "This follows from what was said before; no search is needed.";
  return { role: "assistant", content: turn.answer.text, ...thinking(turn, thought) };
}

function thinking({ person }: Turn, thought: string): Pick<ChatMessage, "reasoning"> {
  return person.model.reasoning === "shown" ? { reasoning: thought } : {};
}

function newCall(name: string, parameters: Record<string, unknown>, random: Random): ToolCall {
  return { id: `call_${random.hex(24)}`, name, arguments: JSON.stringify(parameters) };
}

/** A hit as `search_docs` gives it to the model. */
function resultOf({ passage: { id, heading, text }, rerankScore }: Hit): unknown {
  return { id, title: heading, score: Number(rerankScore.toFixed(2)), text };
}

/** A passage as `fetch_chunk` gives it to the model. */
function chunkOf({ id, heading, source, text }: Passage): unknown {
  return { id, title: heading, path: source, text };
}
