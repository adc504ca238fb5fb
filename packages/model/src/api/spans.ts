import { z } from "zod";
import { route } from "./route.ts";
import type { LogRecord } from "../log/log-record.ts";
import type { Span } from "../span/span.ts";

/**
 * A whole span as the page reads it. `truncated` names attribute keys whose value was cut to keep the
 * answer light; ask again with `full=true` for every byte.
 */
export type SpanDetail = Span & {
  receivedAtNs: string;
  truncated: string[];
  /** Log records that name the span: those with an event name, which are read as its events, then plain lines. */
  logs: LogRecord[];
};

export const getSpan = route({
  method: "GET",
  path: "/api/projects/:project/traces/:traceId/spans/:spanId",
  summary: "A whole span: what the dialects read, and everything that was sent.",
  params: z.object({
    project: z.string().min(1),
    traceId: z.string().regex(/^[0-9a-fA-F]{32}$/),
    spanId: z.string().regex(/^[0-9a-fA-F]{16}$/),
  }),
  query: z.object({ full: z.stringbool().default(false) }),
  response: z.custom<SpanDetail>(),
  errors: ["not_found"],
});
