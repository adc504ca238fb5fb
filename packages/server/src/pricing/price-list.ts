import { randomUUID } from "node:crypto";
import type { PriceEntry } from "@nightowl/model/api/costs";
import { createPriceBook, type PriceBook } from "@nightowl/model/pricing/price-book";
import { priceRuleSchema, type PriceRule } from "@nightowl/model/pricing/price";
import { readPrices, writePrice, type KeptValue } from "../store/kept-values.ts";
import { NO_LOG, type Log } from "../store/log.ts";
import type { Store } from "../store/store.ts";
import { PRICE_CORRECTIONS } from "./price-corrections.ts";
import { createPublishedPrices } from "./published-prices.ts";

/** Every price that there is: those set by hand, which are kept in the store, the configuration's, ours, and the published list. */
export interface PriceList {
  /** Always answers with the prices of now. */
  readonly book: PriceBook;
  /** All but the published ones, in order of precedence; of one source, the latest set first. */
  entries(): PriceEntry[];
  /** Sets a price, or changes the one with this id. Resolves with the id, or undefined where there is no such price. */
  set(rule: PriceRule, id?: string): Promise<string | undefined>;
  /** Resolves with whether there was such a price. */
  remove(id: string): Promise<boolean>;
}

/** Reads the prices that were set by hand. One that this version cannot read is left alone and logged. */
export async function openPriceList(options: {
  store: Pick<Store, "db" | "nextTimeNs">;
  configRules?: readonly PriceRule[];
  log?: Log;
}): Promise<PriceList> {
  const { store, configRules = [], log = NO_LOG } = options;
  const published = createPublishedPrices();
  let byHand: KeptValue<PriceRule>[] = [];
  for (const { id, updatedAtNs, value } of await readPrices(store.db)) {
    const parsed = priceRuleSchema.safeParse(value);
    if (parsed.success) byHand.push({ id, updatedAtNs, value: parsed.data });
    else log.warn({ id }, "a price cannot be read by this version and is not used");
  }
  let book = compile();

  function compile(): PriceBook {
    return createPriceBook(
      [
        { source: "user", rules: byHand.map(({ value }) => value) },
        { source: "config", rules: configRules },
        { source: "nightowl", rules: PRICE_CORRECTIONS },
      ],
      published,
    );
  }

  async function write(id: string, rule: PriceRule | null): Promise<void> {
    const version = store.nextTimeNs();
    await writePrice(store.db, id, version, rule);
    byHand = byHand.filter((entry) => entry.id !== id);
    if (rule) byHand.push({ id, updatedAtNs: String(version), value: rule });
    book = compile();
  }

  return {
    book: { findPrice: (...call) => book.findPrice(...call) },
    entries: () => [
      ...byHand
        .toReversed()
        .map(({ id, updatedAtNs, value }) => ({ id, source: "user" as const, rule: value, updatedAtNs })),
      ...configRules.map((rule) => ({ id: "", source: "config" as const, rule, updatedAtNs: "0" })),
      ...PRICE_CORRECTIONS.map((rule) => ({ id: "", source: "nightowl" as const, rule, updatedAtNs: "0" })),
    ],
    async set(rule, id) {
      if (id !== undefined && !byHand.some((entry) => entry.id === id)) return undefined;
      const key = id ?? randomUUID();
      await write(key, rule);
      return key;
    },
    async remove(id) {
      if (!byHand.some((entry) => entry.id === id)) return false;
      await write(id, null);
      return true;
    },
  };
}
