import type { Cost, Usage } from "@nightowl/model/span/usage";
import { numberOf } from "@nightowl/model/span/attribute-reader";
import { compact, firstOf, isRecord } from "../../normalise/record.ts";
import { reportedCost, tokenCountOf } from "../../normalise/usage.ts";

type Item = Record<string, unknown>;

const TOTALS = {
  input: ["input", "input_tokens", "prompt_tokens", "promptTokens"],
  output: ["output", "output_tokens", "completion_tokens", "completionTokens"],
  total: ["total", "total_tokens", "totalTokens"],
};

const NAMES = new Set(Object.values(TOTALS).flat());

/**
 * `usage_details`: `input`, `output`, `total` and buckets of any name. The SDK's own wrappers send buckets that do
 * not overlap (`input` is without `input_cached_tokens`), and so does Langfuse's convention; what was written by
 * hand may be as OpenAI counts, where `input` is the whole. The total tells which; where it does not, OpenAI's names do.
 */
export function readLangfuseUsage(details: Item | undefined): Usage {
  if (details === undefined) return {};
  const count = (names: string[]) => tokenCountOf(firstOf(details, ...names));
  const input = count(TOTALS.input);
  const output = count(TOTALS.output);
  const total = count(TOTALS.total);
  const buckets = bucketsOf(details);
  const inputRest = sumOf(buckets, isOfInput);
  const outputRest = sumOf(buckets, (name) => !isOfInput(name) && isOfOutput(name));
  const isOpenAi = "prompt_tokens" in details || "promptTokens" in details;
  const sum = (input ?? 0) + (output ?? 0);
  // What lies beside, in the order in which it is likely. A total that none of these reaches tells nothing.
  const beside = [
    [0, 0],
    [inputRest, outputRest],
    [inputRest, 0],
    [0, outputRest],
  ].find(([ofInput = 0, ofOutput = 0]) => sum + ofInput + ofOutput === total);
  const [inputBeside = 0, outputBeside = 0] = beside ?? (isOpenAi ? [] : [inputRest, outputRest]);
  const usage: Usage = { ...named(buckets) };
  const whole = (own: number | undefined, rest: number, added: number) =>
    own === undefined && rest === 0 ? undefined : (own ?? 0) + added;
  return (
    compact({
      ...usage,
      inputTokens: whole(input, inputRest, inputBeside),
      outputTokens: whole(output, outputRest, outputBeside),
      totalTokens: total,
    }) ?? {}
  );
}

/** All that are no totals, those of nested details (`prompt_tokens_details.cached_tokens`) by both names. */
function bucketsOf(details: Item): [string, number][] {
  return Object.entries(details).flatMap(([name, value]): [string, number][] => {
    if (isRecord(value)) {
      const prefix = /prompt|input/.test(name)
        ? "input_"
        : /completion|output/.test(name)
          ? "output_"
          : `${name}_`;
      return bucketsOf(value).map(([inner, count]) => [`${prefix}${inner}`, count]);
    }
    const count = NAMES.has(name) ? undefined : tokenCountOf(value);
    return count === undefined ? [] : [[name, count]];
  });
}

const isOfInput = (name: string) => /^(input|prompt|cache)/.test(name);
const isOfOutput = (name: string) => /^(output|completion|reasoning)/.test(name);

function sumOf(buckets: [string, number][], belongs: (name: string) => boolean): number {
  return buckets.reduce((sum, [name, count]) => (belongs(name) ? sum + count : sum), 0);
}

function named(buckets: [string, number][]): Usage {
  const usage: Usage = {};
  const other: [string, number][] = [];
  for (const [name, count] of buckets) {
    const bucket = bucketOf(name);
    if (bucket === undefined) other.push([name, count]);
    else usage[bucket] = (usage[bucket] ?? 0) + count;
  }
  if (other.length > 0) usage.other = Object.fromEntries(other);
  return usage;
}

function bucketOf(name: string): Exclude<keyof Usage, "other"> | undefined {
  if (/cache_(creation|write)/.test(name)) return "cacheWriteTokens";
  if (/cache/.test(name)) return "cacheReadTokens";
  if (/reasoning|thoughts/.test(name)) return "reasoningTokens";
  if (!/audio/.test(name)) return undefined;
  return isOfInput(name) ? "audioInputTokens" : "audioOutputTokens";
}

/** `cost_details`: US dollars by bucket; those of the input, and of the output, add up. */
export function readLangfuseCost(details: Item | undefined): Cost | undefined {
  if (details === undefined) return undefined;
  const costs = Object.entries(details).flatMap(([name, value]): [string, number][] => {
    const usd = numberOf(value);
    return usd === undefined ? [] : [[name, usd]];
  });
  const sum = (belongs: (name: string) => boolean) => {
    const own = costs.filter(([name]) => belongs(name));
    return own.length === 0 ? undefined : own.reduce((total, [, usd]) => total + usd, 0);
  };
  const total = costs.find(([name]) => name === "total" || name === "total_cost")?.[1];
  const all = sum((name) => name !== "total" && name !== "total_cost");
  return reportedCost(total ?? all, sum(isOfInput), sum(isOfOutput));
}
