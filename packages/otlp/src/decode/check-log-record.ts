import type { LogRecord } from "@nightowl/model/log/log-record";
import type { NoteBook } from "./note-book.ts";
import { quoted } from "./note-book.ts";

/** The greatest time that a signed 64-bit integer holds: 2262-04-11. */
const MAX_TIME_NS = 9_223_372_036_854_775_807n;

/**
 * Looks over a log record that has been read, whatever encoding it came in. Returns why it cannot be kept, or
 * undefined. An id that is none counts as absent, as the specification wants it, with a note that keeps it.
 */
export function checkLogRecord(record: LogRecord, book: NoteBook): string | undefined {
  for (const [what, timeNs] of [
    ["time", record.timeNs],
    ["observed time", record.observedTimeNs],
  ] as const) {
    if (timeNs.length >= 19 && BigInt(timeNs) > MAX_TIME_NS) {
      return `its ${what} is ${timeNs} ns, beyond the year 2262`;
    }
  }
  record.traceId = idOf(record.traceId, 32, "trace", book);
  record.spanId = idOf(record.spanId, 16, "span", book);
  return undefined;
}

function idOf(id: string, length: number, what: "trace" | "span", book: NoteBook): string {
  if (id === "" || /^0+$/.test(id)) return "";
  if (id.length === length) return id;
  book.add(
    "invalid_id",
    `The ${what} id ${quoted(id)} has ${id.length / 2} bytes and not ${length / 2}; it is taken for absent.`,
  );
  return "";
}
