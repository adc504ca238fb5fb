import type { AnnotationDraft, AnnotationTarget } from "@nightowl/model/annotation/annotation";
import type { Note, Resource, Span, WireSpan } from "@nightowl/model/span/span";
import { DecodeError, type RejectedSpan } from "@nightowl/otlp/decode/decoded";
import { decodeTraceJson } from "@nightowl/otlp/decode/json";
import { decodeTraceProtobuf } from "@nightowl/otlp/decode/protobuf";
import type { OtlpEncoding } from "@nightowl/otlp/encode/response";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import { readAnnotations } from "@nightowl/otlp/normalise/read-annotations";
import { SpansRefusedError, type RefusedSpan } from "../ingest/errors.ts";
import { projectOf } from "./project-name.ts";
import { badRequest } from "./refusal.ts";

/** OTLP's partial success: both empty is full success; a message without rejections is a warning. */
export interface ExportOutcome {
  rejectedSpans: number;
  errorMessage: string;
}

/** One export request, whichever protocol brought it. */
export interface ExportRequest {
  /** An ExportTraceServiceRequest, decompressed. */
  bytes: Uint8Array;
  encoding: OtlpEncoding;
  /** The sender's `x-project-name`. */
  projectHeader: string | undefined;
}

export type ExportTraces = (request: ExportRequest) => Promise<ExportOutcome>;

/** What an outcome says of spans: so many of them by name, the rest as a number. */
const NAMED_SPANS = 10;
const MAX_REASON_LENGTH = 300;
/** Spans after which other requests get their turn. */
const YIELD_SPANS = 100;

/**
 * The one way in, over HTTP and gRPC: decode, find the project, normalise, hand to ingest; resolves
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
}): ExportTraces {
  async function submit(spans: Span[], bytes: number): Promise<readonly RefusedSpan[]> {
    if (spans.length === 0) return [];
    try {
      await options.submit(spans, bytes);
      return [];
    } catch (error) {
      // All others are on disk.
      if (error instanceof SpansRefusedError) return error.refused;
      throw error;
    }
  }

  return async ({ bytes, encoding, projectHeader }) => {
    const { spans, rejected } = decode(bytes, encoding);
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
    const refused = await submit(normalised, bytes.length);
    const annotations = normalised.flatMap(carriedAnnotations);
    if (annotations.length > 0) await options.annotate(annotations, "OTLP");
    const lost: LostSpan[] = [
      ...rejected.map(({ index, name, reason }) => ({ id: String(index), name, reason })),
      ...refused.map(({ index, reason }) => ({ id: spans[index]!.spanId, name: spans[index]!.name, reason })),
    ];
    return { rejectedSpans: lost.length, errorMessage: describe(lost, spans) };
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

function decode(bytes: Uint8Array, encoding: OtlpEncoding): { spans: WireSpan[]; rejected: RejectedSpan[] } {
  try {
    return encoding === "protobuf" ? decodeTraceProtobuf(bytes) : decodeTraceJson(bytes);
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(error.message);
    throw error;
  }
}

interface LostSpan {
  /** Its position in the request, or its span id where that could be read. */
  id: string;
  name: string;
  reason: string;
}

function describe(lost: readonly LostSpan[], spans: readonly WireSpan[]): string {
  const sentences: string[] = [];
  if (lost.length > 0) {
    const named = lost
      .slice(0, NAMED_SPANS)
      .map((span) => `span ${span.id} "${cut(span.name, 100)}": ${cut(span.reason, MAX_REASON_LENGTH)}`);
    sentences.push(listing(`${count(lost.length)} rejected`, named, lost.length));
  }
  const odd = spans.filter((span) => span.notes.length > 0);
  if (odd.length > 0) {
    const named = odd
      .slice(0, NAMED_SPANS)
      .map((span) => `span ${span.spanId} "${cut(span.name, 100)}": ${remarks(span.notes)}`);
    sentences.push(listing(`${count(odd.length)} stored with a remark`, named, odd.length));
  }
  return sentences.join(". ");
}

function listing(head: string, named: string[], total: number): string {
  const rest = total - named.length;
  return `${head}: ${named.join("; ")}${rest > 0 ? `; and ${rest} more` : ""}`;
}

function remarks(notes: readonly Note[]): string {
  return cut(notes.map((note) => note.message).join(", "), MAX_REASON_LENGTH);
}

function count(spans: number): string {
  return spans === 1 ? "1 span was" : `${spans} spans were`;
}

function cut(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength).toWellFormed()}…` : text;
}
