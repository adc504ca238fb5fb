import { z } from "zod";
import { SPAN_KINDS } from "../span/span.ts";

/**
 * One trace as a line of the Traces page. Token and cost totals follow the roll-up rules
 * (leaf model calls only; see `trace/count-usage.ts`), so a wrapper never counts twice.
 */
export const traceSummarySchema = z.object({
  traceId: z.string(),
  project: z.string(),
  /** The root's name; the earliest span's where no root has arrived. */
  name: z.string(),
  kind: z.enum(SPAN_KINDS),
  rootSpanId: z.string().nullable().describe("null while no root has arrived"),
  startTimeNs: z.string(),
  endTimeNs: z.string(),
  durationMs: z.number(),
  running: z.boolean().describe("Some span has not ended"),
  status: z.enum(["UNSET", "OK", "ERROR"]).describe("ERROR when the root failed"),
  errorCount: z.number().describe("Spans that failed"),
  spanCount: z.number(),
  llmCount: z.number(),
  inputPreview: z.string(),
  outputPreview: z.string(),
  errorPreview: z.string().describe("The deepest failed span's message, or empty"),
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  costUsd: z.number().nullable().describe("Sum of what is known; null when nothing is"),
  unpricedCount: z.number().describe("Model calls whose price is not known"),
  models: z.array(z.string()),
  serviceName: z.string(),
  environment: z.string(),
  sessionId: z.string(),
  userId: z.string(),
  tags: z.array(z.string()),
  sampleWeight: z.number(),
});
export type TraceSummary = z.infer<typeof traceSummarySchema>;
