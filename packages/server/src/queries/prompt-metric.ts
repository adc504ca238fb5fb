import type { PromptMetric } from "@nightowl/model/api/prompts";
import { finite } from "./prompt-calls.ts";

/** A value, and on how many calls it was measured. */
export type Measured = readonly [value: number | null, count: string] | undefined;

/** A measurement of two sides. A test that says nothing is none. */
export function promptMetric(
  key: string,
  label: string,
  unit: PromptMetric["unit"],
  better: PromptMetric["better"],
  a: Measured,
  b: Measured,
  test: { name: PromptMetric["test"]; pValue: number | null } = { name: null, pValue: null },
): PromptMetric {
  const pValue = finite(test.pValue);
  return {
    key,
    label,
    unit,
    a: Number(a?.[1] ?? 0) > 0 ? finite(a?.[0]) : null,
    b: Number(b?.[1] ?? 0) > 0 ? finite(b?.[0]) : null,
    aCount: Number(a?.[1] ?? 0),
    bCount: Number(b?.[1] ?? 0),
    better,
    test: pValue === null ? null : test.name,
    pValue,
  };
}
