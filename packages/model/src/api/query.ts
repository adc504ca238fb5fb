import { z } from "zod";
import { QUERY_SUBJECTS } from "../query/query-fields.ts";
import { route } from "./route.ts";

/** A value, what it rests on, and the interval it lies in with 95 % confidence where it is a mean or a share. */
const cellSchema = z.object({
  value: z.number().nullable().describe("null where there is nothing to reckon it from"),
  low: z.number().optional().describe("Lower end of the 95 % confidence interval"),
  high: z.number().optional(),
  n: z.number().optional().describe("How many were looked at for it; a sampled one is one"),
});
export type QueryCell = z.infer<typeof cellSchema>;

const rowSchema = z.object({
  key: z
    .record(z.string(), z.string().nullable())
    .describe("Value by dimension; `time` in Unix nanoseconds; null is all others together"),
  labels: z
    .record(z.string(), z.string())
    .optional()
    .describe("By dimension, what people call a value that is an id: prompt templates and versions"),
  filter: z
    .string()
    .nullable()
    .describe("Filter expression that shows the traces of this row; null where none does"),
  count: z.number().describe("Calls, spans or traces, with their sampling weights"),
  values: z.record(z.string(), cellSchema),
});
export type QueryRow = z.infer<typeof rowSchema>;

const name = z.string().min(1).max(300);

export const queryBodySchema = z.object({
  of: z.enum(QUERY_SUBJECTS).default("calls").describe("What is counted"),
  measures: z.array(name).min(1).max(40).default(["count"]),
  by: z.array(name).max(4).default([]).describe("Dimensions"),
  filter: z.string().max(4000).default("").describe("Filter expression: of which traces"),
  from: z.iso.datetime({ offset: true }).optional().describe("`from` ≤ start < `to`"),
  to: z.iso.datetime({ offset: true }).optional(),
  sort: z
    .string()
    .max(300)
    .optional()
    .describe("A measure or a dimension; the first measure unless told, or `time`"),
  order: z.enum(["asc", "desc"]).optional().describe("`desc` for measures, `asc` for dimensions unless told"),
  limit: z.number().int().min(1).max(5000).default(100),
  timeBuckets: z.number().int().min(1).max(500).default(60).describe("At most so many steps of `time`"),
  totals: z.boolean().default(true).describe("`total` too, which costs another look at everything"),
  top: z
    .number()
    .int()
    .min(1)
    .max(50)
    .optional()
    .describe("Only the groups that are first over the whole time stand alone; all others are one group"),
});

export const runQuery = route({
  method: "POST",
  path: "/api/projects/:project/query",
  summary: "The one question: any measures by any dimensions, filtered, sorted, with counts and confidence.",
  params: z.object({ project: z.string().min(1) }),
  query: z.object({}),
  body: queryBodySchema,
  response: z.object({
    of: z.enum(QUERY_SUBJECTS),
    groupCount: z.number().describe("Groups that there are; `rows` has the first `limit` of them"),
    total: rowSchema
      .pick({ count: true, values: true })
      .nullable()
      .describe("Over everything, not only these rows; null where `totals` is false"),
    rows: z.array(rowSchema),
    bucketMs: z.number().nullable().describe("Length of a step of `time`"),
    fromNs: z.string().nullable().describe("Range of `time`, where it is a dimension"),
    toNs: z.string().nullable(),
  }),
  errors: ["not_found"],
});

export const listQueryFields = route({
  method: "GET",
  path: "/api/query-fields",
  summary: "The measures and dimensions that a query can name.",
  params: z.object({}),
  query: z.object({}),
  response: z.object({
    measures: z.array(
      z.object({
        name: z.string(),
        label: z.string(),
        unit: z.string(),
        of: z.array(z.enum(QUERY_SUBJECTS)),
        hint: z.string(),
      }),
    ),
    dimensions: z.array(
      z.object({
        name: z.string(),
        label: z.string(),
        of: z.array(z.enum(QUERY_SUBJECTS)),
        hint: z.string(),
        repeats: z.boolean(),
      }),
    ),
  }),
  errors: [],
});
