import { getMeta, listProjects as listProjectsRoute } from "@nightowl/model/api/projects";
import type { FastifyInstance } from "fastify";
import type { z } from "zod";
import { listProjects } from "../queries/list-projects.ts";
import type { Asker } from "./asker.ts";
import { serveRoute } from "./serve-route.ts";

export type ServerMeta = z.output<typeof getMeta.response>;

export function projectRoutes(
  app: FastifyInstance,
  { db, freshen, meta }: Asker & { meta: () => ServerMeta },
): void {
  serveRoute(app, getMeta, async () => meta());
  serveRoute(app, listProjectsRoute, async () => {
    await freshen();
    return { data: await listProjects(db) };
  });
}
