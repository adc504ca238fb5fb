import type {
  Annotation,
  AnnotationDraft,
  AnnotationTarget,
  AnnotationTargetKind,
} from "@nightowl/model/annotation/annotation";
import * as contract from "@nightowl/model/api/annotations";
import type { FastifyInstance } from "fastify";
import { locateSpans } from "../queries/get-trace.ts";
import { listAnnotationNames, listAnnotations, listTraceAnnotations } from "../queries/list-annotations.ts";
import { requireProject } from "../queries/list-projects.ts";
import { parseTimeRange } from "../queries/time-range.ts";
import type { Asker } from "./asker.ts";
import { HttpError } from "./errors.ts";
import { formatId, formatTime, projectNameOf } from "./public-names.ts";
import { serveRoute } from "./serve-route.ts";

/** What of the server writes annotations. */
export interface AnnotationWriter {
  write: (
    inputs: readonly { draft: AnnotationDraft }[],
    source: "API" | "APP",
  ) => Promise<{ annotation: Annotation }[]>;
  findMissing: (drafts: readonly AnnotationDraft[]) => Promise<AnnotationDraft[]>;
  delete: (
    selection:
      | { id: string }
      | {
          project: string;
          kind: AnnotationTargetKind;
          name?: string | undefined;
          identifier?: string | undefined;
          annotatorKind?: string | undefined;
          fromNs?: bigint | undefined;
          toNs?: bigint | undefined;
        },
  ) => Promise<number>;
}

type Deps = Asker & { annotations: AnnotationWriter };

/** Phoenix's name for an annotation of each kind, in its ids. */
const ID_TYPES: Record<AnnotationTargetKind, string> = {
  span: "SpanAnnotation",
  trace: "TraceAnnotation",
  session: "ProjectSessionAnnotation",
  document: "DocumentAnnotation",
};

/** Annotations: in Phoenix's shapes under `/v1`, and for the page under `/api`. */
export function annotationRoutes(app: FastifyInstance, deps: Deps): void {
  writingRoutes(app, deps);
  listingRoutes(app, deps);
  deletingRoutes(app, deps);
  pageRoutes(app, deps);
}

interface PublicData {
  name: string;
  annotator_kind: string;
  result?:
    | {
        label?: string | null | undefined;
        score?: number | null | undefined;
        explanation?: string | null | undefined;
      }
    | null
    | undefined;
  metadata?: Record<string, unknown> | null | undefined;
  identifier?: string | null | undefined;
}

function writingRoutes(app: FastifyInstance, { annotations }: Deps): void {
  const write = async (drafts: AnnotationDraft[], sync: boolean) => {
    if (sync) {
      const missing = await annotations.findMissing(drafts);
      if (missing.length > 0) throw notThere(missing);
    }
    const inputs = drafts.map((draft) => ({ draft }));
    const written = await annotations.write(inputs, "API");
    return { data: written.map(({ annotation }) => ({ id: publicIdOf(annotation) })) };
  };
  serveRoute(app, contract.annotateSpans, ({ query, body }) =>
    write(
      body.data.map((item) => toDraft(item, { kind: "span", spanId: item.span_id })),
      query.sync,
    ),
  );
  serveRoute(app, contract.annotateTraces, ({ query, body }) =>
    write(
      body.data.map((item) => toDraft(item, { kind: "trace", traceId: item.trace_id })),
      query.sync,
    ),
  );
  serveRoute(app, contract.annotateSessions, ({ query, body }) =>
    write(
      body.data.map((item) => toDraft(item, { kind: "session", sessionId: item.session_id })),
      query.sync,
    ),
  );
  serveRoute(app, contract.annotateDocuments, ({ query, body }) =>
    write(
      body.data.map((item) =>
        toDraft(item, { kind: "document", spanId: item.span_id, position: item.document_position }),
      ),
      query.sync,
    ),
  );
}

function listingRoutes(app: FastifyInstance, { db }: Deps): void {
  const list = async (
    kind: AnnotationTargetKind,
    projectId: string,
    targetIds: readonly string[] | undefined,
    query: {
      identifier?: readonly string[] | undefined;
      include_annotation_names?: readonly string[] | undefined;
      exclude_annotation_names?: readonly string[] | undefined;
      limit: number;
      cursor?: string | undefined;
    },
  ) => {
    const project = projectNameOf(projectId);
    const { data, nextCursor } = await listAnnotations(db, {
      project,
      kind,
      targetIds,
      identifiers: query.identifier,
      names: query.include_annotation_names,
      exceptNames: query.exclude_annotation_names,
      limit: query.limit,
      cursor: query.cursor,
    });
    if (data.length === 0) await requireProject(db, project);
    return { data: data.map(toPublic) as never[], next_cursor: nextCursor };
  };
  serveRoute(app, contract.listSpanAnnotations, ({ params, query }) =>
    list("span", params.project, query.span_ids, query),
  );
  serveRoute(app, contract.listTraceAnnotations, ({ params, query }) =>
    list("trace", params.project, query.trace_ids, query),
  );
  serveRoute(app, contract.listSessionAnnotations, ({ params, query }) =>
    list("session", params.project, query.session_ids, query),
  );
  serveRoute(app, contract.listDocumentAnnotations, ({ params, query }) =>
    list("document", params.project, query.span_ids, query),
  );
}

