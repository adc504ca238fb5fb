import { findCorrelates as contract } from "@nightowl/model/api/correlates";
import type { FastifyInstance } from "fastify";
import { findCorrelates } from "../queries/find-correlates.ts";
import type { Asker } from "./asker.ts";
import { serveRoute } from "./serve-route.ts";

export function correlateRoutes(app: FastifyInstance, { db, freshen }: Asker): void {
  serveRoute(app, contract, async ({ params, query }) => {
    await freshen();
    return findCorrelates(db, { ...params, ...query });
  });
}
