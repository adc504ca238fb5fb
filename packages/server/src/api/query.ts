import * as contract from "@nightowl/model/api/query";
import { DIMENSION_FIELDS, MEASURE_FIELDS } from "@nightowl/model/query/query-fields";
import type { FastifyInstance } from "fastify";
import { runQuery } from "../queries/run-query.ts";
import type { Asker } from "./asker.ts";
import { serveRoute } from "./serve-route.ts";

export function queryRoutes(
  app: FastifyInstance,
  { db, freshen, settlePrompts }: Asker & { settlePrompts: () => Promise<void> },
): void {
  serveRoute(app, contract.runQuery, async ({ params, body }) => {
    const asksPrompts = [...body.by, body.filter].some((text) => text.includes("prompt"));
    await freshen();
    // Afterwards: prompts may have come in log records that were just joined.
    if (asksPrompts) await settlePrompts();
    return runQuery(db, { ...body, ...params });
  });
  serveRoute(app, contract.listQueryFields, async () => ({
    measures: MEASURE_FIELDS.map((field) => ({ ...field, of: [...field.of] })),
    dimensions: DIMENSION_FIELDS.map(({ repeats, ...field }) => ({
      ...field,
      of: [...field.of],
      repeats: repeats === true,
    })),
  }));
}
