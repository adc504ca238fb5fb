import type { TraceSummary } from "@nightowl/model/api/trace-summary";

/**
 * Lays newer readings over a list that is newest first: a trace that is there already is replaced where
 * it stands, others are put in by their start. Returns `rows` itself where there is nothing to lay over.
 */
export function mergeTraces(rows: TraceSummary[], newer: ReadonlyMap<string, TraceSummary>): TraceSummary[] {
  if (newer.size === 0) return rows;
  const seen = new Set<string>();
  const replaced = rows.map((row) => {
    const update = newer.get(row.traceId);
    if (update !== undefined) seen.add(row.traceId);
    return update ?? row;
  });
  const added = [...newer.values()].filter((row) => !seen.has(row.traceId)).sort(newestFirst);
  if (added.length === 0) return replaced;
  const merged: TraceSummary[] = [];
  let next = 0;
  for (const row of replaced) {
    for (let add = added[next]; add !== undefined && newestFirst(add, row) <= 0; add = added[++next])
      merged.push(add);
    merged.push(row);
  }
  return merged.concat(added.slice(next));
}

function newestFirst(a: TraceSummary, b: TraceSummary): number {
  if (a.startTimeNs === b.startTimeNs) return 0;
  const [left, right] = [BigInt(a.startTimeNs), BigInt(b.startTimeNs)];
  return left > right ? -1 : 1;
}
