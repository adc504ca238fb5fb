import * as contract from "@nightowl/model/api/renormalise";
import type { FastifyInstance } from "fastify";
import { requireProject } from "../queries/list-projects.ts";
import type { Asker } from "./asker.ts";
import { serveRoute } from "./serve-route.ts";

/** What the routes need of the reading again of stored spans. */
export interface RenormaliseControl {
  status(): contract.RenormaliseStatus;
  start(project?: string): contract.RenormaliseStatus;
  stop(): Promise<contract.RenormaliseStatus>;
}

export function renormaliseRoutes(
  app: FastifyInstance,
  { db, freshen, renormaliser }: Asker & { renormaliser: RenormaliseControl },
): void {
  serveRoute(app, contract.startRenormalise, async ({ query }) => {
    if (query.project !== undefined) {
      await freshen();
      await requireProject(db, query.project);
    }
    return renormaliser.start(query.project);
  });
  serveRoute(app, contract.getRenormalise, async () => renormaliser.status());
  serveRoute(app, contract.stopRenormalise, async () => renormaliser.stop());
}
