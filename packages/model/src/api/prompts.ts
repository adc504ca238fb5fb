import { z } from "zod";
import type { ToolDefinition } from "../span/message.ts";
import { route } from "./route.ts";

const projectParams = z.object({ project: z.string().min(1) });
const templateParams = projectParams.extend({ templateId: z.string().min(1).max(40) });
const versionParams = templateParams.extend({ versionId: z.string().min(1).max(40) });

/** A time range: `from` ≤ start < `to`, ISO 8601 with any zone. Either end may be open. */
const range = {
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
};

/** What the calls of a template, or of a version, amount to. Counts and sums are weighted under sampling. */
export const callTotalsSchema = z.object({
  callCount: z.number(),
  errorCount: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  costUsd: z.number().nullable().describe("Sum of what is known; null when nothing is"),
  unpricedCount: z.number().describe("Calls whose price is not known"),
  durationP50Ms: z.number().nullable(),
  durationP95Ms: z.number().nullable(),
  firstTimeNs: z.string().describe('Start of the first call; "0" without any'),
  lastTimeNs: z.string(),
});
export type CallTotals = z.infer<typeof callTotalsSchema>;

const variableSchema = z.object({ name: z.string(), shape: z.enum(["word", "line", "block"]) });
const messageSchema = z.object({ role: z.string(), pieces: z.array(z.union([z.string(), variableSchema])) });

const templateFields = {
  templateId: z.string(),
  source: z.enum(["declared", "discovered"]),
  name: z.string().describe("As the application names it; empty for one that was discovered"),
  title: z.string().describe("The name, or the first words of the prompt"),
};

export const listPrompts = route({
  method: "GET",
  path: "/api/projects/:project/prompts",
  summary: "Prompt templates that calls of the range follow, the one with most calls first.",
  params: projectParams,
  query: z.object({ ...range, buckets: z.coerce.number().int().min(1).max(200).default(30) }),
  response: z.object({
    data: z.array(
      callTotalsSchema.extend({
        ...templateFields,
        versionCount: z.number().describe("Versions with calls in the range"),
        latestVersion: z.object({
          versionId: z.string(),
          number: z.number(),
          label: z.string(),
          firstTimeNs: z.string(),
        }),
        models: z.array(z.string()),
        services: z.array(z.string()),
        buckets: z.array(z.number()).describe("Calls over time"),
      }),
    ),
    unassigned: z.object({ callCount: z.number() }).describe("Model calls that follow no known template"),
    fromNs: z.string(),
    toNs: z.string(),
    bucketMs: z.number(),
  }),
  errors: ["not_found"],
});

export const promptVersionSchema = callTotalsSchema.extend({
  versionId: z.string(),
  number: z.number().describe("From 1, in the order in which they were first seen"),
  label: z.string().describe("The version as the application names it, or empty"),
  firstSeenNs: z.string().describe("Of all calls, whatever the range"),
  lastSeenNs: z.string(),
  messages: z.array(messageSchema),
});
export type PromptVersion = z.infer<typeof promptVersionSchema>;

export const getPrompt = route({
  method: "GET",
  path: "/api/projects/:project/prompts/:templateId",
  summary:
    "A prompt template: its versions with what their calls of the range amount to, and their traffic over time.",
  params: templateParams,
  query: z.object({ ...range, buckets: z.coerce.number().int().min(1).max(500).default(120) }),
  response: z.object({
    ...templateFields,
    mergedFrom: z
      .string()
      .nullable()
      .describe("The id that was asked for, where that template turned out to be this one"),
    models: z.array(z.string()),
    services: z.array(z.string()),
    versions: z.array(promptVersionSchema),
    fromNs: z.string(),
    toNs: z.string(),
    bucketMs: z.number(),
    buckets: z.array(z.object({ startTimeNs: z.string(), calls: z.record(z.string(), z.number()) })),
  }),
  errors: ["not_found"],
});

export const promptSampleSchema = z.object({
  variables: z.array(
    variableSchema.extend({
      distinctCount: z.number().describe("Among the calls looked at"),
      values: z
        .array(z.object({ text: z.string(), count: z.number() }))
        .describe("The most frequent, cut to 2,000 characters"),
      medianChars: z.number(),
    }),
  ),
  calls: z.array(
    z.object({
      traceId: z.string(),
      spanId: z.string(),
      startTimeNs: z.string(),
      values: z.record(z.string(), z.string()).describe("By variable, cut to 2,000 characters"),
    }),
  ),
  tools: z.array(z.custom<ToolDefinition>()),
  parameters: z.record(z.string(), z.unknown()),
  models: z.array(z.string()),
});
export type PromptSample = z.infer<typeof promptSampleSchema>;

export const samplePrompt = route({
  method: "GET",
  path: "/api/projects/:project/prompts/:templateId/versions/:versionId/samples",
  summary:
    "What was filled into a version's variables, and with which tools, parameters and models it was sent, from its latest calls.",
  params: versionParams,
  query: z.object({ ...range, limit: z.coerce.number().int().min(1).max(200).default(50) }),
  response: promptSampleSchema,
  errors: ["not_found"],
});

/** A measurement of both sides, and whether they differ by more than chance. */
export const promptMetricSchema = z.object({
  key: z.string().describe("`calls`, `error_rate`, `duration`, …, `eval:NAME` or `label:NAME=LABEL`"),
  label: z.string(),
  unit: z.enum(["count", "share", "ms", "tokens", "usd", "score"]),
  a: z.number().nullable().describe("null where nothing was measured"),
  b: z.number().nullable(),
  aCount: z.number().describe("Calls that it was measured on"),
  bCount: z.number(),
  better: z.enum(["higher", "lower"]).nullable(),
  test: z.enum(["z", "fisher", "welch", "mann-whitney"]).nullable(),
  pValue: z.number().nullable(),
});
export type PromptMetric = z.infer<typeof promptMetricSchema>;

export const promptSideSchema = z.object({
  versionId: z
    .string()
    .nullable()
    .describe("The version whose text it is: the one asked for, or that of most calls of the range"),
  callCount: z.number(),
  fromNs: z.string().nullable(),
  toNs: z.string().nullable(),
});

export const comparePrompts = route({
  method: "GET",
  path: "/api/projects/:project/prompts/:templateId/compare",
  summary:
    "Two versions of a template, or its calls of two time ranges: the measurements of both and whether they differ.",
  params: templateParams,
  query: z.object({
    a: z.string().max(40).optional().describe("A version; without one all versions"),
    b: z.string().max(40).optional(),
    aFrom: range.from,
    aTo: range.to,
    bFrom: range.from,
    bTo: range.to,
  }),
  response: z.object({ a: promptSideSchema, b: promptSideSchema, metrics: z.array(promptMetricSchema) }),
  errors: ["not_found"],
});

export const getSpanPrompt = route({
  method: "GET",
  path: "/api/projects/:project/traces/:traceId/spans/:spanId/prompt",
  summary: "The template and version that a model call's prompt follows, and what was filled in.",
  params: projectParams.extend({
    traceId: z.string().regex(/^[0-9a-fA-F]{32}$/),
    spanId: z.string().regex(/^[0-9a-fA-F]{16}$/),
  }),
  query: z.object({}),
  response: z.object({
    prompt: z
      .object({
        ...templateFields,
        versionId: z.string(),
        number: z.number(),
        label: z.string(),
        versionCount: z.number(),
        previousVersionId: z.string().nullable(),
        values: z.array(z.object({ name: z.string(), text: z.string() })).describe("Cut to 2,000 characters"),
      })
      .nullable()
      .describe("null where it follows no known template"),
  }),
  errors: ["not_found"],
});
