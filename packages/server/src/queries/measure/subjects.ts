import type { QuerySubject } from "@nightowl/model/query/query-fields";

/** The table behind a subject, and the columns that every measure needs. */
export interface Subject {
  table: string;
  /** Which rows count. */
  condition: string;
  /** Unix nanoseconds: what a time range and steps of time are about. */
  start: string;
  failed: string;
  /** Milliseconds. */
  duration: string;
  ended: string;
}

export const SUBJECTS: Record<QuerySubject, Subject> = {
  calls: {
    table: "calls",
    condition: "counted",
    start: "trace_start_ns",
    failed: "failed",
    duration: "duration_ms",
    ended: "NOT running",
  },
  spans: {
    table: "spans",
    condition: "true",
    start: "start_ns",
    failed: "status_code = 'ERROR'",
    duration: "(toInt64(end_ns) - toInt64(start_ns)) / 1e6",
    ended: "end_ns > 0",
  },
  traces: {
    table: "traces",
    condition: "true",
    start: "start_ns",
    failed: "error_count > 0",
    duration: "duration_ms",
    ended: "NOT running",
  },
};
