import { isRecord, setOwn } from "./record.ts";

const CANONICAL: Record<string, string> = {
  topP: "top_p",
  topK: "top_k",
  max_completion_tokens: "max_tokens",
  max_output_tokens: "max_tokens",
  maxTokens: "max_tokens",
  maxOutputTokens: "max_tokens",
  stop_sequences: "stop",
  stopSequences: "stop",
  frequencyPenalty: "frequency_penalty",
  presencePenalty: "presence_penalty",
  "choice.count": "n",
  candidate_count: "n",
  toolChoice: "tool_choice",
  responseFormat: "response_format",
  structured_output_schema: "response_format",
  reasoningEffort: "reasoning_effort",
  "reasoning.level": "reasoning_effort",
  "embedding.dimensions": "dimensions",
  "image.size": "size",
  "image.style": "style",
  "image.response_format": "response_format",
  "reasoning.effort": "reasoning_effort",
};

/** What belongs to the call but has a place of its own on the span. */
const ELSEWHERE = new Set([
  "model",
  "model_name",
  // LangChain's name for the class of the model.
  "_type",
  "tools",
  "functions",
  "messages",
  "input",
  "prompt",
  "inputText",
  "system",
  "instructions",
  "contents",
  "message",
  "modelId",
  "toolConfig",
  "systemInstruction",
  "system_instruction",
  // Of an answer that was taken for the settings of its request.
  "id",
  "object",
  "created_at",
]);

/** Settings in a member of their own: Bedrock's and Gemini's. */
const NESTED = new Set(["inferenceConfig", "generationConfig", "generation_config", "config"]);

/** What OpenAI's Python client calls what was not given; printed, `<openai.Omit object at 0x7f874ce05c50>`. */
const NOT_GIVEN = /^(NOT_GIVEN|<[\w.]+ object at 0x[0-9a-f]+>)$/;

/** What SDKs write for a setting that was left open: nothing, empty text, or a word for it. */
function isUnset(item: unknown): boolean {
  if (isRecord(item)) return Object.keys(item).length === 0;
  return (
    item === undefined || item === null || item === "" || (typeof item === "string" && NOT_GIVEN.test(item))
  );
}

/**
 * Request settings under one name each (snake_case: `max_tokens`, `stop`, `n`, `reasoning_effort` …),
 * without the model, messages, instructions and tools that some SDKs put among them.
 * Settings nobody knows are kept. Not an object → `undefined`.
 */
export function readInvocationParameters(value: unknown): Record<string, unknown> | undefined {
  return isRecord(value) ? parametersOf(Object.entries(value)) : undefined;
}

/** The same of settings that came one by one. */
export function parametersOf(settings: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const parameters: Record<string, unknown> = {};
  for (const [key, item] of settings) {
    if (ELSEWHERE.has(key) || isUnset(item)) continue;
    if (NESTED.has(key) && isRecord(item)) {
      for (const [name, setting] of Object.entries(readInvocationParameters(item) ?? {}))
        if (name !== "http_options") setOwn(parameters, name, setting);
      continue;
    }
    setOwn(parameters, Object.hasOwn(CANONICAL, key) ? (CANONICAL[key] ?? key) : key, item);
  }
  return parameters;
}
