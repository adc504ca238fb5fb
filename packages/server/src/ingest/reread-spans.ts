import type { LogRecord } from "@nightowl/model/log/log-record";
import type { Span } from "@nightowl/model/span/span";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import { nextVersion, type RereadSpan } from "../store/rows.ts";
import { readingOf } from "../store/span-rows.ts";
import type { Store, StoredVersion } from "../store/store.ts";
import { RecentDocuments } from "./recent-documents.ts";
import { traceKey, widen, type TouchedTrace } from "./touched-traces.ts";

/**
 * Reads stored spans again from what was sent, and puts the readings that are new in the place of the old ones. What
 * was received meanwhile is never overwritten. To be called inside `store.exclusively`, so that nothing that
 * is being deleted comes back.
 *
 * @param events what was said of the spans in log records; see `readSpanEvents`.
 * @param assign gives a prompt template to spans that have none: their prompts may just have been read.
 * @returns those that read otherwise than before: their traces are to be summarised from the store.
 */
export async function rereadSpans(
  store: Pick<Store, "rewriteSpans">,
  stored: readonly StoredVersion[],
  events: ReadonlyMap<string, readonly LogRecord[]>,
  assign?: (spans: readonly Span[]) => void,
): Promise<StoredVersion[]> {
  const changed: StoredVersion[] = [];
  const reread: RereadSpan[] = [];
  const spans = stored.map(({ project, span: wire }) =>
    normaliseSpan(wire, { project, logs: events.get(wire.traceId + wire.spanId) ?? [] }),
  );
  for (const [index, each] of stored.entries()) {
    const { receivedNs, version, reading, prompt } = each;
    const span = spans[index]!;
    if (readingOf(span) === reading) continue;
    if (prompt) span.prompt = prompt;
    else assign?.([span]);
    changed.push(each);
    reread.push({ span, receivedNs, version: nextVersion(version) });
  }
  await store.rewriteSpans(reread, new RecentDocuments().after(spans));
  return changed;
}

/** The traces of these spans, each once; the extents are those of the spans. */
export function tracesOf(stored: readonly StoredVersion[]): TouchedTrace[] {
  const traces = new Map<string, TouchedTrace>();
  for (const { project, span, startHour } of stored) {
    const { traceId } = span;
    const key = traceKey(project, traceId);
    const hours = { firstHour: startHour, lastHour: startHour };
    const trace = traces.get(key) ?? { project, traceId, ...hours, spanCount: 0 };
    widen(trace, hours);
    trace.spanCount += 1;
    traces.set(key, trace);
  }
  return [...traces.values()];
}