function deletingRoutes(app: FastifyInstance, { db, annotations }: Deps): void {
  const routes = [
    [contract.deleteSpanAnnotations, "span"],
    [contract.deleteTraceAnnotations, "trace"],
    [contract.deleteSessionAnnotations, "session"],
  ] as const;
  for (const [route, kind] of routes) {
    serveRoute(app, route, async ({ params, query }) => {
      const project = projectNameOf(params.project);
      const { fromNs, toNs } = parseTimeRange({ from: query.start_time, to: query.end_time });
      if (!query.delete_all && (fromNs === undefined || toNs === undefined)) {
        throw new HttpError(
          "bad_request",
          "This would delete without bound.",
          "Give both start_time and end_time, or delete_all=true.",
        );
      }
      await requireProject(db, project);
      const deleted = await annotations.delete({
        project,
        kind,
        name: query.name,
        identifier: query.identifier,
        annotatorKind: query.annotator_kind,
        fromNs,
        toNs,
      });
      return { deleted };
    });
  }
}

function pageRoutes(app: FastifyInstance, { db, freshen, annotations }: Deps): void {
  serveRoute(app, contract.getTraceAnnotations, async ({ params }) => {
    await freshen();
    const data = await listTraceAnnotations(db, params);
    // Nothing is said of it, or it is not there?
    if (data.length === 0) await locateSpans(db, params);
    return { data };
  });
  serveRoute(app, contract.putAnnotation, async ({ body }) => {
    const { target, name, label, score, explanation, identifier } = body;
    if (label === null && score === null && explanation === null) {
      throw new HttpError("bad_request", "An annotation has a label, a score or an explanation.");
    }
    const draft: AnnotationDraft = {
      target,
      name,
      annotatorKind: "HUMAN",
      result: { label, score, explanation },
      metadata: {},
      identifier,
    };
    const [written] = await annotations.write([{ draft }], "APP");
    return written!.annotation;
  });
  serveRoute(app, contract.deleteAnnotation, async ({ params }) => ({
    deleted: await annotations.delete({ id: params.id }),
  }));
  serveRoute(app, contract.listAnnotationNames, async ({ params }) => {
    const data = await listAnnotationNames(db, params.project);
    if (data.length === 0) await requireProject(db, params.project);
    return { data };
  });
}

function toDraft(data: PublicData, target: AnnotationTarget): AnnotationDraft {
  const { label = null, score = null, explanation = null } = data.result ?? {};
  return {
    target,
    name: data.name,
    annotatorKind: data.annotator_kind,
    result: { label, score, explanation },
    metadata: data.metadata ?? {},
    identifier: data.identifier ?? "",
  };
}

function toPublic(annotation: Annotation) {
  const { target, result } = annotation;
  return {
    id: publicIdOf(annotation),
    ...publicTarget(target),
    name: annotation.name,
    annotator_kind: annotation.annotatorKind,
    result,
    metadata: annotation.metadata,
    identifier: annotation.identifier,
    created_at: formatTime(annotation.createdAtNs),
    updated_at: formatTime(annotation.updatedAtNs),
    // Phoenix knows two sources.
    source: annotation.source === "APP" ? ("APP" as const) : ("API" as const),
    user_id: null,
  };
}

function publicTarget(target: AnnotationTarget): Record<string, string | number> {
  switch (target.kind) {
    case "span":
      return { span_id: target.spanId };
    case "trace":
      return { trace_id: target.traceId };
    case "session":
      return { session_id: target.sessionId };
    case "document":
      return { span_id: target.spanId, document_position: target.position };
  }
}

function publicIdOf({ id, target }: Annotation): string {
  return formatId(ID_TYPES[target.kind], id);
}

function notThere(missing: readonly AnnotationDraft[]): HttpError {
  const named = missing.slice(0, 10).map(({ target }) => Object.values(publicTarget(target)).join(" "));
  const rest = missing.length - named.length;
  return new HttpError(
    "not_found",
    `Nothing was written: there is no ${missing[0]?.target.kind} ${named.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}.`,
    "Without sync=true, annotations wait for what they are about.",
  );
}
