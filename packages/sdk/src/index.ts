export { initTracing, keepTrace, tracer, type Tracing } from "./init.ts";
export type { Destination, MaskFunction, TracingOptions } from "./tracing-options.ts";
export type { SamplingCounts, SamplingOptions } from "./sampling/sampling-options.ts";
export type { Losses } from "./export/losses.ts";

export { llmSpan, recordLlmOutput, recordLlmStream, type LlmSpanOptions } from "./spans/llm-span.ts";
export { toolSpan, type ToolSpanOptions } from "./spans/tool-span.ts";
export {
  recordRerankOutput,
  recordRetrievalOutput,
  rerankSpan,
  retrievalSpan,
  type RerankSpanOptions,
  type RetrievalSpanOptions,
} from "./spans/retrieval-span.ts";
export type { RetrievedDocument } from "./spans/document-attributes.ts";
export { embeddingSpan, recordEmbeddingOutput, type EmbeddingSpanOptions } from "./spans/embedding-span.ts";
export { agentSpan, recordAgentOutput, type AgentSpanOptions } from "./spans/agent-span.ts";
export { chainSpan, type ChainSpanOptions } from "./spans/chain-span.ts";
export { observe, type ObserveOptions } from "./spans/observe.ts";
export { recordError } from "./spans/record-error.ts";
export { recordFeedback, type Feedback } from "./spans/record-feedback.ts";
export type { Traced } from "./spans/run-span.ts";

export { tracingHeaders, withUser, type UserContext } from "./context/with-user.ts";
export { withPrompt, type PromptContext } from "./context/with-prompt.ts";
export { currentIds, currentTraceId } from "./context/current-trace.ts";

export { expressErrorTracing, expressTracing } from "./http/express.ts";
export { fastifyTracing } from "./http/fastify.ts";
export { honoTracing } from "./http/hono.ts";
export { traceFetchHandler } from "./http/fetch.ts";
export { traceRequestListener, type RequestListener } from "./http/node.ts";
export type { HttpTracingOptions } from "./http/server-span.ts";
