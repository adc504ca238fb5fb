import type { AnnotationDraft } from "@nightowl/model/annotation/annotation";
import { logEventName, type LogRecord } from "@nightowl/model/log/log-record";
import type { Resource, Span } from "@nightowl/model/span/span";
import { readAgentEvents, type AgentMemory } from "@nightowl/otlp/agent-events/agent-events";
import { type DecodedLogs } from "@nightowl/otlp/decode/decoded";
import { decodeLogsJson } from "@nightowl/otlp/decode/logs-json";
import { decodeLogsProtobuf } from "@nightowl/otlp/decode/logs-protobuf";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import type { Items } from "../ingest/group-commit.ts";
import { readRecordAnnotations } from "@nightowl/otlp/normalise/read-annotations";
import { describeOutcome } from "./export-outcome.ts";
import { decodeWith, refusedBy, type Export } from "./export-request.ts";
import { projectOf } from "./project-name.ts";

/**
 * The one way in for log records, over HTTP and gRPC: decode, find the project, hand to ingest; resolves when they
 * are on disk, whether their span has arrived or not, or will ever. A record that cannot be read costs itself only.
 * Events of agents that send no spans become spans, which are on disk then too.
 *
 * The function throws a Refusal (400) when the request as a whole cannot be read, and whatever
 * `submit` throws.
 */
export function createExportLogs(options: {
  /** `bytes`: how large the request was. */
  submit: (logs: { record: LogRecord; project: string }[], bytes: number) => Promise<void>;
  submitSpans: (spans: Items<Span>) => Promise<void>;
  /** Of events that came before. */
  memory: AgentMemory;
  /** Writes what the records say of spans. */
  annotate: (
    inputs: { draft: AnnotationDraft; place: { project: string; traceId: string } }[],
    source: "OTLP",
  ) => Promise<unknown>;
  projectByService: ReadonlyMap<string, string>;
}): Export {
  return async ({ bytes, encoding, projectHeader }) => {
    const { records, rejected } = decodeWith<DecodedLogs>(
      encoding === "protobuf" ? decodeLogsProtobuf : decodeLogsJson,
      bytes,
    );
    const projects = new Map<Resource, string>();
    const projectFor = (resource: Resource): string => {
      let project = projects.get(resource);
      if (project === undefined) {
        project = projectOf(resource, { header: projectHeader, byService: options.projectByService });
        projects.set(resource, project);
      }
      return project;
    };
    const told = readAgentEvents(records, options.memory);
    const logs = told.records.map((record) => ({ record, project: projectFor(record.resource) }));
    const spans = told.spans.map((span) => normaliseSpan(span, { project: projectFor(span.resource) }));
    const refused = logs.length === 0 ? [] : await refusedBy(options.submit(logs, bytes.length));
    const refusedSpans = spans.length === 0 ? [] : await refusedBy(options.submitSpans(spans));
    const annotations = logs.flatMap(({ record, project }) =>
      readRecordAnnotations(record).map((draft) => ({ draft, place: { project, traceId: record.traceId } })),
    );
    if (annotations.length > 0) await options.annotate(annotations, "OTLP");
    const lost = [
      ...rejected.map(({ index, name, reason }) => ({ id: String(index), name, reason })),
      ...refused.map(({ index, reason }) => ({
        id: String(index),
        name: logEventName(records[index]!),
        reason,
      })),
      ...refusedSpans.map(({ index, reason }) => ({
        id: spans[index]!.spanId,
        name: spans[index]!.name,
        reason,
      })),
    ];
    const noted = records.flatMap((record, index) =>
      record.notes.length === 0
        ? []
        : [{ id: String(index), name: logEventName(record), notes: record.notes }],
    );
    return describeOutcome("log record", lost, noted);
  };
}
