import type { Usage } from "../span/usage.ts";
import { bucketTokens } from "./cost-of.ts";
import type { CostBuckets } from "./price.ts";
import { PROMPT_PARTS, type PromptPart, type PromptTokens } from "./prompt-parts.ts";

/** Tokens and US dollars of one part of a prompt. */
export interface PartCost {
  tokens: number;
  costUsd: number;
}

/**
 * What each part of a prompt cost. `measured` only gives the shares: they are scaled to the input tokens that were reported.
 * Tokens read from the cache are the first of the prompt, in the order of {@link PROMPT_PARTS}; those written to it come
 * next; the rest costs the full price. So a part that is always cached costs what it did cost.
 *
 * @param buckets the call's cost; undefined where it is unpriced: then every part costs 0 and has its tokens.
 * @returns undefined when nothing was measured or no input tokens were reported.
 */
export function splitPrompt(
  measured: PromptTokens,
  usage: Usage,
  buckets: CostBuckets | undefined,
): Record<PromptPart, PartCost> | undefined {
  const total = PROMPT_PARTS.reduce((sum, part) => sum + measured[part], 0);
  const tokens = bucketTokens(usage);
  const prompt = tokens.input + tokens.cacheRead + tokens.cacheWrite + tokens.audioInput;
  if (total === 0 || prompt === 0) return undefined;
  const segments = [
    { left: tokens.cacheRead, usdPerToken: perToken(buckets?.cacheRead, tokens.cacheRead) },
    { left: tokens.cacheWrite, usdPerToken: perToken(buckets?.cacheWrite, tokens.cacheWrite) },
    {
      left: tokens.input + tokens.audioInput,
      usdPerToken: perToken(buckets && buckets.input + buckets.audioInput, tokens.input + tokens.audioInput),
    },
  ];
  const parts = {} as Record<PromptPart, PartCost>;
  for (const part of PROMPT_PARTS) {
    const share = (measured[part] / total) * prompt;
    let open = share;
    let costUsd = 0;
    for (const segment of segments) {
      const taken = Math.min(open, segment.left);
      segment.left -= taken;
      open -= taken;
      costUsd += taken * segment.usdPerToken;
    }
    parts[part] = { tokens: share, costUsd };
  }
  return parts;
}

function perToken(costUsd: number | undefined, tokens: number): number {
  return costUsd === undefined || tokens === 0 ? 0 : costUsd / tokens;
}
