import { z } from "zod";
import { route } from "./route.ts";

/** How far the reading again of stored spans is. Times are Unix nanoseconds as decimal strings. */
export const renormaliseStatusSchema = z.object({
  state: z
    .enum(["idle", "running", "done", "stopped", "failed"])
    .describe(
      "`idle`: never asked for; `stopped`: somebody ended it; a server that stops meanwhile goes on with it at its next start",
    ),
  project: z.string().nullable().describe("null: all projects"),
  startedAtNs: z.string().nullable(),
  finishedAtNs: z.string().nullable(),
  readSpans: z.number().describe("Spans read again so far"),
  changedSpans: z.number().describe("Of these, spans that read otherwise than before"),
  totalSpans: z.number().describe("About how many there are to read"),
  error: z.string().nullable().describe("Why it failed"),
});
export type RenormaliseStatus = z.infer<typeof renormaliseStatusSchema>;

const noParams = z.object({});

export const startRenormalise = route({
  method: "POST",
  path: "/api/renormalise",
  summary:
    "Reads stored spans again from what was sent, in the background. One run at a time: while one goes on, its status.",
  params: noParams,
  query: z.object({ project: z.string().min(1).optional().describe("Only this project; all without it") }),
  response: renormaliseStatusSchema,
  errors: ["not_found"],
});

export const getRenormalise = route({
  method: "GET",
  path: "/api/renormalise",
  summary: "How far the reading again of stored spans is.",
  params: noParams,
  query: z.object({}),
  response: renormaliseStatusSchema,
  errors: [],
});

export const stopRenormalise = route({
  method: "DELETE",
  path: "/api/renormalise",
  summary: "Ends the reading again of stored spans; what was read stays read.",
  params: noParams,
  query: z.object({}),
  response: renormaliseStatusSchema,
  errors: [],
});
