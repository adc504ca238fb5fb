import { z } from "zod";
import { route } from "./route.ts";
import { spanRowSchema } from "./span-row.ts";
import { traceSummarySchema } from "./trace-summary.ts";

const projectParams = z.object({ project: z.string().min(1) });
const traceParams = projectParams.extend({
  traceId: z.string().regex(/^[0-9a-fA-F]{32}$/, "a trace id is 32 hex digits"),
});

/** A time range: `from` ≤ start < `to`, ISO 8601 with any zone. Either end may be open. */
export const timeRangeQuery = z.object({
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  filter: z.string().max(4000).optional().describe("Filter expression, e.g. `status:error latency:>2s`"),
});

export const TRACE_SORTS = ["start", "duration", "tokens", "cost", "spans"] as const;

export const listTraces = route({
  method: "GET",
  path: "/api/projects/:project/traces",
  summary: "Traces of a project, newest first unless `sort` says otherwise.",
  params: projectParams,
  query: timeRangeQuery.extend({
    sort: z.enum(TRACE_SORTS).default("start"),
    order: z.enum(["asc", "desc"]).default("desc"),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
    cursor: z.string().optional(),
  }),
  response: z.object({ data: z.array(traceSummarySchema), nextCursor: z.string().nullable() }),
  errors: ["not_found"],
});

export const traceStats = route({
  method: "GET",
  path: "/api/projects/:project/traces/stats",
  summary: "Totals and a histogram over the traces that the list would show.",
  params: projectParams,
  query: timeRangeQuery.extend({ buckets: z.coerce.number().int().min(1).max(500).default(120) }),
  response: z.object({
    traceCount: z.number(),
    errorCount: z.number().describe("Traces with at least one failed span"),
    spanCount: z.number(),
    inputTokens: z.number(),
    outputTokens: z.number(),
    costUsd: z.number().nullable(),
    unpricedCount: z.number(),
    durationP50Ms: z.number().nullable(),
    durationP95Ms: z.number().nullable(),
    maxDurationMs: z.number().nullable(),
    /** Actual range of the histogram: the asked one, or the data's where an end is open. */
    fromNs: z.string(),
    toNs: z.string(),
    bucketMs: z.number(),
    buckets: z.array(z.object({ startTimeNs: z.string(), ok: z.number(), error: z.number() })),
  }),
  errors: ["not_found"],
});

export const getTrace = route({
  method: "GET",
  path: "/api/projects/:project/traces/:traceId",
  summary: "A trace: its summary and every span as a waterfall row, ordered by start.",
  params: traceParams,
  query: z.object({}),
  response: z.object({ trace: traceSummarySchema, spans: z.array(spanRowSchema) }),
  errors: ["not_found"],
});

export const neighbourTraces = route({
  method: "GET",
  path: "/api/projects/:project/traces/:traceId/neighbours",
  summary: "The trace before and the trace after, under the same filter.",
  params: traceParams,
  query: timeRangeQuery,
  response: z.object({ newer: z.string().nullable(), older: z.string().nullable() }),
  errors: ["not_found"],
});

export const searchTrace = route({
  method: "GET",
  path: "/api/projects/:project/traces/:traceId/search",
  summary: "Ids of the spans whose name, status, attributes or events contain the text, case-insensitive.",
  params: traceParams,
  query: z.object({ text: z.string().min(1).max(500) }),
  response: z.object({ spanIds: z.array(z.string()) }),
  errors: ["not_found"],
});

export const locateTrace = route({
  method: "GET",
  path: "/api/traces/:traceId",
  summary: "The projects that hold spans of this trace.",
  params: traceParams.omit({ project: true }),
  query: z.object({}),
  response: z.object({ projects: z.array(z.string()) }),
  errors: ["not_found"],
});

export const suggestValues = route({
  method: "GET",
  path: "/api/projects/:project/suggest",
  summary: "Frequent values of a filter field, for autocompletion.",
  params: projectParams,
  query: z.object({ field: z.string().min(1).max(200), prefix: z.string().max(200).default("") }),
  response: z.object({
    values: z.array(
      z.object({
        value: z.string(),
        label: z.string().optional().describe("What people call a value that is an id"),
        count: z.number(),
      }),
    ),
  }),
  errors: ["not_found"],
});
