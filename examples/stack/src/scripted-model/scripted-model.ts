import { setTimeout as sleep } from "node:timers/promises";
import { chooseTools } from "./choose-tools.ts";
import { findFault, stripFault, throwFault, type Fault, type FaultSources } from "./faults.ts";
import { OpenAiError } from "./openai-error.ts";
import { priceChat, type Cost } from "./prices.ts";
import type { ScriptedReply, ScriptedRequest } from "./scripted-request.ts";
import { think } from "./think.ts";
import { createPromptCache, cutAtTokens, tokenise, tokenisePrompt } from "./token-count.ts";

export const SCRIPTED_MODEL = "scripted-1";

/** How long the model takes, in milliseconds. */
export interface Pace {
  firstTokenMs: number;
  perTokenMs: number;
}

export interface GenerateOptions {
  faultSources: Omit<FaultSources, "question">;
  /** Attempts of the client before this one. */
  attempt: number;
  maxTokens?: number | undefined;
  stop?: readonly string[];
}

/** A reply with what came of it. */
export interface Generation {
  reply: ScriptedReply;
  finishReason: "stop" | "length" | "tool_calls" | "content_filter";
  usage: { input: number; cachedInput: number; output: number };
  cost: Cost;
  fault: Fault | undefined;
  /** Waits as long as the model takes to begin, and then for each piece. */
  pace: Pace;
}

export interface ScriptedModel {
  /** Throws an `OpenAiError` where a fault asks for it. Waits for nothing; `play` does. */
  generate(request: ScriptedRequest, options: GenerateOptions): Generation;
}

const SLOW_FIRST_TOKEN_MS = 3000;
const LENGTH_FAULT_TOKENS = 16;
/** Longer than any client waits. */
const HANG_MS = 60 * 60 * 1000;

/** A model with its own prompt cache. */
export function createScriptedModel(pace: Pace): ScriptedModel {
  const cache = createPromptCache();
  return {
    generate(asked, { faultSources, attempt, maxTokens, stop = [] }) {
      const question = asked.messages.findLast(({ role }) => role === "user")?.text ?? "";
      const fault = findFault({ ...faultSources, question });
      throwFault(fault, attempt);
      const prompt = tokenisePrompt(asked.messages, asked.tools);
      const request = {
        ...asked,
        messages: asked.messages.map((message) => ({ ...message, text: stripFault(message.text) })),
      };
      const limit = fault === "length" ? LENGTH_FAULT_TOKENS : (maxTokens ?? Infinity);
      const { reply, finishReason } = limitReply(misbehave(think(request), request, fault), {
        limit,
        stop,
        fault,
      });
      const usage = {
        input: prompt.length,
        cachedInput: cache.countCached(prompt),
        output: countReply(reply),
      };
      return {
        reply,
        finishReason,
        usage,
        cost: priceChat(usage),
        fault,
        pace: fault === "slow" ? { ...pace, firstTokenMs: SLOW_FIRST_TOKEN_MS } : pace,
      };
    },
  };
}

/**
 * The pieces of a text as a stream brings them, a word each, with the waits between them; `hang`, `cut` and
 * `error-in-stream` where they are asked for. `signal` ends the waiting.
 */
export async function* play(
  text: string,
  { pace, fault }: Generation,
  signal: AbortSignal,
): AsyncGenerator<string> {
  await sleep(fault === "hang" ? HANG_MS : pace.firstTokenMs, undefined, { signal });
  const pieces = splitPieces(text);
  for (const [index, piece] of pieces.entries()) {
    if (index >= pieces.length / 2) breakOff(fault);
    if (index > 0) await sleep(pace.perTokenMs, undefined, { signal });
    yield piece;
  }
}

/** As long as `play` takes, for an answer that comes whole. */
export async function wait({ usage, pace, fault }: Generation, signal: AbortSignal): Promise<void> {
  const waitMs = fault === "hang" ? HANG_MS : pace.firstTokenMs + usage.output * pace.perTokenMs;
  await sleep(waitMs, undefined, { signal });
  breakOff(fault);
}

/** What `cut` throws: whoever sees it breaks the connection. */
export class ConnectionCut extends Error {
  override name = "ConnectionCut";
}

function breakOff(fault: Fault | undefined): void {
  if (fault === "cut") throw new ConnectionCut("the connection is cut: this was asked for");
  if (fault === "error-in-stream") {
    throw new OpenAiError({
      status: 500,
      type: "server_error",
      message: "The scripted server had an error while it answered: this was asked for.",
    });
  }
}

/** Words with the space before them: what tokens are for most of English. */
function splitPieces(text: string): string[] {
  return text.match(/\s*\S{1,12}/g) ?? [];
}

function misbehave(reply: ScriptedReply, request: ScriptedRequest, fault: Fault | undefined): ScriptedReply {
  const [call] = reply.toolCalls;
  const isFirst = !request.messages.some(({ role }) => role === "tool");
  if (fault === "bad-arguments" && call && isFirst)
    return { text: "", toolCalls: [{ ...call, arguments: call.arguments.slice(0, -1) }] };
  if (fault === "unknown-tool" && call && isFirst)
    return { text: "", toolCalls: [{ ...call, name: `${call.name}_v2` }] };
  if (fault === "loop" && request.tools.length > 0) {
    const question = request.messages.findLast(({ role }) => role === "user")?.text ?? "";
    const material = { question, query: question, names: [] };
    return { text: "", toolCalls: chooseTools({ ...request, toolChoice: "required" }, material).slice(0, 1) };
  }
  if (fault === "content-filter") return { text: "", toolCalls: [] };
  return reply;
}

function limitReply(
  reply: ScriptedReply,
  { limit, stop, fault }: { limit: number; stop: readonly string[]; fault: Fault | undefined },
): Pick<Generation, "reply" | "finishReason"> {
  if (fault === "content-filter") return { reply, finishReason: "content_filter" };
  if (reply.toolCalls.length > 0) return { reply, finishReason: "tool_calls" };
  const ends = stop.map((sequence) => reply.text.indexOf(sequence)).filter((at) => at >= 0);
  const stopped = ends.length > 0 ? reply.text.slice(0, Math.min(...ends)) : reply.text;
  const text = cutAtTokens(stopped, limit);
  return { reply: { text, toolCalls: [] }, finishReason: text === stopped ? "stop" : "length" };
}

function countReply({ text, toolCalls }: ScriptedReply): number {
  const calls = toolCalls.map((call) => `${call.name}(${call.arguments})`).join("\n");
  return tokenise(text).length + tokenise(calls).length;
}
