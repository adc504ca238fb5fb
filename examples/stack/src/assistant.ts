import { join } from "node:path";
import { runAgent, type AgentOptions, type AgentRun } from "./agent.ts";
import { DOCS_ROOT, readCorpus } from "./corpus.ts";
import { createDocsTools } from "./docs-tools.ts";
import { CACHE_FILE, createEmbedder } from "./embeddings.ts";
import { createLlm, type LlmOptions } from "./llm.ts";
import { openRetriever } from "./retrieve.ts";
import { SCRIPTED_MODEL, type Pace } from "./scripted-model/scripted-model.ts";
import { startScriptedServer } from "./scripted-model/scripted-server.ts";
import { createToolRegistry } from "./tools.ts";

export interface Assistant {
  model: string;
  /** Said where people see answers: a scripted model answers, or which other. */
  description: string;
  ask(question: string, options?: Omit<AgentOptions, "llm" | "tools" | "question">): Promise<AgentRun>;
  close(): Promise<void>;
}

export interface AssistantOptions {
  /** `OPENAI_BASE_URL`, `OPENAI_API_KEY`, `STACK_MODEL` and `STACK_FAULT` are read. */
  env?: Record<string, string | undefined>;
  /** Folder of the documentation. */
  docsRoot?: string;
  /** How fast the scripted model is, if it is that one. */
  pace?: Pace;
}

/**
 * Indexes the documentation and finds a model: that of `OPENAI_BASE_URL` and `OPENAI_API_KEY`, or, with neither, the
 * scripted one, for which a server is started in this process. Throws when the documentation cannot be read.
 */
export async function openAssistant({
  env = process.env,
  docsRoot = DOCS_ROOT,
  pace,
}: AssistantOptions = {}): Promise<Assistant> {
  const embedder = createEmbedder({ cacheFile: CACHE_FILE });
  const chunks = readCorpus(docsRoot);
  const retriever = await openRetriever(chunks, embedder);
  // With all passages in the cache the model is not loaded yet: not the first question is to wait for it.
  await embedder.embed(["ready"]);
  const isScripted = !env["OPENAI_BASE_URL"] && !env["OPENAI_API_KEY"];
  const scripted = isScripted
    ? await startScriptedServer({ embedder, ...(pace ? { pace } : {}) })
    : undefined;
  const settings = scripted
    ? {
        baseUrl: scripted.baseUrl,
        apiKey: "scripted",
        provider: "scripted",
        model: env["STACK_MODEL"] || SCRIPTED_MODEL,
      }
    : readLlmSettings(env);
  const llm = createLlm(settings);
  const tools = createToolRegistry(
    createDocsTools({ chunks, retriever, docsRoot: readableRoot(docsRoot, env) }),
  );

  return {
    model: llm.model,
    description: scripted
      ? `${llm.model}, a scripted model (set OPENAI_API_KEY or OPENAI_BASE_URL for a real one)`
      : `${llm.model} at ${settings.baseUrl ?? "OpenAI"}`,
    ask: (question, options) => runAgent({ ...options, llm, tools, question }),
    close: async () => scripted?.close(),
  };
}

function readLlmSettings(env: Record<string, string | undefined>): LlmOptions {
  const baseUrl = env["OPENAI_BASE_URL"];
  return {
    ...(baseUrl ? { baseUrl } : {}),
    // Servers on one's own machine want no key, and the client does not go without.
    apiKey: env["OPENAI_API_KEY"] || "none",
    provider: baseUrl ? new URL(baseUrl).hostname : "openai",
    model: env["STACK_MODEL"] || "gpt-4o-mini",
  };
}

/**
 * Where `fetch_chunk` reads. With `STACK_FAULT=missing-source` a folder that is not there, as after documents were moved
 * behind the back of the index: a bug of the service, to see how one looks.
 */
function readableRoot(docsRoot: string, env: Record<string, string | undefined>): string {
  const fault = env["STACK_FAULT"];
  if (!fault) return docsRoot;
  if (fault !== "missing-source") throw new Error(`STACK_FAULT is ${fault}; there is missing-source`);
  return join(docsRoot, "moved");
}
