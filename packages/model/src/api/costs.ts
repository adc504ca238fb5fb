import { z } from "zod";
import { UNPRICED_REASONS } from "../pricing/cost-of.ts";
import { COST_BUCKETS, PRICE_SOURCES, priceRuleSchema, ratesSchema } from "../pricing/price.ts";
import { PROMPT_PARTS } from "../pricing/prompt-parts.ts";
import { route } from "./route.ts";

const traceParams = z.object({
  project: z.string().min(1),
  traceId: z.string().regex(/^[0-9a-fA-F]{32}$/, "a trace id is 32 hex digits"),
});

const bucketsSchema = z.object(
  Object.fromEntries(COST_BUCKETS.map((bucket) => [bucket, z.number()])) as Record<
    (typeof COST_BUCKETS)[number],
    z.ZodNumber
  >,
);
const partsSchema = z.object(
  Object.fromEntries(
    PROMPT_PARTS.map((part) => [part, z.object({ tokens: z.number(), costUsd: z.number() })]),
  ) as Record<(typeof PROMPT_PARTS)[number], z.ZodObject<{ tokens: z.ZodNumber; costUsd: z.ZodNumber }>>,
);
export type PromptPartCosts = z.infer<typeof partsSchema>;

export const getSpanCost = route({
  method: "GET",
  path: "/api/projects/:project/traces/:traceId/spans/:spanId/cost",
  summary: "What a span cost, by bucket, who says so, and by part of its prompt, counted by a tokeniser.",
  params: traceParams.extend({
    spanId: z.string().regex(/^[0-9a-fA-F]{16}$/, "a span id is 16 hex digits"),
  }),
  query: z.object({}),
  response: z.object({
    counted: z.boolean().describe("Whether it is one of the calls of the trace's totals"),
    source: z.enum(["reported", "computed", "unpriced"]).nullable().describe("null: nothing to price here"),
    unpricedReason: z.enum(UNPRICED_REASONS).nullable(),
    split: z
      .enum(["reported", "price", "none"])
      .nullable()
      .describe("Of a reported cost, what divided it into buckets"),
    costUsd: z.number().nullable(),
    buckets: bucketsSchema.nullable().describe("US dollars"),
    tokens: bucketsSchema.omit({ other: true }).nullable().describe("Tokens of each bucket; none is in two"),
    price: z
      .object({
        name: z.string(),
        source: z.enum(PRICE_SOURCES),
        validFrom: z.string(),
        usdPerMillionTokens: ratesSchema.nullable().describe("null when the price is no longer in the list"),
        usdPerCall: z.number(),
      })
      .nullable(),
    parts: partsSchema.nullable(),
  }),
  errors: ["not_found"],
});

export const getTraceCost = route({
  method: "GET",
  path: "/api/projects/:project/traces/:traceId/cost",
  summary: "What a trace cost: by bucket, by part of the prompts, by model, and by tool.",
  params: traceParams,
  query: z.object({}),
  response: z.object({
    costUsd: z.number().nullable(),
    reportedUsd: z.number().describe("Of it, what the application reported"),
    callCount: z.number(),
    unpricedCount: z.number(),
    buckets: bucketsSchema,
    parts: partsSchema,
    models: z.array(
      z.object({
        model: z.string(),
        provider: z.string(),
        callCount: z.number(),
        unpricedCount: z.number(),
        inputTokens: z.number(),
        outputTokens: z.number(),
        costUsd: z.number(),
      }),
    ),
    tools: z.array(
      z.object({
        tool: z.string(),
        insideCalls: z.number().describe("Model calls that ran inside the tool"),
        insideUsd: z.number(),
        fedCalls: z.number().describe("Model calls that had a new result of the tool to read"),
        fedUsd: z.number(),
      }),
    ),
  }),
  errors: ["not_found"],
});

const priceEntrySchema = z.object({
  id: z.string().describe("Empty for prices that are not set by hand"),
  source: z.enum(PRICE_SOURCES),
  rule: priceRuleSchema,
  updatedAtNs: z.string().describe("`0` for prices that are not set by hand"),
});
export type PriceEntry = z.infer<typeof priceEntrySchema>;

export const listPrices = route({
  method: "GET",
  path: "/api/prices",
  summary:
    "Prices that were set by hand, those of the configuration file, and our corrections of the published list.",
  params: z.object({}),
  query: z.object({}),
  response: z.object({
    data: z.array(priceEntrySchema),
    published: z.object({ name: z.string(), version: z.string() }),
  }),
  errors: [],
});

