import { TemplateMiner } from "../mine-templates.ts";
import { groupingAccuracy } from "./grouping-accuracy.ts";
import type { LabelledCall } from "./labelled-calls.ts";

export interface MiningResult {
  /** Grouping accuracy of templates, and of versions. */
  templateAccuracy: number;
  versionAccuracy: number;
  /** Share of the labelled versions that are one wording, and no other's. */
  versionsFound: number;
  templateOf: string[];
  versionOf: string[];
  miner: TemplateMiner;
}

/** Feeds calls to a miner, puts right what it says was wrong, as the server does, and compares with the labels. */
export function mineCalls(
  calls: readonly LabelledCall[],
  miner = new TemplateMiner({ scope: "test" }),
): MiningResult {
  const versionOf: string[] = [];
  const templateOf: string[] = [];
  for (const [index, { text, timeMs }] of calls.entries()) {
    const assigned = miner.assign(text, timeMs);
    versionOf.push(assigned?.id ?? `none ${index}`);
    templateOf.push(assigned?.templateId ?? `none ${index}`);
  }
  // What was learnt late is put right, as the server does.
  const { merged, split } = miner.takeChanges();
  const byId = new Map([...miner.wordings()].map((wording) => [wording.id, wording]));
  for (const [i, { text }] of calls.entries()) {
    const id = versionOf[i] as string;
    const isCertain = byId.has(id) && !split.has(id) && !merged.has(id);
    const wording = isCertain ? byId.get(id) : miner.find(text)?.wording;
    versionOf[i] = wording?.id ?? id;
    templateOf[i] = wording?.templateId ?? `none ${i}`;
  }
  const versions = calls.map(({ version }) => version);
  return {
    templateAccuracy: groupingAccuracy(
      calls.map(({ template }) => template),
      templateOf,
    ),
    versionAccuracy: groupingAccuracy(versions, versionOf),
    versionsFound: shareFound(versions, versionOf),
    templateOf,
    versionOf,
    miner,
  };
}

function shareFound(labels: readonly string[], groups: readonly string[]): number {
  const byLabel = new Map<string, Set<string>>();
  const byGroup = new Map<string, Set<string>>();
  for (const [i, label] of labels.entries()) {
    const group = groups[i] as string;
    byLabel.set(label, (byLabel.get(label) ?? new Set()).add(group));
    byGroup.set(group, (byGroup.get(group) ?? new Set()).add(label));
  }
  const found = [...byLabel.values()].filter(
    (own) => own.size === 1 && byGroup.get([...own][0] as string)?.size === 1,
  );
  return found.length / byLabel.size;
}
