import type { Document, LlmFields } from "@nightowl/model/span/span";
import { textOf } from "@nightowl/model/span/attribute-reader";
import { readDocuments } from "../../normalise/read-documents.ts";
import { isRecord } from "../../normalise/record.ts";
import type { AttributeTaker } from "../dialect.ts";

/** `Doc 1, Score: 0.97`, and on the lines after it the document where it was sent back. */
const RANKED = /^Doc (\d+), Score: ([-+\d.eE]+)(?:\n([\s\S]*))?$/;

/**
 * A reranker's span: the documents it was given are the prompts of the system, the query that of the user, and
 * each completion is one place of the ranking.
 */
export function readRerank(
  take: AttributeTaker,
): Pick<Partial<LlmFields>, "query" | "documents" | "inputDocuments"> {
  const prompts = take.list("gen_ai.prompt").items.filter(isRecord);
  const given = prompts.filter((prompt) => prompt["role"] !== "user");
  const inputDocuments = readDocuments(given.map((prompt) => textOf(prompt["content"]) ?? ""));
  const query = textOf(prompts.find((prompt) => prompt["role"] === "user")?.["content"]);
  const ranking = take.list("gen_ai.completion").items.filter(isRecord);
  const documents: Document[] = [];
  for (const { content } of ranking) {
    const [, index, score, text] = RANKED.exec(textOf(content) ?? "") ?? [];
    if (index === undefined) continue;
    const source = inputDocuments[Number(index)];
    const document: Document = { ...source, rank: documents.length + 1, score: Number(score) };
    if (source === undefined && text !== undefined) document.text = text;
    documents.push(document);
  }
  return { inputDocuments, documents, ...(query === undefined ? {} : { query }) };
}
