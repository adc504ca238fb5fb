/**
 * What the scripted models cost, in USD per million tokens. The figures are made up: nobody pays them. They are reported
 * as OpenRouter reports its own, in `usage.cost`, so that an application has a cost to show.
 */
const PRICES = {
  chat: { input: 0.4, cachedInput: 0.1, output: 1.6 },
  embedding: { input: 0.02 },
};

const PER_MILLION = 1_000_000;

export interface ChatTokens {
  input: number;
  /** Of the input, those that the prompt cache had. */
  cachedInput: number;
  output: number;
}

export interface Cost {
  promptUsd: number;
  completionUsd: number;
}

/** What a chat costs, in USD. */
export function priceChat({ input, cachedInput, output }: ChatTokens): Cost {
  const { chat } = PRICES;
  return {
    promptUsd: ((input - cachedInput) * chat.input + cachedInput * chat.cachedInput) / PER_MILLION,
    completionUsd: (output * chat.output) / PER_MILLION,
  };
}

/** What embedding that many tokens costs, in USD. */
export function priceEmbedding(tokens: number): number {
  return (tokens * PRICES.embedding.input) / PER_MILLION;
}

/** A cost as OpenRouter puts it into `usage`. */
export function toUsageCost({ promptUsd, completionUsd }: Cost): Record<string, unknown> {
  return {
    cost: promptUsd + completionUsd,
    cost_details: {
      upstream_inference_cost: null,
      upstream_inference_prompt_cost: promptUsd,
      upstream_inference_completions_cost: completionUsd,
    },
  };
}
