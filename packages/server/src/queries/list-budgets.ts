import { budgetSchema, type Budget, type listBudgets as contract } from "@nightowl/model/api/costs";
import type { z } from "zod";
import type { Database } from "../store/db/database.ts";
import { readBudgets } from "../store/kept-values.ts";
import { QueryInputError } from "./query-input-error.ts";
import { runQuery } from "./run-query.ts";

export type BudgetState = z.output<typeof contract.response>["data"][number];

/** Budgets of a project and what was spent in the period that `nowMs` (Unix milliseconds) is in. */
export async function listBudgets(db: Database, project: string, nowMs: number): Promise<BudgetState[]> {
  const states: BudgetState[] = [];
  for (const { id, value } of await readBudgets(db, project)) {
    const parsed = budgetSchema.safeParse(value);
    if (parsed.success) states.push(await stateOf(db, project, id, parsed.data, nowMs));
  }
  return states;
}

async function stateOf(
  db: Database,
  project: string,
  id: string,
  budget: Budget,
  nowMs: number,
): Promise<BudgetState> {
  const period = periodOf(budget.period, nowMs);
  const state = { id, budget, spentUsd: 0, unpricedCount: 0, periodFrom: period.from, periodTo: period.to };
  try {
    const { total } = await runQuery(db, {
      project,
      of: "calls",
      measures: ["cost", "unpriced"],
      by: [],
      filter: budget.filter,
      limit: 1,
      timeBuckets: 1,
      totals: true,
      ...period,
    });
    const spentUsd = total?.values["cost"]?.value ?? 0;
    return { ...state, spentUsd, unpricedCount: total?.values["unpriced"]?.value ?? 0, problem: null };
  } catch (error) {
    // A project without traces has spent nothing; a filter of another version's cannot be read.
    if (!(error instanceof QueryInputError)) throw error;
    return { ...state, problem: error.code === "not_found" ? null : error.message };
  }
}

/** The calendar period, UTC, that an instant is in. Weeks begin on Monday. */
export function periodOf(period: Budget["period"], nowMs: number): { from: string; to: string } {
  const now = new Date(nowMs);
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  const monday = day - ((now.getUTCDay() + 6) % 7);
  const [fromMs, toMs] = {
    day: [Date.UTC(year, month, day), Date.UTC(year, month, day + 1)],
    week: [Date.UTC(year, month, monday), Date.UTC(year, month, monday + 7)],
    month: [Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1)],
  }[period] as [number, number];
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}
