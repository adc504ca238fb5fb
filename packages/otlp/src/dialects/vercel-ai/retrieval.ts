import type { LlmFields } from "@nightowl/model/span/span";
import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { joinRanking, readDocuments } from "../../normalise/read-documents.ts";
import { compact } from "../../normalise/record.ts";
import type { AttributeTaker } from "../dialect.ts";

/** What was embedded, and what was ranked; every value is JSON text of its own. */
export function readVercelRetrieval(
  take: AttributeTaker,
): Pick<LlmFields, "documents" | "inputDocuments" | "embeddings"> {
  const inputDocuments = readDocuments(take.list("ai.documents").items.map(jsonOf));
  const ranking = readDocuments(take.list("ai.ranking").items.map(jsonOf));
  return {
    inputDocuments,
    documents: joinRanking(ranking, inputDocuments),
    embeddings: readEmbeddings(take),
  };
}

function readEmbeddings(take: AttributeTaker): LlmFields["embeddings"] {
  const texts = take.list("ai.values").items.map(jsonOf);
  const vectors = take.list("ai.embeddings").items.map(jsonOf);
  const text = take.json("ai.value");
  if (text !== undefined) texts.push(text);
  const vector = take.json("ai.embedding");
  if (vector !== undefined) vectors.push(vector);
  return Array.from({ length: Math.max(texts.length, vectors.length) }, (_, index) => {
    const values = vectors[index];
    const dimensions = Array.isArray(values) ? values.length : undefined;
    return compact({ text: textOf(texts[index]), dimensions }) ?? {};
  });
}
