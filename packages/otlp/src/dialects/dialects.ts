import { ag2 } from "./ag2.ts";
import { agentFramework } from "./agent-framework.ts";
import { aliyun } from "./aliyun.ts";
import { autogen } from "./autogen.ts";
import { azureAi } from "./azure-ai.ts";
import { bifrost } from "./bifrost.ts";
import { braintrust } from "./braintrust.ts";
import { claudeCode } from "./claude-code.ts";
import { cloudflareAgents } from "./cloudflare-agents.ts";
import { cloudflareAiGateway } from "./cloudflare-ai-gateway.ts";
import { codex } from "./codex.ts";
import { copilot } from "./copilot.ts";
import { crewai } from "./crewai.ts";
import type { Dialect } from "./dialect.ts";
import { effectAi } from "./effect-ai.ts";
import { extensionsAi } from "./extensions-ai.ts";
import { genai } from "./genai.ts";
import { geminiCli } from "./gemini-cli.ts";
import { genkit } from "./genkit.ts";
import { googleAdk } from "./google-adk.ts";
import { guardrailsAi } from "./guardrails-ai.ts";
import { haystack } from "./haystack.ts";
import { koog } from "./koog.ts";
import { laminar } from "./laminar.ts";
import { langchain4j } from "./langchain4j.ts";
import { langfuse } from "./langfuse.ts";
import { langsmith } from "./langsmith.ts";
import { langwatch } from "./langwatch.ts";
import { langtrace } from "./langtrace.ts";
import { litellm } from "./litellm.ts";
import { livekit } from "./livekit.ts";
import { llamaindex } from "./llamaindex.ts";
import { logfire } from "./logfire.ts";
import { mastra } from "./mastra.ts";
import { mistralSdk } from "./mistral-sdk.ts";
import { mlflow } from "./mlflow.ts";
import { openaiAgents } from "./openai-agents.ts";
import { n8n } from "./n8n.ts";
import { openinference } from "./openinference.ts";
import { openrouter } from "./openrouter.ts";
import { opencode } from "./opencode.ts";
import { openlit } from "./openlit.ts";
import { opik } from "./opik.ts";
import { pipecat } from "./pipecat.ts";
import { promptflow } from "./promptflow.ts";
import { pydanticAi } from "./pydantic-ai.ts";
import { semanticKernel } from "./semantic-kernel.ts";
import { sentry } from "./sentry.ts";
import { springAi } from "./spring-ai.ts";
import { strands } from "./strands.ts";
import { tanstackAi } from "./tanstack-ai.ts";
import { traceloop } from "./traceloop.ts";
import { vercelAi } from "./vercel-ai.ts";
import { voltagent } from "./voltagent.ts";

/**
 * Every dialect, in order of precedence: per field, the first that answers wins.
 * - What an application wrote by hand on whatever span it was in comes first (Langfuse, LangSmith).
 * - Then the frameworks, which know what they did.
 * - Then the platforms that decorate what others made (Logfire around Pydantic AI, Laminar around the AI SDK).
 * - Then the gateways that calls go through (LiteLLM, OpenRouter, Bifrost).
 * - Then what instruments whatever model is called, in names of its own beside the conventions' (Traceloop, OpenLIT, Langtrace, Mistral's SDK).
 * - Then the conventions that all share. Of those, GenAI comes first because bridges write both and lose something on
 *   the way to OpenInference (images, finish reasons of messages); where another dialect knows better (the kind), GenAI
 *   answers as a fallback only.
 *
 * One more dialect is one more file and one more line here.
 */
export const DIALECTS: readonly Dialect[] = [
  langfuse,
  langsmith,

  strands,
  mastra,
  opencode,
  vercelAi,
  genkit,
  googleAdk,
  livekit,
  pipecat,
  voltagent,
  tanstackAi,
  cloudflareAgents,
  effectAi,
  n8n,
  pydanticAi,
  promptflow,
  guardrailsAi,
  haystack,
  llamaindex,
  crewai,
  semanticKernel,
  autogen,
  ag2,
  agentFramework,
  azureAi,
  openaiAgents,
  extensionsAi,
  springAi,
  langchain4j,
  koog,
  claudeCode,
  codex,
  geminiCli,
  copilot,

  laminar,
  mlflow,
  logfire,
  langwatch,
  braintrust,
  opik,

  litellm,
  openrouter,
  bifrost,
  cloudflareAiGateway,
  mistralSdk,
  openlit,
  langtrace,
  traceloop,
  sentry,
  aliyun,

  genai,
  openinference,
];
