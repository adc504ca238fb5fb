import { z } from "zod";
import { SPAN_KINDS } from "../span/span.ts";
import { route } from "./route.ts";
import { timeRangeQuery } from "./traces.ts";

const params = z.object({ project: z.string().min(1) });
const retriever = z.string().max(300).optional().describe("Only searches of this retriever");
const limit = z.coerce.number().int().min(1).max(500).default(50);
const share = z.number().min(0).max(1);

/** A number of documents in a range of some figure, `from` ≤ figure < `to`. */
const binSchema = z.object({ from: z.number(), to: z.number(), count: z.number() });

const retrieverSchema = z.object({
  name: z.string(),
  kind: z.enum(SPAN_KINDS),
  retrievalCount: z.number(),
  failedCount: z.number(),
  emptyCount: z.number().describe("Those that ended well and found nothing"),
  meanDocuments: z.number().nullable(),
  durationP50Ms: z.number().nullable(),
  durationP95Ms: z.number().nullable(),
  topScores: z
    .object({ p10: z.number(), p50: z.number(), p90: z.number(), count: z.number() })
    .nullable()
    .describe("Of the first document of each search; null where none has a score"),
  lowerIsBetter: z.boolean().describe("Its scores grow with the rank: they are distances"),
  scores: z
    .array(z.object({ from: z.number(), to: z.number(), top: z.number(), all: z.number() }))
    .describe("How many first documents, and how many of all, have a score from `from` on"),
  usedShare: share.nullable().describe("Of the documents of which it is known, those that the answer used"),
});
export type RetrieverSummary = z.infer<typeof retrieverSchema>;

export const retrievalOverview = route({
  method: "GET",
  path: "/api/projects/:project/retrieval",
  summary: "The searches of a project: per retriever, and how their documents are spread.",
  params,
  query: timeRangeQuery,
  response: z.object({
    retrievalCount: z.number().describe("Without rerankers of what another search of the trace found"),
    failedCount: z.number(),
    emptyCount: z.number(),
    hitCount: z.number().describe("Documents found, each search counting its own"),
    documentCount: z.number().describe("Different documents among them, by content"),
    neverUsedCount: z.number().describe("Those of which it is known that no answer used them"),
    usedShare: share.nullable(),
    retrievers: z.array(retrieverSchema).describe("The one with most searches first"),
    documentsFound: z.array(binSchema).describe("Searches by the number of documents they found"),
    hits: z.array(binSchema).describe("Documents by how often they were found"),
    topTenthShare: share
      .nullable()
      .describe("Share of the hits that the tenth of the documents has that is found most"),
  }),
  errors: ["not_found"],
});
export type RetrievalOverview = z.infer<typeof retrievalOverview.response>;

export const getSimilarities = route({
  method: "GET",
  path: "/api/projects/:project/traces/:traceId/spans/:spanId/similarities",
  summary: "How alike a search's query and documents are, by the vectors that its trace has.",
  params: params.extend({
    traceId: z.string().regex(/^[0-9a-fA-F]{32}$/, "a trace id is 32 hex digits"),
    spanId: z.string().regex(/^[0-9a-fA-F]{16}$/, "a span id is 16 hex digits"),
  }),
  query: z.object({}),
  response: z.object({
    data: z
      .array(z.number().min(-1).max(1).nullable())
      .describe("Cosine of each document in rank order; null where a vector is missing"),
  }),
  errors: ["not_found"],
});

export const QUERY_ORDERS = ["worst", "best", "empty"] as const;

const searchedQuerySchema = z.object({
  query: z.string(),
  retriever: z.string(),
  kind: z.enum(SPAN_KINDS),
  retrievalCount: z.number().describe("Searches with this very query"),
  topScore: z.number().nullable().describe("The worst of theirs; null where none was given"),
  meanTopScore: z.number().nullable(),
  documentCount: z.number().describe("Of the search that is linked"),
  usedCount: z
    .number()
    .nullable()
    .describe("Documents of it that the answer used; null where that is not known"),
  traceId: z.string().describe("Of the search with the worst top score"),
  spanId: z.string(),
  startTimeNs: z.string(),
});
export type SearchedQuery = z.infer<typeof searchedQuerySchema>;

