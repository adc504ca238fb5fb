import type { AnnotationDraft, AnnotationTarget } from "@nightowl/model/annotation/annotation";
import type { Resource, Span, WireSpan } from "@nightowl/model/span/span";
import type { DecodedTraces, RejectedItem } from "@nightowl/otlp/decode/decoded";
import { decodeTraceJson } from "@nightowl/otlp/decode/json";
import { decodeTraceProtobuf } from "@nightowl/otlp/decode/protobuf";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import { readAnnotations } from "@nightowl/otlp/normalise/read-annotations";
import type { Items } from "../ingest/group-commit.ts";
import { describeOutcome, type NotedItem } from "./export-outcome.ts";
import { decodeWith, refusedBy, type Export, type ExportRequest } from "./export-request.ts";
import { projectOf } from "./project-name.ts";

/**
 * The one way in for spans, over HTTP and gRPC: decode, find the project, hand to ingest, which has them normalised part by part;
 * resolves when the spans are on disk. A span that cannot be read costs itself only.
 *
 * The function throws a Refusal (400) when the request as a whole cannot be read, and whatever
 * `submit` throws.
 */
export function createExportTraces(options: {
  /** `bytes`: how large the request was. */
  submit: (spans: Items<Span>, bytes: number) => Promise<void>;
  /** Writes what the spans say of themselves and of others. */
  annotate: (
    inputs: { draft: AnnotationDraft; place: { project: string; traceId: string } }[],
    source: "OTLP",
  ) => Promise<unknown>;
  projectByService: ReadonlyMap<string, string>;
  /** Told of every request's spans before they are written. */
  onSpans?: (spans: readonly WireSpan[]) => void;
}): Export {
  return async (request) => {
    const { items, rejected, noted, annotations } = readRequest(request, options);
    const { length } = request.bytes;
    const refused = items.length === 0 ? [] : await refusedBy(options.submit(items, length));
    if (annotations.length > 0) await options.annotate(annotations, "OTLP");
    // Hardly ever: so the names are not kept until the answer, but read once more.
    const { spans } = refused.length === 0 ? { spans: [] } : decode(request);
    const lost = [
      ...rejected.map(({ index, name, reason }) => ({ id: String(index), name, reason })),
      ...refused.map(({ index, reason }) => ({ id: spans[index]!.spanId, name: spans[index]!.name, reason })),
    ];
    return describeOutcome("span", lost, noted);
  };
}

type CarriedAnnotation = ReturnType<typeof carriedAnnotations>[number];

/** A request's spans, each of which is normalised when it is asked for, and what is said of them. */
function readRequest(
  request: ExportRequest,
  options: Pick<Parameters<typeof createExportTraces>[0], "projectByService" | "onSpans">,
): { items: Items<Span>; rejected: RejectedItem[]; noted: NotedItem[]; annotations: CarriedAnnotation[] } {
  const { spans, rejected } = decode(request);
  options.onSpans?.(spans);
  const annotations: CarriedAnnotation[] = [];
  const projects = new Map<Resource, string>();
  const normalise = (span: WireSpan): Span => {
    let project = projects.get(span.resource);
    if (project === undefined) {
      project = projectOf(span.resource, {
        header: request.projectHeader,
        byService: options.projectByService,
      });
      projects.set(span.resource, project);
    }
    return normaliseSpan(span, { project });
  };
  const waiting: (WireSpan | undefined)[] = spans;
  const items: Items<Span> = {
    length: spans.length,
    slice: (from, to) => {
      const part = spans.slice(from, to).map(normalise);
      waiting.fill(undefined, from, to);
      annotations.push(...part.flatMap(carriedAnnotations));
      return part;
    },
  };
  return { items, rejected, noted: notedSpans(spans), annotations };
}

function decode({ bytes, encoding }: ExportRequest): DecodedTraces {
  return decodeWith(encoding === "protobuf" ? decodeTraceProtobuf : decodeTraceJson, bytes);
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
