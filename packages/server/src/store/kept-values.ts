import type { Database } from "./db/database.ts";

/** A small thing that people change: the latest version of it holds. */
export interface KeptValue<T> {
  id: string;
  /** Unix nanoseconds, decimal. */
  updatedAtNs: string;
  value: T;
}

/** Prices that were set by hand, in the order in which they were set or changed last. */
export async function readPrices(db: Database): Promise<KeptValue<unknown>[]> {
  const rows = await db.query<{ id: string; version: string; rule: string }>(
    "SELECT id, version, rule FROM prices FINAL WHERE NOT deleted ORDER BY version",
  );
  return rows.map(({ id, version, rule }) => ({
    id,
    updatedAtNs: version,
    value: JSON.parse(rule) as unknown,
  }));
}

/** @param rule null deletes it. */
export async function writePrice(
  db: Database,
  id: string,
  version: bigint,
  rule: object | null,
): Promise<void> {
  const row = [id, String(version), rule === null, JSON.stringify(rule ?? {})];
  await db.insert("prices", ["id", "version", "deleted", "rule"], line(row), 1);
}

export async function readBudgets(db: Database, project: string): Promise<KeptValue<unknown>[]> {
  const rows = await db.query<{ id: string; version: string; budget: string }>(
    "SELECT id, version, budget FROM budgets FINAL WHERE project = {project:String} AND NOT deleted ORDER BY version",
    { project },
  );
  return rows.map(({ id, version, budget }) => ({
    id,
    updatedAtNs: version,
    value: JSON.parse(budget) as unknown,
  }));
}

/** Writes a budget; null forgets it. Resolves with whether there was one of this id before. */
export async function keepBudget(
  store: { db: Database; nextTimeNs(): bigint },
  { project, id }: { project: string; id: string },
  budget: object | null,
): Promise<boolean> {
  const existed = (await readBudgets(store.db, project)).some((kept) => kept.id === id);
  if (budget === null && !existed) return false;
  const row = [project, id, String(store.nextTimeNs()), budget === null, JSON.stringify(budget ?? {})];
  await store.db.insert("budgets", ["project", "id", "version", "deleted", "budget"], line(row), 1);
  return existed;
}

function line(row: unknown[]): Buffer {
  return Buffer.from(`${JSON.stringify(row)}\n`);
}