export const listRetrievalQueries = route({
  method: "GET",
  path: "/api/projects/:project/retrieval/queries",
  summary: "What was searched for, those with the lowest top score first, or those that found nothing.",
  params,
  query: timeRangeQuery.extend({
    retriever,
    order: z
      .enum(QUERY_ORDERS)
      .default("worst")
      .describe(
        "`worst` the lowest top score first, `best` the highest, `empty` what found nothing, most often first",
      ),
    limit,
  }),
  response: z.object({ data: z.array(searchedQuerySchema) }),
  errors: ["not_found"],
});

export const DOCUMENT_SORTS = ["unused", "hits", "rank"] as const;

const documentFiguresSchema = z.object({
  documentKey: z.string().describe("16 hex digits of its content"),
  id: z.string().describe("As it was called last; may be empty"),
  preview: z.string().describe("How it begins, at most 200 characters"),
  hitCount: z.number().describe("Searches that found it"),
  usedCount: z.number(),
  knownCount: z.number().describe("Searches of which it is known whether the answer used it"),
  meanRank: z.number().nullable(),
  lastTimeNs: z.string(),
});
export type DocumentFigures = z.infer<typeof documentFiguresSchema>;

export const listRetrievedDocuments = route({
  method: "GET",
  path: "/api/projects/:project/retrieval/documents",
  summary: "The documents that searches found: those found most often and never used, or all.",
  params,
  query: timeRangeQuery.extend({
    retriever,
    sort: z
      .enum(DOCUMENT_SORTS)
      .default("unused")
      .describe(
        "`unused` never used in an answer, most found first; `hits` most found; `rank` best mean rank",
      ),
    limit,
  }),
  response: z.object({ data: z.array(documentFiguresSchema) }),
  errors: ["not_found"],
});

const hitSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  retriever: z.string(),
  kind: z.enum(SPAN_KINDS),
  query: z.string(),
  rank: z.number(),
  rankBefore: z.number().nullable().describe("Before reranking"),
  score: z.number().nullable(),
  used: z.boolean().nullable().describe("null where it is not known"),
  startTimeNs: z.string(),
});
export type DocumentHit = z.infer<typeof hitSchema>;

export const getRetrievedDocument = route({
  method: "GET",
  path: "/api/projects/:project/retrieval/documents/:documentKey",
  summary: "One document: its text, and the searches that found it, the latest first.",
  params: params.extend({
    documentKey: z.string().regex(/^[0-9a-f]{16}$/, "a document's key is 16 hex digits"),
  }),
  query: timeRangeQuery.extend({ limit }),
  response: documentFiguresSchema.extend({
    text: z.string().nullable().describe("As it was found last; null where it was not sent, or is gone"),
    metadata: z.unknown(),
    meanScore: z.number().nullable(),
    hits: z.array(hitSchema),
  }),
  errors: ["not_found"],
});
export type RetrievedDocument = z.infer<typeof getRetrievedDocument.response>;

export const RANKING_CUTS = [1, 3, 5, 10] as const;

const rankingSchema = z.object({
  judgedCount: z.number().describe("Searches that are judged"),
  precision: z.array(z.object({ k: z.number(), mean: share })),
  ndcg: z.array(z.object({ k: z.number(), mean: share })),
  meanReciprocalRank: share,
});
export type Ranking = z.infer<typeof rankingSchema>;

export const retrievalRelevance = route({
  method: "GET",
  path: "/api/projects/:project/retrieval/relevance",
  summary: "Precision, nDCG and MRR, where annotations say which documents are relevant.",
  params,
  query: timeRangeQuery,
  response: z.object({
    judgedCount: z.number().describe("Searches of which at least one document is judged"),
    lookedAtCount: z.number().describe("At most the latest 5,000 of them"),
    documentCount: z.number().describe("Judged documents of those"),
    names: z.array(z.string()).describe("Names of the annotations"),
    total: rankingSchema.nullable(),
    retrievers: z.array(rankingSchema.extend({ name: z.string(), kind: z.enum(SPAN_KINDS) })),
  }),
  errors: ["not_found"],
});
export type RetrievalRelevance = z.infer<typeof retrievalRelevance.response>;
