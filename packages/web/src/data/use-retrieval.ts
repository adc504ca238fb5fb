import {
  getRetrievedDocument,
  getSimilarities,
  listRetrievalQueries,
  listRetrievedDocuments,
  retrievalOverview,
  retrievalRelevance,
} from "@nightowl/model/api/retrieval";
import { useQuery } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { DocumentSort, QueryOrder } from "./retrieval-search.ts";

/** Which traces: undefined until the range is known. */
export type RetrievalWindow = { from?: string; to?: string; filter?: string } | undefined;

/** While another answer is on its way the last one stays, but never another project's. */
function ofProject(project: string) {
  return <T>(previous: T | undefined, before?: { queryKey: readonly unknown[] }): T | undefined =>
    before?.queryKey[1] === project ? previous : undefined;
}

export function useRetrievalOverview(project: string, window: RetrievalWindow) {
  return useQuery({
    queryKey: ["retrieval", project, window],
    enabled: window !== undefined,
    placeholderData: ofProject(project),
    queryFn: ({ signal }) =>
      call(retrievalOverview, { params: { project }, query: { ...window } }, { signal }),
  });
}

export function useRetrievalQueries(
  project: string,
  window: RetrievalWindow,
  query: { order: QueryOrder; retriever?: string },
) {
  return useQuery({
    queryKey: ["retrieval-queries", project, window, query],
    enabled: window !== undefined,
    placeholderData: ofProject(project),
    queryFn: ({ signal }) =>
      call(listRetrievalQueries, { params: { project }, query: { ...window, ...query } }, { signal }),
  });
}

export function useRetrievedDocuments(
  project: string,
  window: RetrievalWindow,
  query: { sort: DocumentSort; retriever?: string },
) {
  return useQuery({
    queryKey: ["retrieved-documents", project, window, query],
    enabled: window !== undefined,
    placeholderData: ofProject(project),
    queryFn: ({ signal }) =>
      call(listRetrievedDocuments, { params: { project }, query: { ...window, ...query } }, { signal }),
  });
}

export function useRetrievedDocument(project: string, window: RetrievalWindow, documentKey: string) {
  return useQuery({
    queryKey: ["retrieved-document", project, window, documentKey],
    enabled: window !== undefined,
    queryFn: ({ signal }) =>
      call(getRetrievedDocument, { params: { project, documentKey }, query: { ...window } }, { signal }),
  });
}

/** Of a search's documents; idle while `spanId` is undefined. */
export function useSimilarities(project: string, traceId: string, spanId: string | undefined) {
  return useQuery({
    queryKey: ["similarities", project, traceId, spanId],
    enabled: spanId !== undefined,
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      call(getSimilarities, { params: { project, traceId, spanId: spanId ?? "" } }, { signal }),
  });
}

export function useRetrievalRelevance(project: string, window: RetrievalWindow) {
  return useQuery({
    queryKey: ["retrieval-relevance", project, window],
    enabled: window !== undefined,
    placeholderData: ofProject(project),
    queryFn: ({ signal }) =>
      call(retrievalRelevance, { params: { project }, query: { ...window } }, { signal }),
  });
}
