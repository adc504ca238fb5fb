import { z } from "zod";
import { ANNOTATOR_KINDS, type Annotation } from "../annotation/annotation.ts";
import { route } from "./route.ts";

/*
 * The public routes have the shapes of Phoenix's REST API, so that its published clients work with this server.
 * The routes of the page stand below them.
 */

const spanId = z
  .string()
  .regex(/^[0-9a-fA-F]{16}$/, "a span id is 16 hex digits")
  .toLowerCase();
const traceId = z
  .string()
  .regex(/^[0-9a-fA-F]{32}$/, "a trace id is 32 hex digits")
  .toLowerCase();
const sessionId = z.string().min(1).max(1000);
const documentPosition = z.number().int().min(0).max(100_000).describe("0 for the first document");

const resultSchema = z
  .object({
    label: z.string().max(1000).nullish(),
    score: z.number().nullish(),
    explanation: z.string().max(100_000).nullish(),
  })
  .nullish();

const annotationData = {
  name: z.string().trim().min(1, "an annotation has a name").max(200),
  annotator_kind: z.enum(ANNOTATOR_KINDS).default("HUMAN"),
  result: resultSchema,
  metadata: z.record(z.string(), z.unknown()).nullish(),
  identifier: z.string().max(1000).nullish().describe("The same again replaces the annotation"),
};

const sync = z
  .stringbool()
  .default(false)
  .describe("Refuse what is not there. Otherwise an annotation waits for its target.");
const written = z.object({ data: z.array(z.object({ id: z.string() })) });

/** At most so many in one request. */
const MAX_ANNOTATIONS = 10_000;

function annotateRoute<K extends string, T extends z.ZodRawShape>(kind: K, target: T) {
  return route({
    method: "POST",
    path: `/v1/${kind}_annotations`,
    summary: `Annotate ${kind}s: each replaces the one with the same target, name and identifier.`,
    params: z.object({}),
    query: z.object({ sync }),
    body: z.object({
      data: z.array(z.object({ ...target, ...annotationData })).max(MAX_ANNOTATIONS),
    }),
    response: written,
    errors: ["not_found"],
  });
}

export const annotateSpans = annotateRoute("span", { span_id: spanId });
export const annotateTraces = annotateRoute("trace", { trace_id: traceId });
export const annotateSessions = annotateRoute("session", { session_id: sessionId });
export const annotateDocuments = annotateRoute("document", {
  span_id: spanId,
  document_position: documentPosition,
});

const publicAnnotation = {
  id: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  source: z.enum(["API", "APP"]),
  user_id: z.string().nullable(),
  name: z.string(),
  annotator_kind: z.string(),
  result: z.object({
    label: z.string().nullable(),
    score: z.number().nullable(),
    explanation: z.string().nullable(),
  }),
  metadata: z.record(z.string(), z.unknown()),
  identifier: z.string(),
};

/** A parameter that may be repeated: `name=a&name=b`. */
function repeated<T extends z.ZodType<string, unknown>>(item: T) {
  return z
    .union([item, z.array(item).max(1000)])
    .transform((value) => (Array.isArray(value) ? value : [value]) as z.output<T>[])
    .optional();
}

const project = z.string().min(1).describe("Id or name");

function listRoute<K extends string, I extends string, T extends z.ZodType<string, unknown>>(
  kind: K,
  ids: I,
  id: T,
  target: z.ZodRawShape,
) {
  return route({
    method: "GET",
    path: `/v1/projects/:project/${kind}_annotations`,
    summary: `Annotations of ${kind}s, the latest first, as Phoenix lists them.`,
    params: z.object({ project }),
    query: z.object({
      [ids]: repeated(id),
      identifier: repeated(z.string().min(1)),
      include_annotation_names: repeated(z.string()),
      exclude_annotation_names: repeated(z.string()),
      limit: z.coerce.number().int().min(1).max(10_000).default(10),
      cursor: z.string().max(2000).optional().describe("`next_cursor` of the page before"),
    } as Record<I, ReturnType<typeof repeated<T>>> & {
      identifier: ReturnType<typeof repeated<z.ZodString>>;
      include_annotation_names: ReturnType<typeof repeated<z.ZodString>>;
      exclude_annotation_names: ReturnType<typeof repeated<z.ZodString>>;
      limit: z.ZodDefault<z.ZodCoercedNumber>;
      cursor: z.ZodOptional<z.ZodString>;
    }),
    response: z.object({
      data: z.array(z.object({ ...target, ...publicAnnotation })),
      next_cursor: z.string().nullable(),
    }),
    errors: ["not_found"],
  });
}

