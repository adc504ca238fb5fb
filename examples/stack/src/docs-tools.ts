import { z } from "zod";
import type { Chunk } from "./chunk-markdown.ts";
import { readDocument } from "./corpus.ts";
import type { Retriever } from "./retrieve.ts";
import { excerptText } from "./excerpt-text.ts";
import { defineTool, ToolInputError, type Tool } from "./tools.ts";

export interface DocsToolsOptions {
  chunks: readonly Chunk[];
  retriever: Retriever;
  /** Where `fetch_chunk` reads the documents. */
  docsRoot: string;
}

/** What the assistant can do: know the time, search the documentation, read a passage of it. */
export function createDocsTools({ chunks, retriever, docsRoot }: DocsToolsOptions): Tool[] {
  const now = defineTool({
    name: "now",
    description: "The current date and time and the day of the week, today",
    parameters: z.object({
      timeZone: z.string().default("UTC").describe("IANA name of a time zone, such as Europe/Berlin"),
    }),
    run({ timeZone }) {
      try {
        const format = { dateStyle: "full", timeStyle: "long", timeZone } as const;
        return new Intl.DateTimeFormat("en-GB", format).format(new Date());
      } catch {
        throw new ToolInputError(`${timeZone} is no time zone`);
      }
    },
  });

  const searchDocs = defineTool({
    name: "search_docs",
    description:
      "Searches Nightowl's documentation. Returns passages, the best first, each with its id and a part of its text; " +
      "… is where text is left out, which fetch_chunk has",
    parameters: z.object({
      query: z.string().min(1).max(500).describe("The words to search for"),
      limit: z.int().min(1).max(10).default(4).describe("How many passages at most"),
    }),
    async run({ query, limit }) {
      const results = await retriever.retrieve(query, limit);
      return results.map(({ chunk, score }) => ({
        id: chunk.id,
        title: chunk.headings.join(" › "),
        score: Math.round(score * 100) / 100,
        text: excerptText(chunk.text, query),
      }));
    },
  });

  const fetchChunk = defineTool({
    name: "fetch_chunk",
    description: "Reads one passage of the documentation whole, by the id that search_docs gave it",
    parameters: z.object({ id: z.string().describe("Such as configuration#ports") }),
    run({ id }) {
      const indexed = chunks.find((chunk) => chunk.id === id);
      if (!indexed)
        throw new ToolInputError(`there is no passage ${id}; search_docs returns ids that there are`);
      // From the file and not from the index: a file that is gone is a bug to hear about.
      const chunk = readDocument(docsRoot, indexed.path).find((candidate) => candidate.id === id);
      if (!chunk) throw new ToolInputError(`the passage ${id} is no longer in ${indexed.path}`);
      return { id, title: chunk.headings.join(" › "), path: chunk.path, text: chunk.text };
    },
  });

  return [now, searchDocs, fetchChunk];
}
