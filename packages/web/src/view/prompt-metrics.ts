import type { PromptMetric } from "@nightowl/model/api/prompts";
import { formatUsd } from "./format-cost.ts";
import { formatDuration } from "./format-duration.ts";
import { formatCount } from "./format-number.ts";

/** From here on a difference is more than chance. */
const SIGNIFICANT = 0.05;

export type Tone = "better" | "worse" | "plain";

/** A measurement of both sides, as the table shows it. */
export interface MetricLine {
  key: string;
  label: string;
  a: string;
  b: string;
  /** `+21 %`, or points of a share; `""` where a side was not measured. */
  change: string;
  /** True and false where it was tested; undefined where it was not. */
  isSignificant: boolean | undefined;
  tone: Tone;
  /** Which test, and what it says. */
  title: string;
}

const TESTS: Record<NonNullable<PromptMetric["test"]>, string> = {
  z: "z-test of two proportions",
  fisher: "Fisher's exact test",
  welch: "Welch's t-test",
  "mann-whitney": "Mann–Whitney U-test",
};

export function metricLine(metric: PromptMetric): MetricLine {
  const { key, label, unit, a, b, better, test, pValue } = metric;
  const isSignificant = pValue === null ? undefined : pValue < SIGNIFICANT;
  return {
    key,
    label,
    a: formatMeasure(a, unit),
    b: formatMeasure(b, unit),
    change: key === "calls" ? "" : formatChange(a, b, unit),
    isSignificant,
    tone: isSignificant && a !== null && b !== null ? toneOf(b - a, better) : "plain",
    title:
      test === null || pValue === null
        ? "Not tested: too little was measured"
        : `${TESTS[test]}: p ${formatP(pValue)}, on ${formatCount(metric.aCount)} and ${formatCount(metric.bCount)} calls`,
  };
}

/** Measurements that neither side has are left out. */
export function metricLines(metrics: readonly PromptMetric[]): MetricLine[] {
  return metrics.filter(({ a, b }) => a !== null || b !== null).map(metricLine);
}

function toneOf(difference: number, better: PromptMetric["better"]): Tone {
  if (better === null || difference === 0) return "plain";
  return difference > 0 === (better === "higher") ? "better" : "worse";
}

function formatMeasure(value: number | null, unit: PromptMetric["unit"]): string {
  if (value === null) return "–";
  switch (unit) {
    case "count":
      return formatCount(Math.round(value));
    case "share":
      return `${percent(value)} %`;
    case "ms":
      return formatDuration(value);
    case "tokens":
      return formatCount(Math.round(value));
    case "usd":
      return formatUsd(value);
    case "score":
      return value.toFixed(2);
  }
}

function formatChange(a: number | null, b: number | null, unit: PromptMetric["unit"]): string {
  if (a === null || b === null) return "";
  if (unit === "score") return signed(b - a, 2);
  if (unit === "share") return `${signed((b - a) * 100, 1)} pt`;
  if (a === 0) return b === 0 ? "0 %" : "new";
  const share = ((b - a) / a) * 100;
  return `${signed(share, Math.abs(share) < 10 ? 1 : 0)} %`;
}

function percent(share: number): string {
  const value = share * 100;
  return value >= 99.95 || value === 0 ? value.toFixed(0) : value.toFixed(1);
}

function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? "−" : "+"}${text}`;
}

function formatP(pValue: number): string {
  return pValue < 0.001 ? "< 0.001" : `= ${pValue.toFixed(3)}`;
}