export const listSpanAnnotations = listRoute("span", "span_ids", spanId, { span_id: z.string() });
export const listTraceAnnotations = listRoute("trace", "trace_ids", traceId, { trace_id: z.string() });
export const listSessionAnnotations = listRoute("session", "session_ids", sessionId, {
  session_id: z.string(),
});
export const listDocumentAnnotations = listRoute("span_document", "span_ids", spanId, {
  span_id: z.string(),
  document_position: z.number(),
});

function deleteRoute<K extends string>(kind: K) {
  return route({
    method: "DELETE",
    path: `/v1/projects/:project/${kind}_annotations`,
    summary: `Delete annotations of ${kind}s: those made in a time range, or all with \`delete_all\`.`,
    params: z.object({ project }),
    query: z.object({
      name: z.string().min(1).optional(),
      identifier: z.string().min(1).optional(),
      annotator_kind: z.string().min(1).optional(),
      start_time: z.iso.datetime({ offset: true, local: true }).optional().describe("Made at or after this"),
      end_time: z.iso.datetime({ offset: true, local: true }).optional().describe("Made before this"),
      delete_all: z.stringbool().default(false),
    }),
    response: z.object({ deleted: z.number() }),
    errors: ["not_found"],
  });
}

export const deleteSpanAnnotations = deleteRoute("span");
export const deleteTraceAnnotations = deleteRoute("trace");
export const deleteSessionAnnotations = deleteRoute("session");

const pageTarget = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("span"), spanId }),
  z.object({ kind: z.literal("trace"), traceId }),
  z.object({ kind: z.literal("session"), sessionId }),
  z.object({ kind: z.literal("document"), spanId, position: documentPosition }),
]);

export const getTraceAnnotations = route({
  method: "GET",
  path: "/api/projects/:project/traces/:traceId/annotations",
  summary: "Every annotation of a trace: on it, on its spans and their documents, and on its session.",
  params: z.object({ project: z.string().min(1), traceId }),
  query: z.object({}),
  response: z.object({ data: z.array(z.custom<Annotation>()) }),
  errors: ["not_found"],
});

export const putAnnotation = route({
  method: "PUT",
  path: "/api/annotations",
  summary: "Write one annotation by hand, in the place of the one with the same target, name and identifier.",
  params: z.object({}),
  query: z.object({}),
  body: z.object({
    target: pageTarget,
    name: annotationData.name,
    label: z.string().max(1000).nullable().default(null),
    score: z.number().nullable().default(null),
    explanation: z.string().max(100_000).nullable().default(null),
    identifier: z.string().max(1000).default(""),
  }),
  response: z.custom<Annotation>(),
  errors: [],
});

export const deleteAnnotation = route({
  method: "DELETE",
  path: "/api/annotations/:id",
  summary: "Delete one annotation.",
  params: z.object({ id: z.string().regex(/^[0-9a-f]{32}$/) }),
  query: z.object({}),
  response: z.object({ deleted: z.number() }),
  errors: [],
});

export const listAnnotationNames = route({
  method: "GET",
  path: "/api/projects/:project/annotation-names",
  summary: "The names of a project's annotations, with how many of each there are, their labels and scores.",
  params: z.object({ project: z.string().min(1) }),
  query: z.object({}),
  response: z.object({
    data: z.array(
      z.object({
        name: z.string(),
        count: z.number(),
        documentCount: z.number().describe("Of those, the ones that judge a document of a search"),
        labels: z.array(z.string()).describe("The most frequent"),
        minScore: z.number().nullable(),
        maxScore: z.number().nullable(),
        meanScore: z.number().nullable(),
      }),
    ),
  }),
  errors: ["not_found"],
});
