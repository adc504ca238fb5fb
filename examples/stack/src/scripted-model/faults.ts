import { invalidRequest, OpenAiError } from "./openai-error.ts";

/** What the scripted server does wrong when it is asked to; the README's table says the same. */
export const FAULTS = {
  "429": "answers 429, rate limit",
  "429-once": "answers 429 to the first attempt; the client's retry succeeds",
  "500": "answers 500",
  "500-once": "answers 500 to the first attempt; the client's retry succeeds",
  hang: "never answers",
  slow: "waits three seconds before the first token",
  cut: "breaks the connection in the middle of the answer",
  "error-in-stream": "a stream ends with an error event instead of its rest",
  length: "stops after 16 tokens, as at a token limit",
  "content-filter": "withholds the answer",
  "bad-arguments": "the first call of a tool has arguments that are not JSON",
  "unknown-tool": "the first call is of a tool that was not offered",
  loop: "calls tools without end",
} as const;

export type Fault = keyof typeof FAULTS;

export interface FaultSources {
  /** `scripted-1:slow` */
  model: string;
  /** Header `x-scripted-fault`. */
  header?: string | undefined;
  /** `metadata.fault` of the request. */
  metadata?: string | undefined;
  /** What the user said last: `[[slow]]` anywhere in it. */
  question: string;
}

const IN_QUESTION = /\[\[([a-z0-9-]+)\]\]/;

/** The fault that a request asks for, by the first of its ways. Throws on one that there is not. */
export function findFault({ model, header, metadata, question }: FaultSources): Fault | undefined {
  const name = header ?? metadata ?? model.split(":")[1] ?? IN_QUESTION.exec(question)?.[1];
  if (name === undefined || name === "") return undefined;
  if (!Object.hasOwn(FAULTS, name))
    throw invalidRequest(
      `there is no fault ${name}; there are ${Object.keys(FAULTS).join(", ")}`,
      "metadata",
    );
  return name as Fault;
}

/** The text without the words that ask for a fault, which are not the question. */
export function stripFault(text: string): string {
  return text.replaceAll(new RegExp(IN_QUESTION, "g"), "").trim();
}

/** Throws the error that a request is answered with. `attempt` counts from 0. */
export function throwFault(fault: Fault | undefined, attempt: number): void {
  if (fault === "429" || (fault === "429-once" && attempt === 0)) {
    throw new OpenAiError({
      status: 429,
      type: "requests",
      code: "rate_limit_exceeded",
      message: "Rate limit reached for scripted-1 (scripted): this was asked for. Please try again in 1s.",
      headers: { "retry-after": "1", "retry-after-ms": "200" },
    });
  }
  if (fault === "500" || (fault === "500-once" && attempt === 0)) {
    throw new OpenAiError({
      status: 500,
      type: "server_error",
      message: "The scripted server had an error: this was asked for.",
      headers: { "retry-after-ms": "200" },
    });
  }
}
