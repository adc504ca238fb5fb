import { z } from "zod";
import { route } from "./route.ts";
import { timeRangeQuery } from "./traces.ts";

export const OUTCOMES = ["error", "slow", "cost", "eval"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What a trace has in one place. */
const fieldValueSchema = z.object({
  field: z.string().describe("A filter field (`model`, `tool`, `user`, …) or `@` and an attribute's name"),
  value: z.string(),
});

export const correlateValueSchema = z.object({
  value: z.string(),
  label: z.string().optional().describe("What people call it, where the value is an id"),
  badCount: z.number().describe("Of the bad traces that were looked at, those that have the value"),
  restCount: z.number().describe("Of the others"),
  badShare: z.number(),
  restShare: z.number(),
  z: z.number().describe("Difference of the shares in standard errors; beyond 3 it is hardly chance"),
  same: z
    .array(fieldValueSchema)
    .describe("What marks exactly the same traces, and so says the same: at most 5"),
});
export type CorrelateValue = z.infer<typeof correlateValueSchema>;

export const correlateSchema = z.object({
  field: z.string().describe("A filter field (`model`, `tool`, `user`, …) or `@` and an attribute's name"),
  valueCount: z.number().describe("Its values that bad traces have more or less often"),
  values: z.array(correlateValueSchema).describe("Those that differ most, at most 5"),
});
export type Correlate = z.infer<typeof correlateSchema>;

export const findCorrelates = route({
  method: "GET",
  path: "/api/projects/:project/correlates",
  summary: "Which values go with bad traces: failed, slow, dear, or badly judged ones.",
  params: z.object({ project: z.string().min(1) }),
  query: timeRangeQuery.extend({
    outcome: z.enum(OUTCOMES).default("error"),
    name: z.string().min(1).max(200).optional().describe("The annotation's name, for `eval`"),
    below: z.coerce.number().optional().describe("`eval`: scores below this are bad. Default: the mean"),
    label: z.string().max(1000).optional().describe("`eval`: this label is bad, instead of a score"),
    limit: z.coerce.number().int().min(1).max(200).default(40).describe("Fields at most"),
  }),
  response: z.object({
    badCount: z.number().describe("Bad traces in all"),
    restCount: z.number(),
    lookedAtBad: z.number().describe("At most 1,000 of each are looked at, drawn by a hash of their ids"),
    lookedAtRest: z.number(),
    threshold: z.number().nullable().describe("What divides them: milliseconds, US dollars or a score"),
    data: z.array(correlateSchema).describe("The field with the most telling value first"),
  }),
  errors: ["not_found"],
});