export const findPrice = route({
  method: "GET",
  path: "/api/prices/match",
  summary: "The price that a call of a model would have, and where it comes from.",
  params: z.object({}),
  query: z.object({
    model: z.string().min(1).max(500),
    provider: z.string().max(200).default(""),
    at: z.iso.datetime({ offset: true }).optional().describe("Start of the call; now unless told"),
  }),
  response: z.object({
    price: z
      .object({
        name: z.string(),
        source: z.enum(PRICE_SOURCES),
        validFrom: z.string(),
        usdPerMillionTokens: ratesSchema,
        usdPerCall: z.number(),
      })
      .nullable(),
  }),
  errors: [],
});

export const setPrice = route({
  method: "POST",
  path: "/api/prices",
  summary:
    "Sets a price, or changes the one with this id. It holds for what comes from now on; see reprice for the past.",
  params: z.object({}),
  query: z.object({}),
  body: z.object({ id: z.string().min(1).max(64).optional(), rule: priceRuleSchema }),
  response: z.object({ id: z.string() }),
  errors: ["not_found"],
});

export const deletePrice = route({
  method: "DELETE",
  path: "/api/prices/:id",
  summary: "Forgets a price that was set by hand.",
  params: z.object({ id: z.string().min(1).max(64) }),
  query: z.object({}),
  response: z.object({ id: z.string() }),
  errors: ["not_found"],
});

const totalsSchema = z.object({
  costUsd: z.number(),
  callCount: z.number(),
  unpricedCount: z.number(),
});

const repriceSchema = z.object({
  state: z.enum(["idle", "running", "done", "stopped", "failed"]),
  startedAtNs: z.string().nullable(),
  endedAtNs: z.string().nullable(),
  tracesTotal: z.number(),
  tracesDone: z.number(),
  tracesChanged: z.number().describe("Traces whose cost or number of unpriced calls is another now"),
  before: totalsSchema.describe("Of the traces that are done"),
  after: totalsSchema,
  models: z
    .array(z.object({ model: z.string(), provider: z.string(), beforeUsd: z.number(), afterUsd: z.number() }))
    .describe("Models whose cost changed, the largest change first; when it is done"),
  problem: z.string().nullable().describe("Why it failed"),
});
export type RepriceStatus = z.infer<typeof repriceSchema>;

export const startReprice = route({
  method: "POST",
  path: "/api/reprice",
  summary: "Prices what is stored again with the prices of now, in the background. Reported costs stay.",
  params: z.object({}),
  query: z.object({}),
  body: z.object({
    project: z.string().min(1).optional().describe("All projects unless told"),
    from: z.iso.datetime({ offset: true }).optional(),
    to: z.iso.datetime({ offset: true }).optional(),
  }),
  response: repriceSchema,
  errors: ["overloaded"],
});

export const getReprice = route({
  method: "GET",
  path: "/api/reprice",
  summary: "How far repricing is, or what the last one changed.",
  params: z.object({}),
  query: z.object({}),
  response: repriceSchema,
  errors: [],
});

export const stopReprice = route({
  method: "DELETE",
  path: "/api/reprice",
  summary: "Stops repricing after the traces it is at. What is done stays done.",
  params: z.object({}),
  query: z.object({}),
  response: repriceSchema,
  errors: [],
});

export const BUDGET_PERIODS = ["day", "week", "month"] as const;
export const budgetSchema = z.object({
  name: z.string().min(1).max(100),
  limitUsd: z.number().positive().max(1e9),
  period: z
    .enum(BUDGET_PERIODS)
    .default("month")
    .describe("Calendar days, weeks from Monday and months, UTC"),
  filter: z
    .string()
    .max(4000)
    .default("")
    .describe("Filter expression: which traces it is for; empty is all"),
});
export type Budget = z.output<typeof budgetSchema>;
const projectParams = z.object({ project: z.string().min(1) });

export const listBudgets = route({
  method: "GET",
  path: "/api/projects/:project/budgets",
  summary: "Budgets of a project, with what was spent in the period that runs now.",
  params: projectParams,
  query: z.object({}),
  response: z.object({
    data: z.array(
      z.object({
        id: z.string(),
        budget: budgetSchema,
        spentUsd: z.number(),
        unpricedCount: z.number(),
        periodFrom: z.string().describe("ISO 8601"),
        periodTo: z.string(),
        problem: z.string().nullable().describe("Why it could not be reckoned"),
      }),
    ),
  }),
  errors: [],
});

export const setBudget = route({
  method: "POST",
  path: "/api/projects/:project/budgets",
  summary: "Sets a budget, or changes the one with this id.",
  params: projectParams,
  query: z.object({}),
  body: z.object({ id: z.string().min(1).max(64).optional(), budget: budgetSchema }),
  response: z.object({ id: z.string() }),
  errors: ["not_found"],
});

export const deleteBudget = route({
  method: "DELETE",
  path: "/api/projects/:project/budgets/:id",
  summary: "Forgets a budget.",
  params: projectParams.extend({ id: z.string().min(1).max(64) }),
  query: z.object({}),
  response: z.object({ id: z.string() }),
  errors: ["not_found"],
});
