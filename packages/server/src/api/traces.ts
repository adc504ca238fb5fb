import * as contract from "@nightowl/model/api/traces";
import type { FastifyInstance } from "fastify";
import { getTrace } from "../queries/get-trace.ts";
import { listTraces } from "../queries/list-traces.ts";
import { locateTrace } from "../queries/locate-trace.ts";
import { neighbourTraces } from "../queries/neighbour-traces.ts";
import { searchTrace } from "../queries/search-trace.ts";
import { suggestValues } from "../queries/suggest-values.ts";
import { traceStats } from "../queries/trace-stats.ts";
import type { Asker } from "./asker.ts";
import { serveRoute } from "./serve-route.ts";

/**
 * Lists, totals and neighbours read the summaries. A trace itself is read from its spans, but its summary says
 * in which hours they are, so all of them first wait until the summaries know what was written.
 */
export function traceRoutes(app: FastifyInstance, { db, freshen }: Asker): void {
  serveRoute(app, contract.listTraces, async ({ params, query }) => {
    await freshen();
    return listTraces(db, { ...params, ...query });
  });
  serveRoute(app, contract.traceStats, async ({ params, query }) => {
    await freshen();
    return traceStats(db, { ...params, ...query });
  });
  serveRoute(app, contract.neighbourTraces, async ({ params, query }) => {
    await freshen();
    return neighbourTraces(db, { ...params, ...query });
  });
  serveRoute(app, contract.suggestValues, async ({ params, query }) => {
    await freshen();
    return { values: await suggestValues(db, { ...params, ...query }) };
  });
  serveRoute(app, contract.getTrace, async ({ params }) => {
    await freshen();
    return getTrace(db, params);
  });
  serveRoute(app, contract.searchTrace, async ({ params, query }) => {
    await freshen();
    return { spanIds: await searchTrace(db, { ...params, ...query }) };
  });
  serveRoute(app, contract.locateTrace, async ({ params }) => ({
    projects: await locateTrace(db, params.traceId),
  }));
}
