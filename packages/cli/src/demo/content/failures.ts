import type { SpanError } from "../trace-draft.ts";
import type { Model } from "./models.ts";

/** What the example service answers when a request fails, and the errors that it records. */
export interface Failure extends SpanError {
  httpStatus: number;
}

const CLIENT = "file:///app/node_modules/openai/client.mjs";
const AGENT_FRAMES = `    at async runSpan (/app/packages/sdk/src/spans/run-span.ts:64:12)
    at async Object.chat (/app/examples/stack/src/llm.ts:96:14)
    at async loop (/app/examples/stack/src/agent.ts:86:18)
    at async /app/examples/stack/src/agent.ts:51:21
    at async ask (/app/examples/stack/src/server.ts:78:21)`;

export function rateLimit(model: Model, promptTokens: number): Failure {
  const message = `429 Rate limit reached for ${model.name} on tokens per min (TPM): Limit 200000, Used 199412, Requested ${promptTokens}. Please try again in ${Math.ceil(promptTokens / 3.4)}ms.`;
  return failure("RateLimitError", message, 503, providerFrames("makeStatusError", 154));
}

export function timeout(): Failure {
  return failure("APIConnectionTimeoutError", "Request timed out.", 504, providerFrames("makeRequest", 318));
}

export function contextLength(model: Model, promptTokens: number, maxTokens: number): Failure {
  const message = `400 This model's maximum context length is ${model.contextTokens} tokens. However, you requested ${promptTokens + maxTokens} tokens (${promptTokens} in the messages, ${maxTokens} in the completion). Please reduce the length of the messages or completion.`;
  return failure("BadRequestError", message, 502, providerFrames("makeStatusError", 154));
}

/** A bug of one release: a chunk without a heading path. */
export function brokenChunk(): Failure {
  return failure(
    "TypeError",
    "Cannot read properties of undefined (reading 'join')",
    500,
    `    at Object.run (/app/examples/stack/src/docs-tools.ts:67:41)
    at run (/app/examples/stack/src/tools.ts:60:17)
    at /app/examples/stack/src/tools.ts:69:77
    at runSpan (/app/packages/sdk/src/spans/run-span.ts:58:20)
    at toolSpan (/app/packages/sdk/src/spans/tool-span.ts:32:10)
    at Object.call (/app/examples/stack/src/tools.ts:69:34)
    at loop (/app/examples/stack/src/agent.ts:112:35)
    at async /app/examples/stack/src/agent.ts:51:21
    at async ask (/app/examples/stack/src/server.ts:78:21)`,
  );
}

/** The model asked for a passage that there is not; it is told so. */
export function unknownChunk(id: string): SpanError {
  return failure(
    "ToolInputError",
    `there is no passage ${id}; search_docs returns ids that there are`,
    500,
    `    at Object.run (/app/examples/stack/src/docs-tools.ts:61:15)
    at run (/app/examples/stack/src/tools.ts:60:17)
    at /app/examples/stack/src/tools.ts:69:77
    at runSpan (/app/packages/sdk/src/spans/run-span.ts:58:20)
    at toolSpan (/app/packages/sdk/src/spans/tool-span.ts:32:10)`,
  );
}

/** The index was being written; the tool is tried again. */
export function indexBusy(): SpanError {
  return failure(
    "IndexBusyError",
    "the index is being rebuilt; try again in a moment",
    503,
    `    at findCandidates (/app/examples/stack/src/retrieve.ts:54:13)
    at async /app/examples/stack/src/retrieve.ts:77:28
    at async runSpan (/app/packages/sdk/src/spans/run-span.ts:64:12)`,
  );
}

function providerFrames(where: string, line: number): string {
  return `    at OpenAI.${where} (${CLIENT}:${line}:32)
    at OpenAI.makeRequest (${CLIENT}:318:29)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)
${AGENT_FRAMES}`;
}

function failure(type: string, message: string, httpStatus: number, frames: string): Failure {
  return { type, message, httpStatus, stacktrace: `${type}: ${message}\n${frames}` };
}
