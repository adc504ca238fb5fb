import type { Span } from "@nightowl/model/span/span";
import { startHour } from "../store/rows.ts";
import type { TraceExtent } from "../store/store.ts";

/** The traces that these spans belong to, each once, with the extent of these spans. */
export function touchedTraces(spans: readonly Span[]): TraceExtent[] {
  const traces = new Map<string, TraceExtent>();
  for (const { project, traceId, startTimeNs } of spans) {
    const key = traceKey(project, traceId);
    const hour = startHour(startTimeNs);
    const trace = traces.get(key);
    if (!trace) {
      traces.set(key, { project, traceId, firstHour: hour, lastHour: hour, spanCount: 1 });
      continue;
    }
    widen(trace, { firstHour: hour, lastHour: hour });
    trace.spanCount += 1;
  }
  return [...traces.values()];
}

/** Trace ids have one length, so this is one text for one trace. */
export function traceKey(project: string, traceId: string): string {
  return `${traceId} ${project}`;
}

export function widen(trace: TraceExtent, by: { firstHour: number; lastHour: number }): void {
  if (by.firstHour < trace.firstHour) trace.firstHour = by.firstHour;
  if (by.lastHour > trace.lastHour) trace.lastHour = by.lastHour;
}
