/**
 * Claim: the tokens of a prompt's parts are estimated in a few microseconds, and near enough to what a tokeniser counts
 * for shares of a whole.
 *
 *     npx tsx bench/prompt-parts.ts
 */
import { readFileSync } from "node:fs";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { decodeTraceJson } from "../packages/otlp/src/decode/json.ts";
import { captureFolders } from "../packages/otlp/src/normalise/expectations.fixture.ts";
import { normaliseSpan } from "../packages/otlp/src/normalise/normalise.ts";
import { estimateTokens } from "../packages/model/src/pricing/estimate-tokens.ts";
import { measurePrompt, PROMPT_PARTS } from "../packages/model/src/pricing/prompt-parts.ts";
import { llmTrace, quantile } from "./llm-spans.ts";

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const files = [
  "README.md",
  "docs/api.md",
  "docs/configuration.md",
  "ARCHITECTURE.md",
  "package-lock.json",
  "bench/queries.ts",
];
for (const path of files) {
  const text = readFileSync(new URL(`../${path}`, import.meta.url), "utf8").slice(0, 40_000);
  const errors: number[] = [];
  for (let at = 0; at + 500 < text.length; at += 2000) {
    const piece = text.slice(at, at + 2000);
    errors.push(Math.abs(estimateTokens(piece) / countTokens(piece) - 1));
  }
  console.log(
    `${path.padEnd(24)} off by ${percent(quantile(errors, 0.5)).padStart(6)} (median), ${percent(quantile(errors, 0.9)).padStart(6)} (90th percentile) in pieces of 2 KB`,
  );
}

const captured = captureFolders().flatMap((path) =>
  decodeTraceJson(readFileSync(`${path}/request.json`)).spans.map((span) =>
    normaliseSpan(span, { project: "bench" }),
  ),
);
const off: number[] = [];
for (const span of captured) {
  if (span.kind !== "LLM" || span.inputMessages.length === 0) continue;
  const estimated = measurePrompt(span, estimateTokens);
  const counted = measurePrompt(span, countTokens);
  const total = (tokens: typeof counted): number => PROMPT_PARTS.reduce((sum, part) => sum + tokens[part], 0);
  if (total(counted) === 0) continue;
  const shares = PROMPT_PARTS.map((part) =>
    Math.abs(estimated[part] / total(estimated) - counted[part] / total(counted)),
  );
  off.push(Math.max(...shares));
}
console.log(
  `\nshares of the parts in ${off.length} captured prompts: the worst part is off by ${percent(quantile(off, 0.5))} (median), ${percent(quantile(off, 0.95))} (95th percentile) of the prompt`,
);

for (const bytes of [1_400, 14_000, 140_000]) {
  const spans = llmTrace(40, Date.now(), bytes)
    .map((span) => normaliseSpan(span, { project: "bench" }))
    .filter(({ kind }) => kind === "LLM");
  const time = (count: (text: string) => number): number => {
    const startMs = performance.now();
    let rounds = 0;
    while (performance.now() - startMs < 400) {
      for (const span of spans) measurePrompt(span, count);
      rounds++;
    }
    return ((performance.now() - startMs) / rounds / spans.length) * 1000;
  };
  time(estimateTokens);
  console.log(
    `a prompt of ${Math.round(bytes * 0.6)} characters: estimated in ${time(estimateTokens).toFixed(1)} µs, counted in ${time(countTokens).toFixed(1)} µs`,
  );
}
