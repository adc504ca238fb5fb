import { randomUUID } from "node:crypto";
import * as contract from "@nightowl/model/api/costs";
import { parseFilter } from "@nightowl/model/filter/parse-filter";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import type { FastifyInstance } from "fastify";
import type { PriceList } from "../pricing/price-list.ts";
import { PUBLISHED_PRICES } from "../pricing/published-prices.ts";
import type { Reprice } from "../pricing/reprice.ts";
import { getSpan } from "../queries/get-span.ts";
import { getSpanCost } from "../queries/get-span-cost.ts";
import { getTraceCost } from "../queries/get-trace-cost.ts";
import { listBudgets } from "../queries/list-budgets.ts";
import { parseTimeRange } from "../queries/time-range.ts";
import type { Asker } from "./asker.ts";
import { HttpError } from "./errors.ts";
import { serveRoute } from "./serve-route.ts";

export interface CostDeps extends Asker {
  prices: PriceList;
  reprice: Reprice;
  /** Keeps a budget; null forgets it. Resolves with whether there was one of this id. */
  keepBudget: (project: string, id: string, budget: contract.Budget | null) => Promise<boolean>;
}

/** What things cost, the prices behind it, and budgets. */
export function costRoutes(app: FastifyInstance, deps: CostDeps): void {
  const { db, freshen, prices } = deps;
  serveRoute(app, contract.getSpanCost, async ({ params }) => {
    await freshen();
    const stored = await getSpan(db, params);
    const span = normaliseSpan(stored.span, { project: params.project });
    // The vocabulary takes a moment and 50 MB: whoever never asks for it does without.
    const { countTokens } = await import("gpt-tokenizer/encoding/o200k_base");
    return getSpanCost(db, span, { countTokens: countWith(countTokens), prices: prices.book });
  });
  serveRoute(app, contract.getTraceCost, async ({ params }) => {
    await freshen();
    return getTraceCost(db, params);
  });
  priceRoutes(app, deps);
  repriceRoutes(app, deps);
  budgetRoutes(app, deps);
}

function priceRoutes(app: FastifyInstance, { prices }: CostDeps): void {
  serveRoute(app, contract.listPrices, async () => ({ data: prices.entries(), published: PUBLISHED_PRICES }));
  serveRoute(app, contract.findPrice, async ({ query }) => {
    const timeMs = query.at === undefined ? Date.now() : Date.parse(query.at);
    return { price: prices.book.findPrice(query.model, query.provider || undefined, timeMs) ?? null };
  });
  serveRoute(app, contract.setPrice, async ({ body }) => {
    const id = await prices.set(body.rule, body.id);
    if (id === undefined) throw unknownPrice(body.id ?? "");
    return { id };
  });
  serveRoute(app, contract.deletePrice, async ({ params }) => {
    if (!(await prices.remove(params.id))) throw unknownPrice(params.id);
    return params;
  });
}

function repriceRoutes(app: FastifyInstance, { reprice, freshen }: CostDeps): void {
  serveRoute(app, contract.startReprice, async ({ body }) => {
    await freshen();
    const status = reprice.start({ project: body.project, ...parseTimeRange(body) });
    if (status) return status;
    throw new HttpError("overloaded", "Repricing is running already.", "Wait until it is done, or stop it.");
  });
  serveRoute(app, contract.getReprice, async () => reprice.status());
  serveRoute(app, contract.stopReprice, () => reprice.stop());
}

function budgetRoutes(app: FastifyInstance, { db, freshen, keepBudget }: CostDeps): void {
  serveRoute(app, contract.listBudgets, async ({ params }) => {
    await freshen();
    return { data: await listBudgets(db, params.project, Date.now()) };
  });
  serveRoute(app, contract.setBudget, async ({ params, body }) => {
    const { error } = parseFilter(body.budget.filter);
    if (error) throw new HttpError("bad_request", `The filter cannot be read: ${error.message}.`);
    const id = body.id ?? randomUUID();
    const existed = await keepBudget(params.project, id, body.budget);
    if (body.id !== undefined && !existed) throw unknownBudget(id);
    return { id };
  });
  serveRoute(app, contract.deleteBudget, async ({ params }) => {
    if (!(await keepBudget(params.project, params.id, null))) throw unknownBudget(params.id);
    return { id: params.id };
  });
}

/** Longer texts are counted by their beginning: a tokeniser takes its time for megabytes. */
const MAX_COUNTED = 200_000;

function countWith(countTokens: (text: string) => number): (text: string) => number {
  return (text) => {
    if (text.length <= MAX_COUNTED) return countTokens(text);
    return Math.round((countTokens(text.slice(0, MAX_COUNTED)) * text.length) / MAX_COUNTED);
  };
}

function unknownPrice(id: string): HttpError {
  return new HttpError(
    "not_found",
    `There is no price ${id} that was set by hand.`,
    "GET /api/prices lists them.",
  );
}

function unknownBudget(id: string): HttpError {
  return new HttpError("not_found", `There is no budget ${id}.`);
}
