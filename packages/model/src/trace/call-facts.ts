import type { SpanRow } from "../api/span-row.ts";
import type { PromptTokens } from "../pricing/prompt-parts.ts";
import type { RetrievalFacts } from "../retrieval/retrieval-facts.ts";
import type { PromptReference } from "../span/span.ts";
import type { Usage } from "../span/usage.ts";

/**
 * What pricing needs to know of a span beyond its line of the waterfall: narrow, computed once when the span is written.
 */
export interface CallFacts {
  usage: Usage;
  /** Parts of a reported cost, US dollars, where the application gave them. */
  reportedInputCostUsd?: number;
  reportedOutputCostUsd?: number;
  /** Estimates, for shares of the prompt. */
  promptTokens?: PromptTokens;
  /** Tools whose results are new in the prompt. */
  fedByTools?: string[];
  /** The template and version that its prompt follows, declared or discovered. */
  prompt?: PromptReference;
}

/** A line of the waterfall with the facts that pricing and the questions about searches need, where the span has any. */
export interface AccountedRow extends SpanRow {
  call?: CallFacts;
  /** What a search found; on what is one, while it is in memory. */
  retrieval?: RetrievalFacts;
  /** What a model call said; where searches of its trace are known, while it is in memory. */
  answer?: string;
}
