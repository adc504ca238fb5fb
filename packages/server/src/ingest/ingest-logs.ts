import type { LogRecord } from "@nightowl/model/log/log-record";
import { logEventName } from "@nightowl/model/log/log-record";
import type { Log } from "../store/log.ts";
import { toIncomingLogs, toLogRows, type IncomingLog } from "../store/log-rows.ts";
import type { Store } from "../store/store.ts";
import { createGroupCommit, type Ingest, type IngestLimits } from "./group-commit.ts";

/** A log record and the project it was received for. */
export interface ReceivedLog {
  record: LogRecord;
  project: string;
}

/** The span that a log record names. */
export interface SpanId {
  traceId: string;
  spanId: string;
}

/**
 * The way of log records to the disk.
 *
 * @param options.onWritten told of the spans of which something was said in records that have an event name,
 *   before their submit resolves, in the order of `receivedNs`; also when a write failed.
 */
export function createLogIngest(options: {
  store: Pick<Store, "insertLogRows" | "nextTimeNs">;
  limits?: Partial<IngestLimits>;
  log?: Log;
  onWritten?: (spans: readonly SpanId[], receivedNs: bigint) => void;
}): Ingest<ReceivedLog> {
  const { store, onWritten } = options;
  const commit = createGroupCommit<IncomingLog, SpanId[]>(
    {
      noun: "log records",
      nextTimeNs: () => store.nextTimeNs(),
      toRows: (logs, receivedNs) => ({ ...toLogRows(logs, receivedNs), touched: spansOf(logs) }),
      insert: (rows, rowCount) => store.insertLogRows(rows, rowCount),
      onWritten: (spans, _isWhole, receivedNs) => onWritten?.(spans, receivedNs),
    },
    options,
  );
  return {
    ...commit,
    submit: (logs, bytes) => commit.submit(toIncomingLogs(logs.slice(0, logs.length)), bytes),
  };
}

function spansOf(logs: readonly IncomingLog[]): SpanId[] {
  const spans = new Map<string, SpanId>();
  for (const { record } of logs) {
    const { traceId, spanId } = record;
    if (traceId === "" || spanId === "" || logEventName(record) === "") continue;
    spans.set(traceId + spanId, { traceId, spanId });
  }
  return [...spans.values()];
}
