const PROVIDERS: Record<string, string> = {
  "openai-chat": "openai",
  "openai-responses": "openai",
  "azure.ai.openai": "azure",
  "azure.openai": "azure",
  "az.ai.openai": "azure",
  "azure-openai": "azure",
  azure_openai: "azure",
  azure: "azure",
  "azure.ai.agents": "azure",
  "az.ai.agents": "azure",
  "microsoft.foundry": "azure",
  "azure.ai.inference": "azure-inference",
  "az.ai.inference": "azure-inference",
  "aws.bedrock": "bedrock",
  aws_bedrock: "bedrock",
  "amazon-bedrock": "bedrock",
  bedrock: "bedrock",
  amazon: "bedrock",
  aws: "bedrock",
  "gcp.gemini": "gemini",
  "gcp.gen_ai": "gemini",
  "google.generative-ai": "gemini",
  google_genai: "gemini",
  gemini: "gemini",
  google: "gemini",
  "gcp.vertex_ai": "vertex",
  "google.vertex": "vertex",
  "google-vertex": "vertex",
  google_vertexai: "vertex",
  vertexai: "vertex",
  vertex_ai: "vertex",
  open_ai: "openai",
  azure_open_ai: "azure",
  microsoft_foundry: "azure",
  amazon_bedrock: "bedrock",
  bedrock_converse: "bedrock",
  google_ai_gemini: "gemini",
  google_vertex_ai_gemini: "vertex",
  google_vertex_ai_anthropic: "vertex",
  mistral_ai: "mistral",
  mistralai: "mistral",
  x_ai: "xai",
  moonshot_ai: "moonshot",
  "ibm.watsonx.ai": "watsonx",
  "mistral-ai": "mistral",
  togetherai: "together",
  together_ai: "together",
  "together ai": "together",
  fireworks_ai: "fireworks",
  "fireworks-ai": "fireworks",
  google_ai_studio: "gemini",
  google_gemini: "gemini",
  "google-genai": "gemini",
  vertex_ai_beta: "vertex",
  azure_ai: "azure-inference",
  azure_ai_inference: "azure-inference",
  ibm_watsonx: "watsonx",
  hugging_face: "huggingface",
  cohere_chat: "cohere",
  "text-completion-openai": "openai",
};

/** Names of frameworks, which some instrumentations write where the provider belongs. */
const FRAMEWORKS = new Set([
  "strands-agents",
  "gcp.vertex.agent",
  "langchain",
  "langgraph",
  "crewai",
  "autogen",
  "microsoft.agent_framework",
  "haystack",
  "agno",
  "litellm",
  "spring_ai",
  "koog",
  "dspy",
  "google_adk",
  "llamaindex",
  "llama_index",
  "mastra",
  "openai_agents",
  "openai-agents",
  "pydantic-ai",
  "pydantic_ai",
  "semantic_kernel",
  "smolagents",
]);

/** An address where a name was expected: of a domain whose last part is no word of a provider's own name, or a number. */
const HOST =
  /^(?:[\w-]+\.)+(?:com|net|org|io|dev|cloud|xyz|tech|cn)(?::\d+)?$|^(?:api|inference)\.(?:[\w-]+\.)+ai(?::\d+)?$|^(?:\d{1,3}(?:\.\d{1,3}){3}|localhost)(?::\d+)?$/;

/** Hosts of more than one provider, or that are not named after theirs. */
const HOSTS: [RegExp, string][] = [
  [/(^|\.)openai\.azure\.com$/, "azure"],
  [/(^|\.)services\.ai\.azure\.com$/, "azure-inference"],
  [/^bedrock.*\.amazonaws\.com$/, "bedrock"],
  [/aiplatform\.googleapis\.com$/, "vertex"],
  [/(^|\.)googleapis\.com$/, "gemini"],
  [/(^|\.)x\.ai$/, "xai"],
  [/(^|\.)mistral\.ai$/, "mistral"],
  [/(^|\.)moonshot\.(ai|cn)$/, "moonshot"],
];

/** Longer than any provider's name: not looked at closely. */
const MAX_NAME = 64;

