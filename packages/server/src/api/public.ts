import { listPublicProjects, listPublicSpans, type PublicSpan } from "@nightowl/model/api/public";
import { type Span, statusOf } from "@nightowl/model/span/span";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import type { FastifyInstance } from "fastify";
import { formatCursor, parseCursor } from "../queries/cursor.ts";
import { listProjects, requireProject } from "../queries/list-projects.ts";
import { listSpans } from "../queries/list-spans.ts";
import { readEventsOf } from "../queries/read-span-logs.ts";
import type { Asker } from "./asker.ts";
import { flattenAttributes, toOpenInferenceAttributes } from "./openinference-attributes.ts";
import { formatId, formatTime, projectNameOf } from "./public-names.ts";
import { serveRoute } from "./serve-route.ts";
import { PHOENIX_LEVEL } from "./system.ts";

/** Phoenix's routes, in its shapes. Its clients ask for the version before they use a parameter. */
export function publicRoutes(app: FastifyInstance, { db, freshen }: Asker): void {
  app.addHook("onRequest", async (request, reply) => {
    if (request.url.startsWith("/v1/")) reply.header("x-phoenix-server-version", PHOENIX_LEVEL);
  });

  serveRoute(app, listPublicProjects, async ({ query }) => {
    await freshen();
    const [after] = query.cursor === undefined ? [] : parseCursor(query.cursor, [/./s]);
    const names = (await listProjects(db)).map((project) => project.name).sort();
    const rest = after === undefined ? names : names.filter((name) => name > after);
    const page = rest.slice(0, query.limit);
    return {
      data: page.map((name) => ({ id: formatId("Project", name), name, description: null })),
      next_cursor: rest.length > page.length ? formatCursor([page.at(-1)!]) : null,
    };
  });

  serveRoute(app, listPublicSpans, async ({ params, query }) => {
    const project = projectNameOf(params.project);
    const { data, nextCursor } = await listSpans(db, {
      project,
      traceIds: query.trace_id,
      parentId: query.parent_id === "null" ? null : query.parent_id,
      names: query.name,
      kinds: query.span_kind,
      statusCodes: query.status_code,
      from: query.start_time,
      to: query.end_time,
      limit: query.limit,
      cursor: query.cursor,
    });
    if (data.length === 0) await requireProject(db, project);
    const spans = data.map(({ span }) => span);
    const events = await readEventsOf(db, spans);
    return {
      data: spans.map((span, index) =>
        toPublicSpan(normaliseSpan(span, { project, logs: events[index] ?? [] })),
      ),
      next_cursor: nextCursor,
    };
  });
}

function toPublicSpan(span: Span): PublicSpan {
  return {
    id: formatId("Span", `${span.traceId}:${span.spanId}`),
    name: span.name,
    context: { trace_id: span.traceId, span_id: span.spanId },
    span_kind: span.kind,
    parent_id: span.parentSpanId === "" ? null : span.parentSpanId,
    start_time: formatTime(span.startTimeNs),
    end_time: span.endTimeNs === "0" ? null : formatTime(span.endTimeNs),
    status_code: statusOf(span),
    status_message: span.statusMessage,
    attributes: toOpenInferenceAttributes(span),
    events: span.events.map((event) => ({
      name: event.name,
      timestamp: formatTime(event.timeNs),
      attributes: Object.fromEntries(flattenAttributes(event.attributes)),
    })),
  };
}
