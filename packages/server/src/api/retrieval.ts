import * as contract from "@nightowl/model/api/retrieval";
import type { FastifyInstance } from "fastify";
import { getRetrievedDocument } from "../queries/get-retrieved-document.ts";
import { getSimilarities } from "../queries/get-similarities.ts";
import { listRetrievalQueries } from "../queries/list-retrieval-queries.ts";
import { listRetrievedDocuments } from "../queries/list-retrieved-documents.ts";
import { retrievalOverview } from "../queries/retrieval-overview.ts";
import { retrievalRelevance } from "../queries/retrieval-relevance.ts";
import type { Asker } from "./asker.ts";
import { serveRoute } from "./serve-route.ts";

/** Searches across traces: what they found, and what became of it. */
export function retrievalRoutes(app: FastifyInstance, { db, freshen }: Asker): void {
  serveRoute(app, contract.retrievalOverview, async ({ params, query }) => {
    await freshen();
    return retrievalOverview(db, { ...params, ...query });
  });
  serveRoute(app, contract.listRetrievalQueries, async ({ params, query }) => {
    await freshen();
    return { data: await listRetrievalQueries(db, { ...params, ...query }) };
  });
  serveRoute(app, contract.listRetrievedDocuments, async ({ params, query }) => {
    await freshen();
    return { data: await listRetrievedDocuments(db, { ...params, ...query }) };
  });
  serveRoute(app, contract.getRetrievedDocument, async ({ params, query }) => {
    await freshen();
    return getRetrievedDocument(db, { ...params, ...query });
  });
  serveRoute(app, contract.getSimilarities, async ({ params }) => ({
    data: await getSimilarities(db, params),
  }));
  serveRoute(app, contract.retrievalRelevance, async ({ params, query }) => {
    await freshen();
    return retrievalRelevance(db, { ...params, ...query });
  });
}
