/**
 * Claim: prompts are grouped by template, and by version of it, as the people who wrote them would, in whichever order
 * they come; and it costs little. Grouping accuracy as in log parsing: the share of calls whose group holds exactly the
 * calls of the same label. "Found" is the share of versions that are one group and no other's. Times are of the
 * processor, all threads of the process together; "worst" is the longest single call.
 *
 *     npx tsx bench/prompt-mining.ts
 */
import { TemplateMiner } from "../packages/model/src/prompt/mine-templates.ts";
import { HELD_OUT_TEMPLATES } from "../packages/model/src/prompt/testing/held-out-prompts.ts";
import {
  labelledCalls,
  shuffle,
  versionsOf,
  type LabelledCall,
} from "../packages/model/src/prompt/testing/labelled-calls.ts";
import { LABELLED_TEMPLATES } from "../packages/model/src/prompt/testing/labelled-prompts.ts";
import { LEXICON, OTHER_LEXICON } from "../packages/model/src/prompt/testing/lexicon.ts";
import { mineCalls } from "../packages/model/src/prompt/testing/mine-calls.ts";
import { OTHER_TEMPLATES } from "../packages/model/src/prompt/testing/other-prompts.ts";
import { VARIED_TEMPLATES } from "../packages/model/src/prompt/testing/varied-prompts.ts";

const SEEDS = [1, 2];
const SETS = [
  { name: "first set", templates: LABELLED_TEMPLATES, lexicon: LEXICON },
  { name: "first and varied", templates: [...LABELLED_TEMPLATES, ...VARIED_TEMPLATES], lexicon: LEXICON },
  { name: "other words", templates: OTHER_TEMPLATES, lexicon: OTHER_LEXICON },
  { name: "held out: nothing was tuned on these", templates: HELD_OUT_TEMPLATES, lexicon: OTHER_LEXICON },
];
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`.padStart(8);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

function cpuMs(since?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** Processor time of one call, µs. */
function learnAll(miner: TemplateMiner, calls: readonly LabelledCall[]): number {
  const started = process.cpuUsage();
  for (const { text, timeMs } of calls) miner.assign(text, timeMs);
  return (cpuMs(started) * 1000) / calls.length;
}

/** Processor time of learning from all of them, a call; and of the call that took longest. */
function learn(calls: readonly LabelledCall[]): { callUs: number; worstMs: number; keptChars: number } {
  const miner = new TemplateMiner({ scope: "bench" });
  let worstMs = 0;
  const started = process.cpuUsage();
  for (const { text, timeMs } of calls) {
    const before = process.cpuUsage();
    miner.assign(text, timeMs);
    worstMs = Math.max(worstMs, cpuMs(before));
  }
  return { callUs: (cpuMs(started) * 1000) / calls.length, worstMs, keptChars: miner.keptChars };
}

for (const { name, templates, lexicon } of SETS) {
  const versions = templates.reduce((sum, template) => sum + versionsOf(template).length, 0);
  console.log(`${name}: ${templates.length} templates, ${versions} versions`);
  console.log(`${"".padEnd(34)} templates versions    found  µs a call  worst ms`);
  const results: ReturnType<typeof mineCalls>[] = [];
  const costs: ReturnType<typeof learn>[] = [];
  for (const seed of SEEDS) {
    const calls = labelledCalls(seed, templates, lexicon);
    const orders = {
      "in order of time": calls,
      "the latest first": [...calls].reverse(),
      shuffled: shuffle(calls, seed + 6),
      "shuffled otherwise": shuffle(calls, seed + 106),
    };
    for (const [order, ordered] of Object.entries(orders)) {
      const result = mineCalls(ordered);
      const cost = learn(ordered);
      results.push(result);
      costs.push(cost);
      console.log(
        `${`${calls.length} calls (${seed}), ${order}`.padEnd(34)}  ${percent(result.templateAccuracy)} ` +
          `${percent(result.versionAccuracy)} ${percent(result.versionsFound)} ${cost.callUs.toFixed(0).padStart(10)} ` +
          cost.worstMs.toFixed(1).padStart(9),
      );
    }
  }
  const of = (read: (result: ReturnType<typeof mineCalls>) => number): number[] => results.map(read);
  const [onTemplates, onVersions, found] = [
    of(({ templateAccuracy }) => templateAccuracy),
    of(({ versionAccuracy }) => versionAccuracy),
    of(({ versionsFound }) => versionsFound),
  ];
  const callUs = mean(costs.map((cost) => cost.callUs));
  console.log(
    `${"mean".padEnd(34)}  ${percent(mean(onTemplates))} ${percent(mean(onVersions))} ${percent(mean(found))} ` +
      callUs.toFixed(0).padStart(10),
  );
  console.log(
    `${"worst".padEnd(34)}  ${percent(Math.min(...onTemplates))} ${percent(Math.min(...onVersions))} ` +
      `${percent(Math.min(...found))} ${" ".repeat(10)} ${Math.max(...costs.map(({ worstMs }) => worstMs))
        .toFixed(1)
        .padStart(9)}`,
  );
  const keptMib = Math.max(...costs.map(({ keptChars }) => keptChars)) / 1024 / 1024;
  console.log(`${"prompts kept, at most".padEnd(34)} ${keptMib.toFixed(1)} Mi characters\n`);
}

const REPETITIONS = 5;
const calls = labelledCalls(1);
const repeated = new TemplateMiner({ scope: "bench" });
let repeatedUs = 0;
for (let i = 0; i <= REPETITIONS; i++) repeatedUs = learnAll(repeated, calls);
const meanChars = mean(calls.map(({ text }) => text.length));
console.log(
  `once learnt, ${Math.round(meanChars)} characters a prompt, the same ones for the ${REPETITIONS}th time again: ` +
    `${repeatedUs.toFixed(1)} µs a call`,
);
const DRAWS = 8;
const drawn = new TemplateMiner({ scope: "bench" });
const drawUs = Array.from({ length: DRAWS }, (_, i) => learnAll(drawn, labelledCalls(i + 1)));
console.log(
  `each time others of the same templates, some ${calls.length}: ${drawUs.map((us) => us.toFixed(0)).join(", ")} µs a call`,
);
