import type { AccountedRow } from "@nightowl/model/trace/call-facts";
import type { Span } from "@nightowl/model/span/span";
import { startHour } from "../store/rows.ts";
import type { TraceExtent } from "../store/store.ts";

/** A trace that has new spans on disk; the extent is that of these spans. */
export interface TouchedTrace extends TraceExtent {
  /** The new spans. Absent where it is not certain that they, and no others, were written. */
  rows?: AccountedRow[];
}

/** The traces that these spans belong to, each once. `rows` are those of the spans, in the same order. */
export function touchedTraces(spans: readonly Span[], rows: readonly AccountedRow[]): TouchedTrace[] {
  const traces = new Map<string, TouchedTrace & { rows: AccountedRow[] }>();
  for (const [index, { project, traceId, startTimeNs }] of spans.entries()) {
    const row = rows[index] as AccountedRow;
    const key = traceKey(project, traceId);
    const hour = startHour(startTimeNs);
    const trace = traces.get(key);
    if (!trace) {
      traces.set(key, { project, traceId, firstHour: hour, lastHour: hour, spanCount: 1, rows: [row] });
      continue;
    }
    widen(trace, { firstHour: hour, lastHour: hour });
    trace.spanCount += 1;
    trace.rows.push(row);
  }
  return [...traces.values()];
}

/** The same, without the word that just these spans were written. */
export function withoutRows({
  project,
  traceId,
  firstHour,
  lastHour,
  spanCount,
}: TouchedTrace): TouchedTrace {
  return { project, traceId, firstHour, lastHour, spanCount };
}

/** Trace ids have one length, so this is one text for one trace. */
export function traceKey(project: string, traceId: string): string {
  return `${traceId} ${project}`;
}

export function widen(trace: TraceExtent, by: { firstHour: number; lastHour: number }): void {
  if (by.firstHour < trace.firstHour) trace.firstHour = by.firstHour;
  if (by.lastHour > trace.lastHour) trace.lastHour = by.lastHour;
}
