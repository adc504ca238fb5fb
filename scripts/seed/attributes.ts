import {
  documentAttributes,
  modelCallAttributes,
  tokenAttributes,
  tokensOf,
  type ChatMessage,
} from "../../packages/cli/src/demo/openinference.ts";
import type { Attributes, TraceDraft } from "../../packages/cli/src/demo/trace-draft.ts";
import type { PASSAGES } from "./words.ts";

const FIND_ORDER = {
  type: "function",
  function: {
    name: "find_order",
    parameters: { type: "object", properties: { order_id: { type: "string" } } },
  },
};

/** Attributes of one call of the support desk's model. Without `output`, one that failed. */
export function supportModelCall(
  trace: TraceDraft,
  input: readonly ChatMessage[],
  output: ChatMessage | undefined,
): Attributes {
  const model = trace.random.pick(["gpt-4o", "gpt-4o-mini", "gpt-4.1"]);
  const prompt = tokensOf(input.map((message) => message.content).join("\n")) + 90;
  return {
    ...modelCallAttributes({
      model,
      provider: "openai",
      parameters: { model, temperature: 0.2, stream: true },
      input,
      ...(output ? { output } : {}),
      tools: [FIND_ORDER],
    }),
    ...(output
      ? tokenAttributes({
          prompt,
          completion: tokensOf(output.content) + 18,
          cacheRead: Math.min(prompt, 64),
        })
      : {}),
  };
}

/** The handbook's passages as documents with falling scores. */
export function passageAttributes(
  prefix: string,
  passages: readonly (typeof PASSAGES)[number][],
  trace: TraceDraft,
): Attributes {
  const documents = passages.map(({ id, text, source }, index) => ({
    id,
    text,
    score: Number((0.93 - index * 0.07 - trace.random.next() * 0.03).toFixed(4)),
    metadata: { source },
  }));
  return documentAttributes(prefix, documents);
}
