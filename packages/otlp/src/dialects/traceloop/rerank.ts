import type { Document, LlmFields, WireSpan } from "@nightowl/model/span/span";
import { type AttributeReader, numberOf, textOf } from "@nightowl/model/span/attribute-reader";
import { pythonLiteral } from "../../normalise/python-literal.ts";
import { readDocuments } from "../../normalise/read-documents.ts";
import { compact, isRecord } from "../../normalise/record.ts";
import type { AttributeTaker } from "../dialect.ts";

/** True for a reranking that says so in GenAI's words, with what was ranked in the names of before them. */
export function isRerank(span: WireSpan, attrs: AttributeReader): boolean {
  return span.scope.name === "opentelemetry.instrumentation.voyageai" && attrs.text(OPERATION) === "rerank";
}

const OPERATION = "gen_ai.operation.name";

/** `Doc 1, Score: 0.97`, and on the lines after it the document where it was sent back. */
const RANKED = /^Doc (\d+), Score: ([-+\d.eE]+)(?:\n([\s\S]*))?$/;

/**
 * A reranker's span: the documents it was given are the prompts of the system, the query that of the user, and
 * each completion is one place of the ranking.
 */
export function readRerank(
  take: AttributeTaker,
): Pick<Partial<LlmFields>, "query" | "topK" | "documents" | "inputDocuments"> {
  const prompts = take.list("gen_ai.prompt").items.filter(isRecord);
  const given = prompts.filter((prompt) => prompt["role"] !== "user");
  // JavaScript's has the documents under a name of their own.
  const named = take.list("documents").items.filter(isRecord);
  const inputDocuments = readDocuments(
    named.length > 0
      ? named.map(({ index }) => textOf(index) ?? "")
      : given.map(({ content }) => (isRecord(content) ? content : openDocument(textOf(content) ?? ""))),
  );
  const asked = prompts.find((prompt) => prompt["role"] === "user");
  const query = textOf(asked?.["content"] ?? asked?.["user"]);
  const ranking = take.list("gen_ai.completion").items.filter(isRecord);
  const documents: Document[] = [];
  for (const place of ranking) {
    const ranked = readPlace(place, inputDocuments);
    if (ranked !== undefined) documents.push({ ...ranked, rank: documents.length + 1 });
  }
  const topK = take.number("topN");
  return { inputDocuments, documents, ...compact({ query, topK }) };
}

function readPlace(
  { content, relevanceScore }: Record<string, unknown>,
  given: readonly Document[],
): Omit<Document, "rank"> | undefined {
  const said = textOf(content);
  const relevance = numberOf(relevanceScore);
  if (relevance !== undefined) return { score: relevance, ...compact({ text: said }) };
  const [, index, score, text] = RANKED.exec(said ?? "") ?? [];
  if (index === undefined) return undefined;
  const source = given[Number(index)] ?? compact({ text });
  return { ...source, score: Number(score) };
}

/** Cohere's documents may be objects, sent as such or as Python prints them: `{'text': '…'}`. */
function openDocument(text: string): unknown {
  return text.startsWith("{") ? (pythonLiteral(text) ?? text) : text;
}
