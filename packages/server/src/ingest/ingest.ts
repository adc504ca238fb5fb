import type { Span } from "@nightowl/model/span/span";
import type { Log } from "../store/log.ts";
import { toRows } from "../store/rows.ts";
import type { Store } from "../store/store.ts";
import { createGroupCommit, type Ingest, type IngestLimits } from "./group-commit.ts";
import { RecentDocuments } from "./recent-documents.ts";
import { touchedTraces, withoutRows, type TouchedTrace } from "./touched-traces.ts";

/**
 * The way of spans to the disk.
 *
 * @param options.onWritten told of traces that have new spans on disk, before their submit resolves, in the
 *   order of `receivedNs`; also when a write failed and some of it may be there.
 * @param options.prepare completes spans before they are serialised; must not throw.
 */
export function createIngest(options: {
  store: Pick<Store, "insertSpanRows" | "nextTimeNs">;
  limits?: Partial<IngestLimits>;
  log?: Log;
  onWritten?: (traces: readonly TouchedTrace[], receivedNs: bigint) => void;
  prepare?: (spans: readonly Span[]) => void;
}): Ingest<Span> {
  const { store, onWritten, prepare } = options;
  const documents = new RecentDocuments();
  return createGroupCommit(
    {
      noun: "spans",
      nextTimeNs: () => store.nextTimeNs(),
      toRows: (spans, receivedNs) => {
        prepare?.(spans);
        const { spanRows, ...rows } = toRows(spans, receivedNs, documents.after(spans));
        return { ...rows, touched: touchedTraces(spans, spanRows) };
      },
      insert: (rows, rowCount) => store.insertSpanRows(rows, rowCount),
      onWritten: (traces, isWhole, receivedNs) =>
        onWritten?.(isWhole ? traces : traces.map(withoutRows), receivedNs),
    },
    options,
  );
}
