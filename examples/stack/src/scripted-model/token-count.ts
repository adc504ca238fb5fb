import { createHash } from "node:crypto";
import { decode, encode } from "gpt-tokenizer";
import type { ScriptedMessage, ScriptedTool } from "./scripted-request.ts";

/** What stands around each message of a prompt, in tokens, and what begins the answer. */
const MESSAGE_OVERHEAD = 3;
const ANSWER_OVERHEAD = 3;
/** A picture in low detail. */
const IMAGE_TOKENS = 85;
/** As with OpenAI, a prompt's beginning is found again in steps of 128 tokens, from 1024 on. */
const CACHE_MIN_TOKENS = 1024;
const CACHE_STEP_TOKENS = 128;
const CACHE_ENTRIES = 10_000;

/** The tokens (o200k_base) of a text, special tokens read as the text that they are. */
export function tokenise(text: string): number[] {
  return encode(text, { disallowedSpecial: new Set() });
}

/** The text cut after a number of tokens. */
export function cutAtTokens(text: string, maxTokens: number): string {
  const tokens = tokenise(text);
  return tokens.length <= maxTokens ? text : decode(tokens.slice(0, maxTokens));
}

/** The prompt as one row of tokens: the tools, then every message with what stands around it. */
export function tokenisePrompt(
  messages: readonly ScriptedMessage[],
  tools: readonly ScriptedTool[],
): number[] {
  const overhead = (count: number): number[] => Array.from({ length: count }, () => -1);
  return [
    ...(tools.length > 0 ? tokenise(JSON.stringify(tools)) : []),
    ...messages.flatMap((message) => [
      ...overhead(MESSAGE_OVERHEAD),
      ...tokenise(message.role),
      ...tokenise(message.text),
      ...tokenise((message.toolCalls ?? []).map((call) => `${call.name}(${call.arguments})`).join("\n")),
      ...overhead((message.imageCount ?? 0) * IMAGE_TOKENS),
    ]),
    ...overhead(ANSWER_OVERHEAD),
  ];
}

export interface PromptCache {
  /** How many of the prompt's first tokens were seen before; remembers the prompt. */
  countCached(prompt: readonly number[]): number;
}

/** Remembers the beginnings of the last prompts, by hash. */
export function createPromptCache(): PromptCache {
  const seen = new Set<string>();
  return {
    countCached(prompt) {
      const hash = createHash("sha256");
      let cached = 0;
      let isNew = false;
      let from = 0;
      for (let end = CACHE_MIN_TOKENS; end <= prompt.length; end += CACHE_STEP_TOKENS) {
        hash.update(`${prompt.slice(from, end).join(",")},`);
        from = end;
        const key = hash.copy().digest("base64url");
        if (!isNew && seen.has(key)) cached = end;
        else isNew = true;
        // Again at the end, as what was used last.
        seen.delete(key);
        seen.add(key);
      }
      for (const key of seen) {
        if (seen.size <= CACHE_ENTRIES) break;
        seen.delete(key);
      }
      return cached;
    },
  };
}
