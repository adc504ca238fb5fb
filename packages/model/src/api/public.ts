import { z } from "zod";
import { SPAN_KINDS } from "../span/span.ts";
import { route } from "./route.ts";

/*
 * The public routes have exactly the shapes of Phoenix's REST API (snake_case and all), so that its published
 * clients work with this server. Times are ISO 8601 with microseconds and `+00:00`.
 */

/** A parameter that may be repeated: `name=a&name=b`. */
function repeatable<T extends z.ZodType>(item: T) {
  return z
    .union([item, z.array(item)])
    .transform((value) => (Array.isArray(value) ? value : [value]) as z.output<T>[])
    .optional();
}

const limit = z.coerce.number().int().min(1).max(1000).default(100);
const cursor = z.string().max(2000).optional().describe("`next_cursor` of the page before");

export const publicProjectSchema = z.object({
  id: z.string().describe("Opaque; the name does as well wherever an id is asked"),
  name: z.string(),
  description: z.string().nullable(),
});
export type PublicProject = z.infer<typeof publicProjectSchema>;

export const listPublicProjects = route({
  method: "GET",
  path: "/v1/projects",
  summary: "Projects, as Phoenix lists them.",
  params: z.object({}),
  query: z.object({ limit, cursor }),
  response: z.object({ data: z.array(publicProjectSchema), next_cursor: z.string().nullable() }),
  errors: [],
});

export const publicSpanSchema = z.object({
  id: z.string().describe("Opaque and unique within the server"),
  name: z.string(),
  context: z.object({ trace_id: z.string(), span_id: z.string() }),
  span_kind: z.enum(SPAN_KINDS),
  parent_id: z.string().nullable().describe("Span id of the parent; null on a root"),
  start_time: z.string(),
  end_time: z.string().nullable().describe("null while the span has not ended"),
  status_code: z.enum(["UNSET", "OK", "ERROR"]),
  status_message: z.string(),
  attributes: z
    .record(z.string(), z.unknown())
    .describe("Dotted keys: OpenInference names for whatever dialect came in, and every key as it was sent"),
  events: z.array(
    z.object({ name: z.string(), timestamp: z.string(), attributes: z.record(z.string(), z.unknown()) }),
  ),
});
export type PublicSpan = z.infer<typeof publicSpanSchema>;

export const listPublicSpans = route({
  method: "GET",
  path: "/v1/projects/:project/spans",
  summary: "Spans of a project, the latest started first, as Phoenix lists them.",
  params: z.object({ project: z.string().min(1).describe("Id or name") }),
  query: z.object({
    trace_id: repeatable(z.string().regex(/^[0-9a-fA-F]{32}$/, "a trace id is 32 hex digits")),
    parent_id: z.string().optional().describe("Span id of the parent, or the word `null` for roots"),
    name: repeatable(z.string()),
    span_kind: repeatable(z.string().toUpperCase().pipe(z.enum(SPAN_KINDS))),
    status_code: repeatable(
      z
        .string()
        .toUpperCase()
        .pipe(z.enum(["UNSET", "OK", "ERROR"])),
    ),
    start_time: z.iso.datetime({ offset: true, local: true }).optional().describe("Started at or after this"),
    end_time: z.iso.datetime({ offset: true, local: true }).optional().describe("Started before this"),
    limit,
    cursor,
  }),
  response: z.object({ data: z.array(publicSpanSchema), next_cursor: z.string().nullable() }),
  errors: ["not_found"],
});