const MODEL_FAMILIES: [RegExp, string][] = [
  [/^(gpt-|chatgpt|o[1345]([-.]|$)|text-embedding-|dall-e|whisper)/, "openai"],
  [/^claude/, "anthropic"],
  [/^gemini/, "gemini"],
  [/^(mistral|mixtral|codestral|ministral)/, "mistral"],
  [/^command-/, "cohere"],
  [/^deepseek/, "deepseek"],
  [/^grok/, "xai"],
];

const NAMED = new Set([
  ...Object.values(PROVIDERS),
  ...MODEL_FAMILIES.map(([, provider]) => provider),
  "cerebras",
  "deepinfra",
  "groq",
  "perplexity",
  "replicate",
]);

/**
 * The provider's one lower-case name (`openai`, `azure`, `bedrock`, …) for the many it is sent under.
 * A name nobody knows is kept, lower-cased, without what follows its first dot (`foo.chat` → `foo`).
 * A framework's name is no provider: then the model's name decides, else `undefined`.
 */
export function providerOf(name: string | undefined, model?: string): string | undefined {
  const wanted = name?.trim().toLowerCase();
  if (wanted === undefined || wanted === "") return undefined;
  if (FRAMEWORKS.has(wanted)) return providerOfModel(model);
  // Most are one word.
  if (/^[\w-]+$/.test(wanted) && wanted !== "localhost")
    return Object.hasOwn(PROVIDERS, wanted) ? PROVIDERS[wanted] : wanted;
  if (wanted.length > MAX_NAME) return wanted;
  if (HOST.test(wanted)) return providerOfHost(wanted.replace(/:\d+$/, "")) ?? providerOfModel(model);
  // The longest known beginning wins: `azure.ai.openai.chat` is azure's, not `azure`-something.
  for (let part = wanted; part !== ""; part = part.slice(0, Math.max(part.lastIndexOf("."), 0))) {
    if (Object.hasOwn(PROVIDERS, part)) return PROVIDERS[part];
  }
  return wanted.split(".")[0] || wanted;
}

/** The provider whose server has this address, of those that are known by name; a proxy's or any other → `undefined`. */
export function providerOfServer(address: string | undefined): string | undefined {
  const host = address?.trim().toLowerCase() ?? "";
  if (host.length > MAX_NAME || !HOST.test(host)) return undefined;
  const name = providerOfHost(host.replace(/:\d+$/, "")) ?? "";
  return NAMED.has(name) ? name : undefined;
}

/** Clients that speak to one provider's servers only. OpenAI's and Google's newer one are pointed anywhere. */
const ONE_PROVIDER = new Set([
  "anthropic",
  "bedrock",
  "cohere",
  "google_generativeai",
  "groq",
  "mistralai",
  "ollama",
  "replicate",
  "together",
  "vertexai",
  "watsonx",
]);

/** How instrumentations are named after the client that they trace. */
const CLIENT_OF_SCOPE =
  /^(?:(?:openinference|opentelemetry|openlit)\.instrumentation\.|@(?:traceloop|arizeai)\/(?:openinference-)?instrumentation-|com\.)([a-z_-]+)/;

/** The provider whose client the instrumentation of this scope traces; one that may speak to others → `undefined`. */
export function providerOfScope(scope: string): string | undefined {
  const client = scope.length > MAX_NAME ? undefined : CLIENT_OF_SCOPE.exec(scope)?.[1]?.replaceAll("-", "_");
  if (client === undefined || !ONE_PROVIDER.has(client)) return undefined;
  return client === "google_generativeai" ? "gemini" : providerOf(client);
}

/** The domain without what is before it and after it; an address by number, or of this machine, tells no provider. */
function providerOfHost(host: string): string | undefined {
  if (/^[\d.]+$/.test(host) || host === "localhost") return undefined;
  const known = HOSTS.find(([pattern]) => pattern.test(host))?.[1];
  return known ?? host.split(".").at(-2);
}

function providerOfModel(model: string | undefined): string | undefined {
  const name = model?.toLowerCase() ?? "";
  const bare = name.slice(name.lastIndexOf("/") + 1);
  return MODEL_FAMILIES.find(([family]) => family.test(bare))?.[1];
}
