import type { OtlpSpan, TraceDraft } from "./trace-draft.ts";

/** What a number of traces amounts to, counted as Nightowl counts it. */
export interface TraceTotals {
  traceCount: number;
  /** Traces with at least one failed span. */
  errorCount: number;
  spanCount: number;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
  /** Model calls that say no cost. */
  unpricedCount: number;
  userCount: number;
  sessionCount: number;
  /** Scores of people, of the judge and of code. */
  annotationCount: number;
}

export interface TraceCounter {
  add(trace: TraceDraft): void;
  totals(): TraceTotals;
}

const ERROR = 2;

export function createTraceCounter(): TraceCounter {
  const users = new Set<string>();
  const sessions = new Set<string>();
  const totals = {
    traceCount: 0,
    errorCount: 0,
    spanCount: 0,
    inputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
    unpricedCount: 0,
    annotationCount: 0,
  };
  return {
    add({ spans, documentVerdicts = [] }) {
      totals.traceCount++;
      totals.annotationCount += documentVerdicts.length;
      totals.spanCount += spans.length;
      if (spans.some(({ status }) => status.code === ERROR)) totals.errorCount++;
      for (const span of spans) {
        const attributes = readAttributes(span);
        const user = attributes.get("user.id");
        const session = attributes.get("session.id");
        if (user !== undefined) users.add(user);
        if (session !== undefined) sessions.add(session);
        const inputTokens = attributes.get("llm.token_count.prompt");
        const costUsd = attributes.get("llm.cost.total");
        totals.inputTokens += Number(inputTokens ?? 0);
        totals.outputTokens += Number(attributes.get("llm.token_count.completion") ?? 0);
        totals.costUsd += Number(costUsd ?? 0);
        if (inputTokens !== undefined && costUsd === undefined) totals.unpricedCount++;
        for (const key of attributes.keys()) if (ANNOTATION_NAME.test(key)) totals.annotationCount++;
      }
    },
    totals: () => ({ ...totals, userCount: users.size, sessionCount: sessions.size }),
  };
}

const ANNOTATION_NAME = /\.(annotation|evaluation)\.name$/;

/** Texts and numbers of a span, as text. */
function readAttributes({ attributes }: OtlpSpan): Map<string, string> {
  const values = new Map<string, string>();
  for (const { key, value } of attributes) {
    const [plain] = Object.values(value as Record<string, unknown>);
    if (typeof plain === "string" || typeof plain === "number") values.set(key, String(plain));
  }
  return values;
}
