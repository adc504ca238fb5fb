import { z } from "zod";
import { route } from "./route.ts";
import { traceSummarySchema } from "./trace-summary.ts";
import { timeRangeQuery } from "./traces.ts";

const projectParams = z.object({ project: z.string().min(1) });

/** What a session, or a user, adds up to: over the traces in the time range that meet the filter. */
const totals = {
  traceCount: z.number(),
  errorCount: z.number().describe("Traces with at least one failed span"),
  firstTimeNs: z.string().describe("Start of the first trace"),
  lastTimeNs: z.string().describe("End of the last trace"),
  inputTokens: z.number(),
  outputTokens: z.number(),
  costUsd: z.number().nullable().describe("Sum of what is known; null when nothing is"),
  unpricedCount: z.number(),
  evals: z
    .array(z.object({ name: z.string(), count: z.number(), meanScore: z.number().nullable() }))
    .describe("Annotations by name, of the session itself and of its traces and their spans"),
};

export const sessionSummarySchema = z.object({
  sessionId: z.string(),
  ...totals,
  durationMs: z.number().describe("From the first trace's start to the last one's end"),
  userId: z.string().describe("The last trace's; empty where none is known"),
  firstInputPreview: z.string(),
  lastOutputPreview: z.string(),
});
export type SessionSummary = z.infer<typeof sessionSummarySchema>;

export const userSummarySchema = z.object({
  userId: z.string(),
  ...totals,
  sessionCount: z.number(),
  durationP50Ms: z.number().nullable(),
  durationP95Ms: z.number().nullable(),
});
export type UserSummary = z.infer<typeof userSummarySchema>;

export const GROUP_SORTS = ["last", "first", "traces", "errors", "tokens", "cost"] as const;
export type GroupSort = (typeof GROUP_SORTS)[number];

const groupQuery = timeRangeQuery.extend({
  sort: z.enum(GROUP_SORTS).default("last"),
  order: z.enum(["asc", "desc"]).default("desc"),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(2000).optional(),
});

export const listSessions = route({
  method: "GET",
  path: "/api/projects/:project/sessions",
  summary: "Sessions of a project, the one heard of last first unless `sort` says otherwise.",
  params: projectParams,
  query: groupQuery,
  response: z.object({ data: z.array(sessionSummarySchema), nextCursor: z.string().nullable() }),
  errors: ["not_found"],
});

export const listUsers = route({
  method: "GET",
  path: "/api/projects/:project/users",
  summary: "Users of a project, the one heard of last first unless `sort` says otherwise.",
  params: projectParams,
  query: groupQuery,
  response: z.object({ data: z.array(userSummarySchema), nextCursor: z.string().nullable() }),
  errors: ["not_found"],
});

const said = z
  .object({ spanId: z.string(), text: z.string(), truncated: z.boolean() })
  .nullable()
  .describe("What was said, whole but for its length, and the span that says it");

export const turnSchema = z.object({ trace: traceSummarySchema, input: said, output: said });
export type SessionTurn = z.infer<typeof turnSchema>;

export const getSession = route({
  method: "GET",
  path: "/api/projects/:project/sessions/:sessionId",
  summary: "A session as one conversation: its totals, and a page of its traces in the order they began.",
  params: projectParams.extend({ sessionId: z.string().min(1).max(1000) }),
  query: z.object({
    limit: z.coerce.number().int().min(1).max(200).default(50),
    cursor: z.string().max(2000).optional(),
  }),
  response: z.object({
    session: sessionSummarySchema,
    turns: z.array(turnSchema),
    nextCursor: z.string().nullable(),
  }),
  errors: ["not_found"],
});
