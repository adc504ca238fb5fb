import type { AnnotationDraft, AnnotationTarget } from "@nightowl/model/annotation/annotation";
import type { Resource, Span, WireSpan } from "@nightowl/model/span/span";
import { type DecodedTraces } from "@nightowl/otlp/decode/decoded";
import { decodeTraceJson } from "@nightowl/otlp/decode/json";
import { decodeTraceProtobuf } from "@nightowl/otlp/decode/protobuf";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import { readAnnotations } from "@nightowl/otlp/normalise/read-annotations";
import { describeOutcome, type NotedItem } from "./export-outcome.ts";
import { decodeWith, refusedBy, type Export } from "./export-request.ts";
import { projectOf } from "./project-name.ts";

/** Spans after which other requests get their turn. */
const YIELD_SPANS = 100;

/**
 * The one way in for spans, over HTTP and gRPC: decode, find the project, normalise, hand to ingest; resolves
 * when the spans are on disk. A span that cannot be read costs itself only.
 *
 * The function throws a Refusal (400) when the request as a whole cannot be read, and whatever
 * `submit` throws.
 */
export function createExportTraces(options: {
  /** `bytes`: how large the request was. */
  submit: (spans: Span[], bytes: number) => Promise<void>;
  /** Writes what the spans say of themselves and of others. */
  annotate: (
    inputs: { draft: AnnotationDraft; place: { project: string; traceId: string } }[],
    source: "OTLP",
  ) => Promise<unknown>;
  projectByService: ReadonlyMap<string, string>;
}): Export {
  return async ({ bytes, encoding, projectHeader }) => {
    const { spans, rejected } = decodeWith<DecodedTraces>(
      encoding === "protobuf" ? decodeTraceProtobuf : decodeTraceJson,
      bytes,
    );
    const projects = new Map<Resource, string>();
    const normalised: Span[] = [];
    for (const [i, span] of spans.entries()) {
      let project = projects.get(span.resource);
      if (project === undefined) {
        project = projectOf(span.resource, { header: projectHeader, byService: options.projectByService });
        projects.set(span.resource, project);
      }
      normalised.push(normaliseSpan(span, { project }));
      if (i % YIELD_SPANS === YIELD_SPANS - 1) await new Promise((resolve) => setImmediate(resolve));
    }
    const refused = normalised.length === 0 ? [] : await refusedBy(options.submit(normalised, bytes.length));
    const annotations = normalised.flatMap(carriedAnnotations);
    if (annotations.length > 0) await options.annotate(annotations, "OTLP");
    const lost = [
      ...rejected.map(({ index, name, reason }) => ({ id: String(index), name, reason })),
      ...refused.map(({ index, reason }) => ({ id: spans[index]!.spanId, name: spans[index]!.name, reason })),
    ];
    return describeOutcome("span", lost, notedSpans(spans));
  };
}

function carriedAnnotations(span: Span) {
  return readAnnotations(span).map((draft) => ({
    draft,
    place: { project: span.project, traceId: traceIdOf(draft.target, span) },
  }));
}

/** A span that is about another one is linked to it. */
function traceIdOf(target: AnnotationTarget, { traceId, links }: Span): string {
  if (target.kind === "session") return "";
  if (target.kind === "trace") return target.traceId;
  return links.find(({ spanId }) => spanId === target.spanId)?.traceId ?? traceId;
}

function notedSpans(spans: readonly WireSpan[]): NotedItem[] {
  return spans
    .filter((span) => span.notes.length > 0)
    .map(({ spanId, name, notes }) => ({ id: spanId, name, notes }));
}
