import type { TokenCounts } from "../openinference.ts";
import type { Attributes } from "../trace-draft.ts";

/** A model that the example service calls, and how it behaves. */
export interface Model {
  name: string;
  provider: string;
  /** US dollars for a million tokens; absent for a model of one's own, whose calls report no cost. */
  price?: { inputUsd: number; cacheReadUsd: number; outputUsd: number };
  /** Whether thinking is billed and hidden, or part of the answer. */
  reasoning?: "hidden" | "shown";
  /** The provider says how many tokens came from its cache. */
  reportsCache: boolean;
  contextTokens: number;
  firstTokenMs: number;
  tokensPerSecond: number;
  /** How much more or less often than usual it makes things up. */
  carelessness: number;
}

const MINI: Model = {
  name: "gpt-4.1-mini",
  provider: "openai",
  price: { inputUsd: 0.4, cacheReadUsd: 0.1, outputUsd: 1.6 },
  reportsCache: true,
  contextTokens: 1_047_576,
  firstTokenMs: 420,
  tokensPerSecond: 95,
  carelessness: 1,
};
const LARGE: Model = {
  name: "gpt-5",
  provider: "openai",
  price: { inputUsd: 1.25, cacheReadUsd: 0.125, outputUsd: 10 },
  reasoning: "hidden",
  reportsCache: true,
  contextTokens: 400_000,
  firstTokenMs: 700,
  tokensPerSecond: 110,
  carelessness: 0.45,
};
const SELF_HOSTED: Model = {
  name: "qwen3-32b",
  provider: "vllm",
  reasoning: "shown",
  reportsCache: false,
  contextTokens: 16_384,
  firstTokenMs: 260,
  tokensPerSecond: 48,
  carelessness: 1.4,
};
export const MODELS = { mini: MINI, large: LARGE, selfHosted: SELF_HOSTED };

/** What the application reports as the cost of a call; nothing where the model has no price. */
export function costAttributes(model: Model, tokens: TokenCounts): Attributes {
  if (!model.price) return {};
  const { inputUsd, cacheReadUsd, outputUsd } = model.price;
  const cacheRead = tokens.cacheRead ?? 0;
  const reasoning = tokens.reasoning ?? 0;
  const fresh = usd(tokens.prompt - cacheRead, inputUsd);
  const cached = usd(cacheRead, cacheReadUsd);
  const said = usd(tokens.completion - reasoning, outputUsd);
  const thought = usd(reasoning, outputUsd);
  return {
    "llm.cost.prompt": round(fresh + cached),
    "llm.cost.completion": round(said + thought),
    "llm.cost.total": round(fresh + cached + said + thought),
    "llm.cost.prompt_details.input": round(fresh),
    "llm.cost.prompt_details.cache_read": cacheRead > 0 ? round(cached) : undefined,
    "llm.cost.completion_details.output": round(said),
    "llm.cost.completion_details.reasoning": reasoning > 0 ? round(thought) : undefined,
  };
}

function usd(tokens: number, perMillionUsd: number): number {
  return (tokens * perMillionUsd) / 1e6;
}

/** Without the tail that binary fractions leave. */
function round(costUsd: number): number {
  return Number(costUsd.toFixed(10));
}
