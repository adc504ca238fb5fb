/** Who gave an annotation; others are kept as they were sent. */
export const ANNOTATOR_KINDS = ["HUMAN", "LLM", "CODE"] as const;

/** What an annotation is about. Positions of documents count from 0. */
export type AnnotationTarget =
  | { kind: "span"; spanId: string }
  | { kind: "trace"; traceId: string }
  | { kind: "session"; sessionId: string }
  | { kind: "document"; spanId: string; position: number };

export type AnnotationTargetKind = AnnotationTarget["kind"];

/** What was found: at least one of the three, unless an annotation only has metadata. */
export interface AnnotationResult {
  label: string | null;
  score: number | null;
  explanation: string | null;
}

/** What an annotation says, before the store knows it. */
export interface AnnotationDraft {
  target: AnnotationTarget;
  /** The criterion: `factuality`, `helpfulness`, `relevance`, … */
  name: string;
  annotatorKind: string;
  result: AnnotationResult;
  metadata: Record<string, unknown>;
  /** With the target and the name it says which annotation this is: the same again replaces it. */
  identifier: string;
}

/** Where an annotation came from: the HTTP API, the page, or a span that carried it. */
export type AnnotationSource = "API" | "APP" | "OTLP";

/** An annotation as it is kept. */
export interface Annotation extends AnnotationDraft {
  /** 32 hex digits, made from target, name and identifier. */
  id: string;
  source: AnnotationSource;
  createdAtNs: string;
  updatedAtNs: string;
}
