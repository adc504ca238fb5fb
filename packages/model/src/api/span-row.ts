import { z } from "zod";
import { SPAN_KINDS } from "../span/span.ts";

/**
 * One span as a line of the waterfall: narrow, so that 50,000 of them travel and scroll.
 * Fields that are empty are left out of the JSON. Times are Unix nanoseconds as decimal strings.
 */
export const spanRowSchema = z.object({
  spanId: z.string(),
  parentSpanId: z.string().optional().describe("Absent on a root"),
  name: z.string(),
  displayName: z.string().optional().describe("Where the name itself says little: a tool's, a component's"),
  kind: z.enum(SPAN_KINDS),
  startTimeNs: z.string(),
  endTimeNs: z.string().describe('"0" while the span has not ended'),
  statusCode: z.enum(["UNSET", "OK", "ERROR"]),
  statusMessage: z.string().optional().describe("First 200 characters"),
  errorType: z.string().optional(),
  service: z.string().optional(),
  model: z.string().optional().describe("Response model, else request model"),
  provider: z.string().optional(),
  toolName: z.string().optional(),
  toolCallId: z.string().optional(),
  agentName: z.string().optional(),
  inputPreview: z.string().optional().describe("First 200 characters, one line"),
  outputPreview: z.string().optional(),
  inputTokens: z.number().optional(),
  outputTokens: z.number().optional(),
  cacheReadTokens: z.number().optional(),
  cumulativeUsage: z
    .literal(true)
    .optional()
    .describe("The calls below it report the tokens of those before with their own; totals take them off"),
  costUsd: z.number().optional(),
  costSource: z.enum(["reported", "computed", "unpriced"]).optional(),
  timeToFirstTokenMs: z.number().optional(),
  responseId: z.string().optional(),
  sessionId: z.string().optional(),
  userId: z.string().optional(),
  tags: z.array(z.string()).optional(),
  environment: z.string().optional(),
  documentCount: z.number().optional(),
  noteCount: z.number().optional(),
  sampleWeight: z.number().optional().describe("1 unless told"),
});
export type SpanRow = z.infer<typeof spanRowSchema>;

/** What a person calls the span. */
export function shownName(span: Pick<SpanRow, "name" | "displayName">): string {
  return span.displayName || span.name;
}
