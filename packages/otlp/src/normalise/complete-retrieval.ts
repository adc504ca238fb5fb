import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import type { Message, MessagePart } from "@nightowl/model/span/message";
import type { LlmFields } from "@nightowl/model/span/span";
import { payloadOf } from "./payload.ts";
import { readDocuments } from "./read-documents.ts";
import { readEmbeddings } from "./read-embeddings.ts";
import { firstOf, isRecord } from "./record.ts";

/** What a retriever or reranker was asked and found, from its raw input and output where nothing else told it. */
export function completeRetrieval(fields: LlmFields): void {
  if (fields.query === undefined && fields.input !== undefined) {
    const query = queryOf(fields.input.value);
    if (query !== undefined) fields.query = query;
  }
  if (fields.input === undefined && fields.query !== undefined) fields.input = payloadOf(fields.query);
  // OpenLLMetry tells the documents, the query and the ranking as if they were said.
  if (fields.kind === "RERANKER" && fields.inputDocuments.length + fields.documents.length > 0) {
    if (fields.inputMessages.every(isOfTexts)) fields.inputMessages = [];
    if (fields.outputMessages.every(isOfTexts)) fields.outputMessages = [];
  }
  if (fields.documents.length === 0 && fields.output?.mimeType === "application/json") {
    const value = jsonOf(fields.output.value);
    const list = isRecord(value) ? value["documents"] : value;
    if (Array.isArray(list)) fields.documents = readDocuments(list);
  }
}

const QUERY_KEYS = [
  "query",
  "question",
  "input",
  "search_query",
  "q",
  "text",
  "query_str",
  "str_or_query_bundle",
  "query_bundle",
];

/** What a search was asked for, in whatever a function was called with. */
export function queryOf(input: string): string | undefined {
  const opened = jsonOf(input);
  if (!isRecord(opened)) return textOf(opened);
  const found = firstOf(opened, ...QUERY_KEYS);
  return isRecord(found) ? textOf(firstOf(found, ...QUERY_KEYS)) : textOf(found);
}

/** Some conventions send the texts to embed as messages; what was traced as a function has one text, and its vector. */
export function completeEmbeddings(fields: LlmFields): void {
  if (fields.embeddings.length === 0) readEmbedded(fields);
  if (fields.inputMessages.every(isOfTexts)) fields.inputMessages = [];
}

const isOfTexts = ({ parts }: Message) => parts.every(({ type }) => type === "text");

function readEmbedded(fields: LlmFields): void {
  fields.embeddings = fields.inputMessages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === "text" ? [{ text: part.text }] : [])),
  );
  readSpokenVectors(fields);
  const vector = fields.output === undefined ? undefined : jsonOf(fields.output.value);
  const isVector = Array.isArray(vector) && vector.length > 0 && typeof vector[0] === "number";
  if (fields.embeddings.length > 0 || !isVector || fields.input === undefined) return;
  fields.embeddings = readEmbeddings([queryOf(fields.input.value)], [vector]);
}

/** Who tells all in events has a vector's numbers as what was answered. */
function readSpokenVectors(fields: LlmFields): void {
  const isNumber = (part: MessagePart) => part.type === "text" && /^-?[\d.]+(e-?\d+)?$/i.test(part.text);
  const { embeddings, outputMessages } = fields;
  const isVectors =
    outputMessages.length === embeddings.length && outputMessages.every(({ parts }) => parts.every(isNumber));
  if (!isVectors) return;
  fields.outputMessages = [];
  fields.embeddings = embeddings.map((each, at) => ({
    ...each,
    dimensions: outputMessages[at]?.parts.length ?? 0,
  }));
}
