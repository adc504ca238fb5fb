import type { Annotation } from "@nightowl/model/annotation/annotation";

/** What of a trace's annotations a span's tab shows; the root's also shows those of the trace and its session. */
export function annotationsOf(
  annotations: readonly Annotation[],
  span: { spanId: string; isRoot: boolean },
): Annotation[] {
  return annotations.filter(({ target }) => {
    if (target.kind === "trace" || target.kind === "session") return span.isRoot;
    return target.spanId === span.spanId;
  });
}

/** One figure for each name, for the trace's header. */
export interface AnnotationTotal {
  name: string;
  count: number;
  /** Of the scores; undefined where there are labels only. */
  meanScore: number | undefined;
  /** The most frequent label. */
  label: string | undefined;
}

/** By name, in the order in which the names first occur. */
export function annotationTotals(annotations: readonly Annotation[]): AnnotationTotal[] {
  const byName = new Map<string, Annotation[]>();
  for (const annotation of annotations) {
    const group = byName.get(annotation.name);
    if (group) group.push(annotation);
    else byName.set(annotation.name, [annotation]);
  }
  return [...byName].map(([name, group]) => {
    const scores = group.flatMap(({ result }) => (result.score === null ? [] : [result.score]));
    const labels = new Map<string, number>();
    for (const { result } of group) {
      if (result.label !== null) labels.set(result.label, (labels.get(result.label) ?? 0) + 1);
    }
    const [frequent] = [...labels].sort(([, a], [, b]) => b - a);
    return {
      name,
      count: group.length,
      meanScore:
        scores.length === 0 ? undefined : scores.reduce((sum, score) => sum + score, 0) / scores.length,
      label: frequent?.[0],
    };
  });
}

/** `0.85`, `4`, `-0.5`: two digits behind the point at most. */
export function formatScore(score: number): string {
  return String(Number(score.toFixed(2)));
}

/** What was typed as a score: a number, null for nothing, undefined for what is neither. */
export function parseScore(text: string): number | null | undefined {
  const trimmed = text.trim().replace(",", ".");
  if (trimmed === "") return null;
  const score = Number(trimmed);
  return Number.isFinite(score) ? score : undefined;
}
