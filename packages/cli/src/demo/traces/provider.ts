import { contextLength, rateLimit, timeout, type Failure } from "../content/failures.ts";
import {
  addModelCall,
  promptTokensOf,
  type ModelRequest,
  type Place,
  type RequestDraft,
  type Written,
} from "./request-spans.ts";

const TIMEOUT_MS = 30_000;

/** The provider of a request's model: answers, or fails as the request's mishap says. */
export interface Provider {
  /** Writes the call, and the failed tries before it. With `failure` the last try failed too. */
  answer(request: ModelRequest, place: Place & { iteration: number }): Written & { failure?: Failure };
}

interface Trouble {
  failure: Failure;
  iteration: number;
  tries: number;
  durationMs: number;
  /** After these tries the next one succeeds. */
  passes?: boolean;
}

export function createProvider(draft: RequestDraft): Provider {
  const { random } = draft.trace;
  // A request without tools has one call; of others as often the second fails.
  const failsAt = draft.turn.kind === "topic" && random.chance(0.5) ? 2 : 1;
  return {
    answer(request, { iteration, ...place }) {
      const trouble = troubleOf(draft, request, failsAt);
      if (trouble === undefined || trouble.iteration !== iteration)
        return addModelCall(draft, place, request);
      const { failure, tries, durationMs } = trouble;
      const { output: _, ...failing } = request;
      let written: Written = { spanId: "", endMs: place.startMs };
      for (let attempt = 0; attempt < tries; attempt++) {
        // The client waits longer from try to try.
        const waitMs = attempt === 0 ? 0 : 500 * 2 ** (attempt - 1) * (1 + random.next() * 0.25);
        const error = {
          ...failure,
          afterMs: durationMs < TIMEOUT_MS ? random.skewed(durationMs) : durationMs,
        };
        written = addModelCall(draft, { ...place, startMs: written.endMs + waitMs }, { ...failing, error });
      }
      if (!trouble.passes) return { ...written, failure };
      const startMs = written.endMs + 500 + random.next() * 200;
      return addModelCall(draft, { ...place, startMs }, request);
    },
  };
}

function troubleOf(
  { turn, prompt }: RequestDraft,
  { input }: ModelRequest,
  failsAt: number,
): Trouble | undefined {
  const { model } = turn.person;
  const promptTokens = promptTokensOf(input, prompt.tools);
  switch (turn.mishap) {
    case "context_length": {
      const failure = contextLength(model, promptTokens, Number(prompt.parameters["max_tokens"]));
      return { failure, iteration: 1, tries: 1, durationMs: 90 };
    }
    case "rate_limited":
      return { failure: rateLimit(model, promptTokens), iteration: 1, tries: 3, durationMs: 160 };
    case "rate_limit_retried":
      return {
        failure: rateLimit(model, promptTokens),
        iteration: failsAt,
        tries: 1,
        durationMs: 160,
        passes: true,
      };
    case "timeout":
      return { failure: timeout(), iteration: failsAt, tries: 1, durationMs: TIMEOUT_MS };
    default:
      return undefined;
  }
}
