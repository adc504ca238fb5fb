import { PASSAGES } from "./passages.ts";

/** One wording of the service's system prompt, and the parameters and tools that came with it. */
export interface PromptVersion {
  version: "v1" | "v2";
  template: string;
  parameters: Record<string, unknown>;
  /** How many passages a search gives the model. */
  topK: number;
  tools: readonly unknown[];
}

export const PROMPT_ID = "docs-assistant";

const V1 = `You are the documentation assistant of {{product}}. Today is {{today}}.

The documentation has these pages:
{{contents}}

Answer the user's question from the documentation. Search it with search_docs first; fetch_chunk reads one passage in full. Keep your answers short and friendly.

If you are not sure, say what is most likely.`;

const V2 = `You are the documentation assistant of {{product}} {{release}}. Today is {{today}}.

The documentation has these pages:
{{contents}}

Answer the user's question only from passages that search_docs or fetch_chunk returned in this conversation. Search first; fetch_chunk reads one passage in full. Every sentence that states a fact must follow from one of the passages. Give the exact command or setting in a code block where there is one, and end with the file it comes from: "Source: docs/…".

If the passages do not answer the question, say so and name the page that comes closest. Never guess flags, ports or defaults. Answer in {{language}}.`;

const searchDocs = (topK: number): unknown =>
  tool("search_docs", "Searches Nightowl's documentation and returns the passages that fit best.", {
    query: { type: "string", description: "What to look for, in English" },
    top_k: { type: "integer", description: `How many passages, ${topK} unless told`, default: topK },
  });
const FETCH_CHUNK = tool("fetch_chunk", "Reads one passage of the documentation in full.", {
  id: { type: "string", description: "The passage's id, as search_docs returned it" },
});
const NOW = tool("now", "The current date and time, ISO 8601 in UTC.", {});

export const PROMPTS: Record<PromptVersion["version"], PromptVersion> = {
  v1: {
    version: "v1",
    template: V1,
    parameters: { temperature: 0.7, max_tokens: 800 },
    topK: 4,
    tools: [searchDocs(4), FETCH_CHUNK, NOW],
  },
  v2: {
    version: "v2",
    template: V2,
    parameters: { temperature: 0.2, max_tokens: 1200 },
    topK: 5,
    tools: [searchDocs(5), FETCH_CHUNK, NOW],
  },
};

/** The pages of the documentation, a file a line with its headings. */
export const CONTENTS = [...new Set(PASSAGES.map(({ source }) => source))]
  .map((source) => {
    const headings = PASSAGES.filter((passage) => passage.source === source).map(({ heading }) => heading);
    return `- ${source}: ${headings.join("; ")}`;
  })
  .join("\n");

/** Puts values in the place of `{{name}}`. Throws when a name has no value. */
export function renderTemplate(template: string, variables: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`the template's variable ${name} has no value`);
    return value;
  });
}

function tool(name: string, description: string, properties: Record<string, object>): unknown {
  const required = Object.keys(properties).filter((key) => !("default" in (properties[key] ?? {})));
  return {
    type: "function",
    function: { name, description, parameters: { type: "object", properties, required } },
  };
}

/** What the judge is told; it declares no template, as many programs do not. */
export const JUDGE_FACTUALITY = `You compare an answer with the passages that it was written from.

For every claim of the answer decide whether a passage supports it. Score 1 when all claims are supported, 0 when the main claim is not, and between them by the share of supported claims. Answer with JSON: {"score": number, "label": "factual" | "unsupported", "explanation": string}.`;

export const JUDGE_RELEVANCE = `You decide which of the retrieved passages help to answer a question.

Score is the share of passages that help. Answer with JSON: {"score": number, "label": "relevant" | "partly" | "irrelevant", "explanation": string}.`;
