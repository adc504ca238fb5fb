import { rowsWithoutFacts } from "@nightowl/model/retrieval/account-retrievals";
import { answerText, retrievalFactsOf } from "@nightowl/model/retrieval/retrieval-facts";
import type { AccountedRow } from "@nightowl/model/trace/call-facts";
import type { TraceTree } from "@nightowl/model/trace/build-tree";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import { readAt } from "../store/prompt-rows.ts";
import { startHour } from "../store/rows.ts";
import type { Store } from "../store/store.ts";

/** Whole spans may be large: so many are in memory at one time. */
const PAGE_SPANS = 200;

/**
 * Gives the rows of traces of one project what is missing of their searches and answers, from the store. Traces without
 * searches cost nothing, and those that came whole a moment ago have it all.
 */
export async function loadSearchFacts(
  store: Pick<Store, "db" | "readSpanEvents">,
  project: string,
  traces: readonly { traceId: string; tree: TraceTree }[],
): Promise<void> {
  const missing = new Map<string, AccountedRow>();
  const places = [];
  for (const { traceId, tree } of traces) {
    for (const row of rowsWithoutFacts(tree)) {
      missing.set(traceId + row.spanId, row);
      places.push({ traceId, spanId: row.spanId, startHour: startHour(row.startTimeNs) });
    }
  }
  for (let from = 0; from < places.length; from += PAGE_SPANS) {
    const some = places.slice(from, from + PAGE_SPANS);
    const [spans, events] = await Promise.all([
      readAt(store.db, project, some),
      store.readSpanEvents([...new Set(some.map(({ traceId }) => traceId))]),
    ]);
    for (const wire of spans) {
      const key = wire.traceId + wire.spanId;
      const row = missing.get(key);
      if (!row) continue;
      const span = normaliseSpan(wire, { project, logs: events.get(key) ?? [] });
      const retrieval = retrievalFactsOf(span);
      if (retrieval) row.retrieval = retrieval;
      if (span.kind === "LLM") row.answer = answerText(span);
    }
  }
}
