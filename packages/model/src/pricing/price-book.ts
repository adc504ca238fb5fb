import type { Price, PriceRule, PriceSource } from "./price.ts";

/** Which price a call has. */
export interface PriceBook {
  /**
   * The price that was valid at `timeMs` (Unix milliseconds); undefined when none is known.
   * `provider` may be unknown; prices of any provider, and published ones that follow from the model's name, remain.
   */
  findPrice(model: string, provider: string | undefined, timeMs: number): Price | undefined;
}

/** Rules of one source. */
export interface RuleList {
  source: PriceSource;
  /** Of two that are valid since the same moment, the later in the list wins. */
  rules: readonly PriceRule[];
}

interface CompiledRule {
  model: RegExp;
  provider: RegExp | undefined;
  fromMs: number;
  price: Price;
}

/** Names longer than this match no rule: patterns are tried on what strangers send. */
const MAX_NAME = 200;
const MAX_REMEMBERED = 5_000;

/**
 * A price book from lists of rules, the first list first, and a published list behind them. In a list, of the rules that match,
 * the one that is valid since latest wins, unless it is not valid yet.
 *
 * @throws {SyntaxError} for a pattern that is no regular expression; `priceRuleSchema` refuses those.
 */
export function createPriceBook(lists: readonly RuleList[], published?: PriceBook): PriceBook {
  const compiled = lists.map((list) => list.rules.map((rule) => compile(rule, list.source)));
  /** Matching rules by provider and model, the best first. */
  const remembered = new Map<string, CompiledRule[]>();

  function matching(model: string, provider: string): CompiledRule[] {
    const key = `${provider} ${model}`;
    const known = remembered.get(key);
    if (known) return known;
    const found = compiled.flatMap((rules) =>
      rules
        .filter((rule) => rule.model.test(model) && (rule.provider?.test(provider) ?? true))
        .toReversed()
        .sort((a, b) => b.fromMs - a.fromMs),
    );
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(key, found);
    return found;
  }

  return {
    findPrice(model, provider = "", timeMs) {
      if (model.length <= MAX_NAME && provider.length <= MAX_NAME) {
        const rule = matching(model, provider).find(({ fromMs }) => fromMs <= timeMs);
        if (rule) return rule.price;
      }
      return published?.findPrice(model, provider || undefined, timeMs);
    },
  };
}

function compile(rule: PriceRule, source: PriceSource): CompiledRule {
  const { name, model, provider, validFrom, usdPerMillionTokens, usdPerCall } = rule;
  return {
    model: wholly(model),
    provider: provider === "" ? undefined : wholly(provider),
    fromMs: validFrom === "" ? -Infinity : Date.parse(validFrom),
    price: { name: name || model, source, validFrom, usdPerMillionTokens, usdPerCall },
  };
}

function wholly(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, "i");
}
