import type { AnnotationDraft, AnnotationTarget } from "@nightowl/model/annotation/annotation";
import type { Span } from "@nightowl/model/span/span";
import { AttributeReader, jsonOf, numberOf, textOf } from "@nightowl/model/span/attribute-reader";
import { isRecord } from "../../normalise/record.ts";
import { joinList, undot } from "../../normalise/unflatten.ts";

type Scope = "span" | "trace" | "session";

/** Each list, what its items are wrapped in, and what they are about. */
const LISTS: readonly { key: string; level: string; scope: Scope }[] = [
  { key: "annotations", level: "annotation", scope: "span" },
  { key: "evaluations", level: "evaluation", scope: "span" },
  { key: "trace.annotations", level: "annotation", scope: "trace" },
  { key: "trace.evaluations", level: "evaluation", scope: "trace" },
  { key: "session.annotations", level: "annotation", scope: "session" },
  { key: "session.evaluations", level: "evaluation", scope: "session" },
];

/**
 * Annotations that a span carries: on itself, on its trace or its session; where it has exactly one link, on the
 * span (or its trace) that it is linked to. Without a name, or without a score, label and explanation, an item says
 * nothing and is left out.
 *
 * @see https://github.com/Arize-ai/openinference/tree/main/spec
 */
export function readOpenInferenceAnnotations(span: Span): AnnotationDraft[] {
  const attrs = new AttributeReader(span.attributes);
  const [link, ...otherLinks] = span.links;
  const about = link !== undefined && otherLinks.length === 0 ? link : span;
  return LISTS.flatMap(({ key, level, scope }) => {
    const target = targetOf(scope, about, span.sessionId);
    if (target === undefined) return [];
    const whole = jsonOf(attrs.get(key));
    const prefix = `${key}.`;
    const keys = attrs.keysWithPrefix(prefix);
    const { items } = joinList(Array.isArray(whole) ? whole : undefined, keys, prefix.length, (each) =>
      attrs.get(each),
    );
    return items.flatMap((item) => readItem(item, level, target) ?? []);
  });
}

function targetOf(
  scope: Scope,
  about: { traceId: string; spanId: string },
  sessionId: string | undefined,
): AnnotationTarget | undefined {
  if (scope === "span") return { kind: "span", spanId: about.spanId };
  if (scope === "trace") return { kind: "trace", traceId: about.traceId };
  return sessionId === undefined ? undefined : { kind: "session", sessionId };
}

function readItem(item: unknown, level: string, target: AnnotationTarget): AnnotationDraft | undefined {
  const opened = undot(jsonOf(item));
  const inner = isRecord(opened) && isRecord(opened[level]) ? opened[level] : opened;
  if (!isRecord(inner)) return undefined;
  const name = textOf(inner["name"]);
  const result = {
    label: textOf(inner["label"]) ?? null,
    score: numberOf(inner["score"]) ?? null,
    explanation: textOf(inner["explanation"]) ?? null,
  };
  if (name === undefined || Object.values(result).every((value) => value === null)) return undefined;
  const metadata = jsonOf(inner["metadata"]);
  return {
    target,
    name,
    annotatorKind: textOf(inner["annotator_kind"])?.toUpperCase() ?? "CODE",
    result,
    metadata: isRecord(metadata) ? metadata : {},
    identifier: textOf(inner["identifier"]) ?? "",
  };
}
