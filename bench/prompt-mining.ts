/**
 * Claim: prompts are grouped by template, and by version of it, as the people who wrote them would, in whichever order
 * they come; and it costs little. Grouping accuracy as in log parsing: the share of calls whose group holds exactly the
 * calls of the same label. "Found" is the share of versions that are one group and no other's.
 *
 *     npx tsx bench/prompt-mining.ts
 */
import { TemplateMiner } from "../packages/model/src/prompt/mine-templates.ts";
import { labelledCalls, shuffle, versionsOf } from "../packages/model/src/prompt/testing/labelled-calls.ts";
import { LABELLED_TEMPLATES } from "../packages/model/src/prompt/testing/labelled-prompts.ts";
import { mineCalls } from "../packages/model/src/prompt/testing/mine-calls.ts";

const SEEDS = [1, 2, 3];
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`.padStart(8);

const versions = LABELLED_TEMPLATES.reduce((sum, template) => sum + versionsOf(template).length, 0);
console.log(`${LABELLED_TEMPLATES.length} templates, ${versions} versions`);
console.log(`${"".padEnd(34)} templates versions    found  µs a call`);
for (const seed of SEEDS) {
  const calls = labelledCalls(seed);
  const orders = {
    "in order of time": calls,
    "the latest first": [...calls].reverse(),
    shuffled: shuffle(calls, seed + 6),
    "shuffled otherwise": shuffle(calls, seed + 106),
  };
  for (const [name, order] of Object.entries(orders)) {
    const startedMs = performance.now();
    const result = mineCalls(order);
    const callUs = ((performance.now() - startedMs) * 1000) / order.length;
    console.log(
      `${`${order.length} calls (${seed}), ${name}`.padEnd(34)} ${percent(result.templateAccuracy)} ` +
        `${percent(result.versionAccuracy)} ${percent(result.versionsFound)} ${callUs.toFixed(0).padStart(10)}`,
    );
  }
}

const calls = labelledCalls(1);
const miner = new TemplateMiner({ scope: "bench" });
for (const { text, timeMs } of calls) miner.assign(text, timeMs);
const startedMs = performance.now();
for (const { text, timeMs } of calls) miner.assign(text, timeMs);
const knownUs = ((performance.now() - startedMs) * 1000) / calls.length;
const meanChars = calls.reduce((sum, { text }) => sum + text.length, 0) / calls.length;
console.log(`once learnt, ${Math.round(meanChars)} characters a prompt: ${knownUs.toFixed(1)} µs a call`);
