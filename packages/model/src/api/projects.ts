import { z } from "zod";
import { route } from "./route.ts";

export const listProjects = route({
  method: "GET",
  path: "/api/projects",
  summary: "Projects that have traces, the most recently active first.",
  params: z.object({}),
  query: z.object({}),
  response: z.object({
    data: z.array(
      z.object({
        name: z.string(),
        traceCount: z.number(),
        firstTraceNs: z.string(),
        lastTraceNs: z.string(),
      }),
    ),
  }),
  errors: [],
});

export const getMeta = route({
  method: "GET",
  path: "/api/meta",
  summary: "What this server is and where it listens.",
  params: z.object({}),
  query: z.object({}),
  response: z.object({
    version: z.string(),
    dataDir: z.string(),
    retentionDays: z.number().nullable(),
    receivers: z.object({ http: z.array(z.string()), grpc: z.string().nullable() }),
  }),
  errors: [],
});
