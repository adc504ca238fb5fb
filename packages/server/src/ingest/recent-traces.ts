import { LRUCache } from "lru-cache";
import type { AccountedRow } from "@nightowl/model/trace/call-facts";
import { startHour } from "../store/rows.ts";

/** Rows of all traces together that are remembered: a few hundred bytes each. */
const REMEMBERED_ROWS = 100_000;
const ROW_CHARACTERS = 400;
/** A trace of more spans than this is read back whenever it grows. */
const MAX_TRACE_ROWS = 2_000;

/**
 * All spans of traces that were summarised lately, by key, as they are on disk: what comes next of such a trace
 * is added to them, and nothing needs to be read back.
 */
export class RecentTraces {
  readonly #rows = new LRUCache<string, readonly AccountedRow[]>({
    maxSize: REMEMBERED_ROWS,
    sizeCalculation: (rows) =>
      Math.max(
        1,
        rows.reduce((size, row) => size + sizeOf(row), 0),
      ),
  });

  find(key: string): readonly AccountedRow[] | undefined {
    return this.#rows.get(key);
  }

  remember(key: string, rows: readonly AccountedRow[]): void {
    if (rows.length > MAX_TRACE_ROWS) this.forget(key);
    else this.#rows.set(key, rows);
  }

  forget(key: string): void {
    this.#rows.delete(key);
  }
}

/** One for a row; where it holds texts of documents or an answer, as many as rows of their size. */
function sizeOf({ retrieval, answer }: AccountedRow): number {
  if (retrieval === undefined && answer === undefined) return 1;
  let characters = answer?.length ?? 0;
  for (const { text } of retrieval?.documents ?? []) characters += text?.length ?? 0;
  return 1 + Math.ceil(characters / ROW_CHARACTERS);
}

/** A version of a span that another one, which starts in another hour, has taken the place of. */
export interface StaleVersion {
  spanId: string;
  startHour: number;
}

/**
 * Rows of one trace, and ones that were written after them: of a span that stands in both the later stays, but an
 * ended one is not replaced by one that still runs. The store chooses in the same way among versions that start in
 * the same hour; the others are `stale` there, and to be deleted.
 */
export function mergeRows(
  rows: readonly AccountedRow[],
  later: readonly AccountedRow[],
): { rows: AccountedRow[]; stale: StaleVersion[] } {
  const byId = new Map<string, AccountedRow>();
  const stale: StaleVersion[] = [];
  for (const list of [rows, later]) {
    for (const row of list) {
      const known = byId.get(row.spanId);
      if (!known) {
        byId.set(row.spanId, row);
        continue;
      }
      const keepsKnown = known.endTimeNs !== "0" && row.endTimeNs === "0";
      if (!keepsKnown) byId.set(row.spanId, row);
      const hour = startHour(known.startTimeNs);
      const otherHour = startHour(row.startTimeNs);
      if (hour !== otherHour) stale.push({ spanId: row.spanId, startHour: keepsKnown ? otherHour : hour });
    }
  }
  return { rows: [...byId.values()], stale };
}

/** First and last start hour of rows; of none, an extent that contains nothing. */
export function hoursOf(rows: readonly AccountedRow[]): { firstHour: number; lastHour: number } {
  let firstHour = Infinity;
  let lastHour = 0;
  for (const { startTimeNs } of rows) {
    const hour = startHour(startTimeNs);
    if (hour < firstHour) firstHour = hour;
    if (hour > lastHour) lastHour = hour;
  }
  return { firstHour, lastHour };
}
